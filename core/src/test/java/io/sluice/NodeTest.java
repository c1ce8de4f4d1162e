package io.sluice;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Names, and messages without a reply, between nodes of one process. */
@Timeout(60)
class NodeTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir Path parent;
    private Path directory;
    private final List<String> got = new ArrayList<>();
    private final NodeHandler collector =
            (message, memory, offset, length) ->
                    got.add(message.from() + ":" + text(memory, offset, length));
    private Node a;
    private Node b;

    @BeforeEach
    void join() throws Exception {
        directory = parent.resolve("nodes");
        a = Node.join(directory, "a");
        b = Node.join(directory, "b");
    }

    @AfterEach
    void close() {
        a.close();
        b.close();
    }

    static String text(MemorySegment memory, long offset, int length) {
        return new String(memory.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE));
    }

    @Test
    void aMessageArrivesWithItsSendersName() throws Exception {
        a.send("b", "one".getBytes());
        assertTrue(b.send("b", "self".getBytes(), SOON));
        assertTrue(a.trySend("b", "xtwo".getBytes().length > 0 ? seg("xtwo") : null, 1, 3));
        while (got.size() < 3) {
            b.receive(collector, 10);
        }
        got.sort(null);
        assertEquals(List.of("a:one", "a:two", "b:self"), got);
        assertEquals(0, b.poll(collector, 10));
        assertEquals(0, b.receive(collector, 10, Duration.ofMillis(1)));
    }

    private static MemorySegment seg(String text) {
        return MemorySegment.ofArray(text.getBytes());
    }

    @Test
    void messagesOfOneSenderCanBeReceivedAlone() throws Exception {
        try (Node c = Node.join(directory, "c")) {
            a.send("b", "from a".getBytes());
            c.send("b", "from c".getBytes());
            assertEquals(1, b.receive("c", collector, 10));
            assertEquals(0, b.poll("c", collector, 10));
            assertEquals(0, b.receive("c", collector, 10, Duration.ofMillis(5)));
            assertEquals(1, b.poll("a", collector, 10));
            assertEquals(List.of("c:from c", "a:from a"), got);
            assertThrows(NoSuchNodeException.class, () -> b.poll("never", collector, 1));
        }
    }

    @Test
    void aWaitForOneSenderIsEndedByIt() throws Exception {
        TestThreads threads = new TestThreads(b);
        a.send("b", "other".getBytes());
        try (Node c = Node.join(directory, "c")) {
            Thread receiver =
                    threads.start(() -> assertEquals(1, b.receive("c", collector, 10, SOON)));
            threads.spinUntil(() -> receiver.getState() == Thread.State.RUNNABLE);
            c.send("b", "wanted".getBytes());
            threads.join();
        }
        assertEquals(List.of("c:wanted"), got);
    }

    @Test
    void aNameHasOneOwner() throws Exception {
        IllegalStateException refused =
                assertThrows(IllegalStateException.class, () -> Node.join(directory, "a"));
        assertTrue(
                refused.getMessage()
                        .contains("belongs to process " + ProcessHandle.current().pid()),
                refused.getMessage());
        assertThrows(
                IllegalStateException.class, () -> Node.join(directory, "a", Duration.ofMillis(5)));
        TestThreads threads = new TestThreads(a);
        Thread joiner = threads.start(() -> Node.join(directory, "a", SOON).close());
        threads.spinUntil(() -> joiner.getState() == Thread.State.TIMED_WAITING);
        a.close();
        threads.join();
        a = Node.join(directory, "a");
    }

    @Test
    void namesAreListedWhileTheyHaveAnOwner() throws Exception {
        assertEquals(List.of("a", "b"), a.nodes());
        b.close();
        assertEquals(List.of("a"), a.nodes());
        assertFalse(a.awaitNode("b", Duration.ZERO));
        TestThreads threads = new TestThreads(a);
        threads.start(() -> assertTrue(a.awaitNode("c", SOON)));
        Node c = Node.join(directory, "c");
        threads.join();
        c.close();
    }

    @Test
    void comingAndGoingIsTold() throws Exception {
        List<String> told = new ArrayList<>();
        a.onChange((name, present) -> told.add(name + (present ? " comes" : " goes")));
        a.poll(collector, 1);
        b.close();
        a.poll(collector, 1);
        b = Node.join(directory, "b");
        a.poll(collector, 1);
        assertEquals(List.of("b comes", "b goes", "b comes"), told);
        a.onChange(null);
        b.close();
        a.poll(collector, 1);
        assertEquals(3, told.size());
    }

    /** The row "a receiver" of the table of results in GUARANTEES.md. */
    @Test
    void nothingIsSilent() throws Exception {
        byte[] message = new byte[1000];
        assertThrows(NoSuchNodeException.class, () -> a.trySend("absent", message));
        assertThrows(NoSuchNodeException.class, () -> a.send("absent", message));
        assertThrows(
                IllegalArgumentException.class,
                () -> a.trySend("b", new byte[a.maxMessageLength("b") + 1]));
        int count = 0;
        while (a.trySend("b", message)) {
            count++;
        }
        assertFalse(a.send("b", message, Duration.ofMillis(1)), "full");
        assertNull(a.tryClaim("b", 1000));
        assertEquals(count, b.poll(collector, 1000));
        assertTrue(a.trySend("b", message));
        b.close();
        assertThrows(BrokenChannelException.class, () -> a.trySend("b", message));
        assertThrows(BrokenChannelException.class, () -> a.send("b", message));
        try (Node c = Node.join(directory, "c")) {
            assertThrows(NoSuchNodeException.class, () -> c.trySend("b", message));
        }
        b = Node.join(directory, "b");
        assertTrue(a.trySend("b", message), "another owner");
        a.close();
        assertThrows(IllegalStateException.class, () -> a.trySend("b", message));
        assertThrows(IllegalStateException.class, () -> a.poll(collector, 1));
        assertThrows(IllegalStateException.class, a::nodes);
    }

    @Test
    void aSendThatWaitsIsEndedByRoomOrByTheReceiversLeaving() throws Exception {
        byte[] message = new byte[1000];
        while (a.trySend("b", message)) {}
        TestThreads threads = new TestThreads(a);
        threads.start(() -> a.send("b", message));
        b.receive(collector, 1000);
        threads.join();
        while (a.trySend("b", message)) {}
        TestThreads others = new TestThreads(a);
        others.start(() -> assertThrows(BrokenChannelException.class, () -> a.send("b", message)));
        b.close();
        others.join();
    }

    @Test
    void aClaimIsWrittenInPlace() throws Exception {
        Claim claim = a.claim("b", 16);
        assertEquals(16, claim.length());
        claim.putLong(0, 7).putLong(8, 8);
        assertThrows(IndexOutOfBoundsException.class, () -> claim.putLong(9, 1));
        assertThrows(IllegalArgumentException.class, () -> claim.commit(17));
        assertThrows(IllegalArgumentException.class, () -> claim.commit(-1));
        claim.commit(8);
        a.tryClaim("b", 5).abort();
        assertNotNull(a.claim("b", 0, SOON)).commit();
        List<Long> words = new ArrayList<>();
        NodeHandler reader =
                (message, memory, offset, length) ->
                        words.add(
                                length == 0
                                        ? -1
                                        : memory.get(ValueLayout.JAVA_LONG_UNALIGNED, offset));
        b.receive(reader, 10);
        assertEquals(List.of(7L, -1L), words);
    }

    private static <T> T assertNotNull(T value) {
        org.junit.jupiter.api.Assertions.assertNotNull(value);
        return value;
    }

    @Test
    void theNextOwnerInheritsTheInbox() throws Exception {
        a.send("b", "first".getBytes());
        a.send("b", "second".getBytes());
        b.receive(collector, 1);
        b.close();
        b = Node.join(directory, "b");
        a.send("b", "third".getBytes());
        while (got.size() < 3) {
            b.receive(collector, 10);
        }
        assertEquals(List.of("a:first", "a:second", "a:third"), got);
    }

    @Test
    void aNodeThatStartsEmptyDropsWhatWasSentBefore() throws Exception {
        a.send("b", "old".getBytes());
        b.close();
        b = Node.join(directory, "b", NodeOptions.defaults().startEmpty());
        a.send("b", "new".getBytes());
        b.receive(collector, 10);
        assertEquals(List.of("a:new"), got);
        assertEquals(1, b.statistics().droppedMessages());
    }

    @Test
    void theNextOwnerOfASendersNameContinuesItsLink() throws Exception {
        a.send("b", "1".getBytes());
        a.close();
        a = Node.join(directory, "a");
        a.send("b", "2".getBytes());
        b.receive(collector, 10);
        assertEquals(List.of("a:1", "a:2"), got);
    }

    @Test
    void aHandlerNeitherReceivesNorCloses() throws Exception {
        a.send("b", new byte[1]);
        b.receive(
                (message, memory, offset, length) -> {
                    assertThrows(IllegalStateException.class, () -> b.poll(collector, 1));
                    assertThrows(IllegalStateException.class, () -> b.receive(collector, 1));
                    assertThrows(IllegalStateException.class, b::close);
                    assertThrows(IllegalStateException.class, () -> message.reply(new byte[0]));
                    assertThrows(IllegalStateException.class, message::request);
                    assertFalse(message.isRequest());
                    assertEquals(0, message.deliveryAttempt());
                    got.add("handled");
                },
                1);
        assertEquals(List.of("handled"), got);
        a.send("b", new byte[1]);
        assertThrows(
                ArithmeticException.class,
                () ->
                        b.receive(
                                (message, memory, offset, length) -> {
                                    throw new ArithmeticException();
                                },
                                1));
        assertEquals(0, b.poll(collector, 1), "it counts as received");
    }

    @Test
    void anotherThreadCloses() throws Exception {
        TestThreads threads = new TestThreads(b);
        Thread receiver =
                threads.start(
                        () ->
                                assertThrows(
                                        IllegalStateException.class,
                                        () -> b.receive(collector, 1)));
        threads.spinUntil(() -> receiver.getState() != Thread.State.NEW);
        b.close();
        threads.join();
        b = Node.join(directory, "b"); // The name is free.
    }

    @Test
    void aNameIsChecked() {
        for (String name : List.of("", ".a", "a/b", "ä", "a b", "x".repeat(65))) {
            assertThrows(IllegalArgumentException.class, () -> Node.join(directory, name), name);
        }
    }

    @Test
    void aDirectoryHasSoManyNames() throws Exception {
        Path small = parent.resolve("small");
        NodeOptions two = NodeOptions.defaults().maxNodes(2);
        String longest = "x".repeat(64);
        try (Node one = Node.join(small, longest, two);
                Node other = Node.join(small, "Other-1.2_", two)) {
            assertThrows(IllegalStateException.class, () -> Node.join(small, "third", two));
            assertEquals(List.of(longest, "Other-1.2_"), other.nodes());
            one.send("Other-1.2_", new byte[0]);
            other.receive(collector, 1);
            assertEquals(List.of(longest + ":"), got);
        }
        Node.join(small, "Other-1.2_").close(); // Whatever the options say: it exists.
        assertThrows(IllegalArgumentException.class, () -> NodeOptions.defaults().maxNodes(1));
        assertThrows(IllegalArgumentException.class, () -> NodeOptions.defaults().maxNodes(4097));
    }

    @Test
    void aDirectoryThatOthersMayWriteToIsRefused() throws Exception {
        Path open = Files.createDirectory(parent.resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThrows(InvalidPipeException.class, () -> Node.join(open, "a"));
        assertEquals(
                Set.of("rwx------"),
                Set.of(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory))));
        Path file = Files.createDirectory(parent.resolve("file"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        Files.write(file.resolve("nodes"), new byte[4096]);
        assertThrows(InvalidPipeException.class, () -> Node.join(file, "a"));
    }

    @Test
    void bytesArriveWhole() throws Exception {
        for (int length : new int[] {0, 1, 7, 8, 9, 15, 16, 17, 31, 32, 33, 1000, 60_000}) {
            byte[] sent = new byte[length];
            for (int i = 0; i < length; i++) {
                sent[i] = (byte) (i * 31 + length);
            }
            a.send("b", sent);
            byte[][] received = new byte[1][];
            b.receive(
                    (message, memory, offset, size) ->
                            received[0] =
                                    memory.asSlice(offset, size).toArray(ValueLayout.JAVA_BYTE),
                    1);
            assertArrayEquals(sent, received[0]);
        }
    }

    @Test
    void objectsAreSentAndReceivedByCodec() throws Exception {
        Sender<String> sender = a.sender("b", Codec.utf8());
        Receiver<String> all = b.receiver(Codec.utf8());
        Receiver<String> one = b.receiver("a", Codec.utf8());
        assertNull(all.tryReceive());
        sender.send("one");
        assertTrue(sender.trySend("two"));
        assertTrue(sender.send("three", SOON));
        b.sender("b", Codec.utf8()).send("mine");
        assertEquals("one", one.receive());
        assertEquals("two", one.tryReceive());
        assertEquals("three", one.receive(SOON));
        assertNull(one.receive(Duration.ofMillis(1)));
        assertEquals("mine", all.receive());
        assertFalse(all.isEndOfStream());
        sender.send("four");
        sender.send("five");
        assertEquals(2, all.poll(got::add, 10));
        assertEquals(List.of("four", "five"), got);
        sender.close();
        all.close();
        sender.send("six");
        assertEquals("six", one.receive());
        assertThrows(
                NoSuchNodeException.class, () -> a.sender("absent", Codec.utf8()).trySend("x"));
    }

    /** It opens links to other nodes in a handler, which another thread closes. */
    @Test
    void aNodeThatSendsToMoreAndMoreNodesCanBeClosed() throws Exception {
        List<Node> others = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            others.add(Node.join(directory, "other" + i));
        }
        for (int round = 0; round < Proof.size(30, 1_000); round++) {
            Node sending = Node.join(directory, "sending");
            CountDownLatch begun = new CountDownLatch(1);
            TestThreads threads = new TestThreads(sending);
            threads.start(
                    () -> {
                        NodeHandler toAll =
                                (message, memory, offset, length) -> {
                                    begun.countDown();
                                    for (Node other : others) {
                                        sending.trySend(other.name(), new byte[1]);
                                    }
                                };
                        try {
                            while (sending.receive(toAll, 1) > 0) {}
                        } catch (IllegalStateException e) {
                            assertTrue(e.getMessage().endsWith("is closed"), e::toString);
                        }
                    });
            a.send("sending", new byte[1]);
            begun.await();
            sending.close();
            threads.join();
        }
        others.forEach(Node::close);
    }
}
