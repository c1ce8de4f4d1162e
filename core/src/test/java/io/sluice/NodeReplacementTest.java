package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node that leaves its name to another one, if both have said so. */
@Timeout(60)
class NodeReplacementTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Duration A_MOMENT = Duration.ofMillis(5);
    private static final Duration A_WHILE = Duration.ofMillis(50);
    private static final byte[] NOTHING = {};

    /** The word <em>replace</em> of the second entry, see FORMAT.md. */
    private static final int REPLACE_OF_OWNER = 2 * 128 + 48;

    private static final NodeOptions ALLOWS = NodeOptions.defaults().allowReplacement();
    private static final NodeOptions REPLACES = NodeOptions.defaults().replaceOwner();
    private static final NodeHandler IGNORED = (message, memory, offset, length) -> {};

    @TempDir Path parent;
    private Path directory;
    private Node sender;
    private Node owner;
    private Node successor;
    private final List<String> got = new ArrayList<>();
    private final NodeHandler collector =
            (message, memory, offset, length) -> got.add(NodeTest.text(memory, offset, length));

    @BeforeEach
    void join() throws Exception {
        directory = parent.resolve("nodes");
        sender = Node.join(directory, "sender");
    }

    @AfterEach
    void close() {
        for (Node node : new Node[] {sender, owner, successor}) {
            if (node != null) {
                node.close();
            }
        }
    }

    /** Asks for the name of the owner, on another thread. */
    private TestThreads replace() {
        TestThreads threads = new TestThreads(sender);
        Thread asking =
                threads.start(() -> successor = Node.join(directory, "owner", REPLACES, SOON));
        threads.spinUntil(() -> LockSupport.getBlocker(asking) != null || successor != null);
        return threads;
    }

    @Test
    void anOwnerThatWaitsLeavesAndItsSuccessorInheritsItsMessages() throws Exception {
        owner = Node.join(directory, "owner", ALLOWS);
        TestThreads threads = new TestThreads(owner);
        Thread waiting =
                threads.start(
                        () ->
                                assertThrows(
                                        NameLostException.class,
                                        () -> owner.receive(collector, 1)));
        threads.spinUntil(() -> waiting.getState() != Thread.State.NEW);
        TestThreads asking = replace();
        threads.join();
        asking.join();
        assertEquals(List.of("sender", "owner"), sender.nodes());
        sender.send("owner", "to the successor".getBytes());
        successor.receive(collector, 1);
        assertEquals(List.of("to the successor"), got);
    }

    @Test
    void anOwnerThatPollsLeavesInItsNextPoll() throws Exception {
        owner = Node.join(directory, "owner", ALLOWS);
        sender.send("owner", "one".getBytes());
        sender.send("owner", "two".getBytes());
        assertEquals(1, owner.poll(collector, 1));
        TestThreads asking = replace();
        assertThrows(NameLostException.class, () -> owner.poll(collector, 1));
        asking.join();
        assertThrows(NameLostException.class, () -> owner.poll(collector, 1));
        assertThrows(NameLostException.class, owner::nodes);
        owner.close();
        successor.receive(collector, 1);
        assertEquals(List.of("one", "two"), got, "what it had not received");
    }

    @Test
    void anOwnerThatDoesNotAllowItStays() throws Exception {
        owner = Node.join(directory, "owner");
        assertThrows(
                IllegalStateException.class,
                () -> Node.join(directory, "owner", REPLACES, A_MOMENT));
        try (FileChannel names =
                FileChannel.open(
                        directory.resolve("nodes"),
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE)) {
            ByteBuffer word = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder());
            names.read(word, REPLACE_OF_OWNER);
            assertEquals(0, word.getLong(0), "it is not even asked");
            names.write(word.putLong(0, 1).clear(), REPLACE_OF_OWNER);
        }
        sender.send("owner", "kept".getBytes());
        assertEquals(1, owner.receive(collector, 1), "whatever another process writes");
    }

    @Test
    void aNodeThatDoesNotAskWaitsForTheName() throws Exception {
        owner = Node.join(directory, "owner", ALLOWS);
        TestThreads joining = new TestThreads(owner);
        Thread joiner =
                joining.start(
                        () ->
                                assertThrows(
                                        IllegalStateException.class,
                                        () -> Node.join(directory, "owner", A_WHILE)));
        while (joiner.isAlive()) {
            assertEquals(0, owner.receive(collector, 1, A_MOMENT));
        }
        joining.join();
    }

    @Test
    void aNodeThatGivesUpAsksNoMore() throws Exception {
        owner = Node.join(directory, "owner", ALLOWS);
        assertThrows(
                IllegalStateException.class,
                () -> Node.join(directory, "owner", REPLACES, A_MOMENT));
        assertEquals(0, owner.poll(collector, 1));
        assertEquals(0, owner.receive(collector, 1, A_MOMENT));
    }

    /** The next owner is asked anew: what the one before was asked does not concern it. */
    @Test
    void aSuccessorIsNotAskedToLeave() throws Exception {
        owner = Node.join(directory, "owner", ALLOWS);
        TestThreads asking = new TestThreads(sender);
        NodeOptions both = ALLOWS.replaceOwner();
        asking.start(() -> successor = Node.join(directory, "owner", both, SOON));
        assertThrows(NameLostException.class, () -> owner.receive(collector, 1, SOON));
        asking.join();
        assertEquals(0, successor.receive(collector, 1, Duration.ofMillis(100)));
    }

    @Test
    void aTaskOfAnEventLoopRunsAndASelectEnds() throws Exception {
        owner = Node.join(directory, "owner", ALLOWS);
        LinkedBlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
        owner.onReadable(tasks::add, () -> {});
        TestThreads asking = replace();
        assertNotNull(tasks.poll(20, TimeUnit.SECONDS), "no task came");
        assertThrows(NameLostException.class, () -> owner.poll(collector, 1));
        asking.join();
        successor.close();
        for (boolean waits : new boolean[] {true, false}) {
            owner = Node.join(directory, "owner", ALLOWS);
            Select select = Select.builder().receive(owner, collector).build();
            asking = replace();
            if (waits) {
                assertThrows(NameLostException.class, () -> select.select(SOON));
            } else {
                select.onReady(tasks::add, () -> {});
                assertNotNull(tasks.poll(20, TimeUnit.SECONDS), "no task came");
                assertThrows(NameLostException.class, select::trySelect);
            }
            asking.join();
            successor.close();
        }
    }

    @Test
    void aCallToTheOwnerThatLeavesEnds() throws Exception {
        owner = Node.join(directory, "owner", ALLOWS);
        List<Request> kept = new ArrayList<>();
        CompletableFuture<Reply> taken = sender.callAsync("owner", NOTHING, SOON);
        owner.receive((message, memory, offset, length) -> kept.add(message.request()), 1);
        TestThreads asking = replace();
        while (true) {
            try {
                owner.receive(IGNORED, 1, A_MOMENT);
            } catch (NameLostException e) {
                break;
            }
        }
        asking.join();
        assertEquals(CallOutcome.UNKNOWN, taken.get(20, TimeUnit.SECONDS).outcome());
        assertThrows(IllegalStateException.class, () -> kept.get(0).reply(NOTHING));
        TestThreads serving = new TestThreads(successor);
        serving.start(
                () ->
                        successor.receive(
                                (message, memory, offset, length) -> message.tryReply(NOTHING), 1));
        assertEquals(CallOutcome.REPLIED, sender.call("owner", NOTHING, SOON).outcome());
        serving.join();
    }
}
