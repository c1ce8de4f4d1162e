package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.linux.Mapping;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A process truncates a file of nodes while it is mapped, or writes words into it that no node
 * writes. Each call of a node then returns, or throws a documented exception; the JVM's own error
 * reaches no caller, compiled or not.
 */
@Timeout(120)
class NodeTruncationTest {
    private static final int CAPACITY = 1 << 14;
    private static final Duration NOW = Duration.ofMillis(1);
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Duration BLOCKED = Duration.ofMillis(20);
    private static final byte[] MESSAGE = new byte[1000];

    /** The rounds of each thread before the cut. */
    private static final int ROUNDS = Proof.size(30, 300);

    /** So many names that their file has several pages. */
    private static final NodeOptions OPTIONS =
            NodeOptions.defaults().capacity(CAPACITY).maxNodes(64);

    // The words of docs/FORMAT.md.
    private static final int ENTRIES = 128;
    private static final int ENTRY_LENGTH = 128;
    private static final int[] WORDS_OF_ENTRY = {0, 8, 16, 24, 32, 40, 48, 64};
    private static final long[] VALUES =
            Proof.isProofBuild() ? new long[] {-1, 0, 1, 65, 1L << 32} : new long[] {-1, 65};

    @TempDir Path parent;
    private Path directory;
    private Node asker;
    private Node server;
    private final List<Request> kept = new ArrayList<>();
    private final Set<String> called = Collections.synchronizedSet(new TreeSet<>());
    private final Set<String> refused = Collections.synchronizedSet(new TreeSet<>());

    private interface Call {
        void run() throws Exception;
    }

    private record Cut(String file, long length, boolean async) {}

    /** Returns each file, cut off at each of its parts. */
    static List<Cut> cuts() {
        int page = Mapping.pageSize();
        List<Cut> cuts = new ArrayList<>();
        for (boolean async : new boolean[] {false, true}) {
            cuts.add(new Cut("nodes", 0, async));
            cuts.add(new Cut("nodes", page, async)); // The entries of the two nodes remain.
            for (String lane : List.of("server.inbox/lane-0", "asker.replies/lane-1")) {
                cuts.add(new Cut(lane, 0, async));
                cuts.add(new Cut(lane, page, async));
            }
            cuts.add(new Cut("server.inbox/meta", 0, async));
            cuts.add(new Cut("asker.replies/meta", 0, async));
        }
        return cuts;
    }

    /** Joins two nodes, with links both ways, two requests in the inbox and one that is kept. */
    private void join(boolean async) throws Exception {
        directory = parent.resolve("nodes");
        asker = Node.join(directory, "asker", OPTIONS);
        server = Node.join(directory, "server", OPTIONS);
        if (async) {
            asker.callAsync("server", MESSAGE, NOW);
        } else {
            asker.call("server", MESSAGE, NOW);
        }
        server.receive((message, memory, offset, length) -> kept.add(message.request()), 1);
        assertTrue(kept.getLast().tryReply(MESSAGE));
        asker.call("server", MESSAGE, NOW);
        server.receive((message, memory, offset, length) -> kept.add(message.request()), 1);
        asker.call("server", MESSAGE, NOW);
        asker.call("server", MESSAGE, NOW);
        server.send("asker", MESSAGE);
        asker.onChange((name, present) -> assertNotNull(name));
        server.onChange((name, present) -> assertNotNull(name));
    }

    private void perform(Cut cut) throws IOException {
        try (FileChannel channel =
                FileChannel.open(directory.resolve(cut.file), StandardOpenOption.WRITE)) {
            assertTrue(channel.size() > cut.length, () -> cut + " is not shorter");
            channel.truncate(cut.length);
        }
    }

    /** Runs a call, which returns or throws a documented exception. */
    private void call(String name, Call call) throws Exception {
        called.add(name);
        try {
            call.run();
        } catch (ChannelCorruptedException
                | BrokenChannelException
                | NoSuchNodeException
                | InvalidPipeException e) {
            refused.add(name);
        }
    }

    private void everyMethodOfARequest(Request request) throws Exception {
        assertNotNull(request.from());
        assertTrue(request.toString().startsWith("Request["));
        call("Request.tryReply", () -> request.tryReply(MESSAGE));
        if (!request.toString().contains("answered")) {
            call("Request.reply", () -> request.reply(MESSAGE));
        }
    }

    private final NodeHandler everyMethodOfAMessage =
            (message, memory, offset, length) -> {
                try {
                    call("NodeMessage.from", () -> assertNotNull(message.from()));
                    call("NodeMessage.deliveryAttempt", message::deliveryAttempt);
                    assertTrue(message.toString().startsWith("NodeMessage["));
                    if (message.isRequest() && kept.size() % 2 == 0) {
                        call("NodeMessage.request", () -> kept.add(message.request()));
                    } else if (message.isRequest()) {
                        boolean[] sent = {false};
                        call("NodeMessage.tryReply", () -> sent[0] = message.tryReply(MESSAGE));
                        if (!sent[0]) {
                            call("NodeMessage.reply", () -> message.reply(new byte[8]));
                        }
                        kept.add(kept.getLast());
                    }
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            };

    private void everySendingMethod(Node node, String to) throws Exception {
        MemorySegment segment = MemorySegment.ofArray(MESSAGE);
        call("send", () -> node.send(to, MESSAGE, NOW));
        call("send", () -> node.send(to, segment, 0, 50, NOW));
        call("claim", () -> abort(node.claim(to, 50, NOW)));
        call("tryClaim", () -> abort(node.tryClaim(to, 50)));
        call("sender", () -> node.sender(to, Codec.utf8()).trySend("text"));
        call("sender", () -> node.sender(to, Codec.utf8()).send("text", NOW));
        call("call", () -> node.call(to, MESSAGE, NOW));
        call("call", () -> node.call(to, segment, 0, 50, NOW));
        for (int i = 0; i < 2 * CAPACITY / MESSAGE.length; i++) { // To reach a page that is gone.
            call("trySend", () -> node.trySend(to, MESSAGE));
        }
        call("trySend", () -> node.trySend(to, segment, 0, 50));
        call("maxMessageLength", () -> assertTrue(node.maxMessageLength(to) > 0));
    }

    private static void abort(Claim claim) {
        if (claim != null) {
            claim.putLong(0, 1);
            claim.abort();
        }
    }

    private void everyReceivingMethod(Node node, String from) throws Exception {
        for (int i = 0; i < 4; i++) {
            call("poll", () -> node.poll(everyMethodOfAMessage, 1));
            call("poll", () -> node.poll(from, everyMethodOfAMessage, 1));
        }
        call("receive", () -> node.receive(everyMethodOfAMessage, 1, NOW));
        call("receive", () -> node.receive(from, everyMethodOfAMessage, 1, NOW));
        call("receiver", () -> node.receiver(Codec.utf8()).receive(NOW));
        call("receiver", () -> node.receiver(from, Codec.utf8()).tryReceive());
        call("poll", () -> node.poll(everyMethodOfAMessage, 1000));
    }

    private void everyMethodOfANode(Node node, String other, boolean async) throws Exception {
        call("name", node::name);
        call("nodes", node::nodes);
        call("list", () -> Node.list(directory));
        call("awaitNode", () -> node.awaitNode(other, NOW));
        call("awaitNode", () -> node.awaitNode("absent", NOW));
        call("onChange", () -> node.onChange((name, present) -> assertNotNull(name)));
        everySendingMethod(node, other);
        call("maxMessageLength", () -> node.maxMessageLength("absent"));
        if (async) {
            call("callAsync", () -> outcome(node));
        }
    }

    private void outcome(Node node) throws Exception {
        try {
            node.callAsync("server", MESSAGE, NOW).get(20, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw (Exception) e.getCause();
        } catch (TimeoutException e) {
            throw new AssertionError("a call that does not end: " + node, e);
        }
    }

    /** The node has a listener: its task also runs without a message. */
    private static void awaitTask(Node node) throws InterruptedException {
        CountDownLatch ran = new CountDownLatch(1);
        node.onReadable(Runnable::run, ran::countDown);
        assertTrue(ran.await(20, TimeUnit.SECONDS), () -> "no task of " + node);
    }

    private void everyMethod(boolean async) throws Exception {
        everyMethodOfANode(asker, "server", async);
        everyReceivingMethod(server, "asker");
        everyMethodOfANode(server, "asker", async);
        everyReceivingMethod(asker, "server");
        for (Request request : List.copyOf(Set.copyOf(kept))) {
            if (!request.toString().contains("answered")) {
                everyMethodOfARequest(request);
            }
        }
        call("join", () -> Node.join(directory, "third", OPTIONS).close());
        call("join", () -> Node.join(directory, "fourth", OPTIONS, NOW).close());
        for (Node node : List.of(asker, server)) {
            call("onReadable", () -> awaitTask(node));
            call("notifyFd", node::notifyFd);
            call("statistics", node::statistics);
            assertTrue(node.toString().startsWith("Node["));
            call("close", node::close);
            node.close();
        }
    }

    /** Deletes all, and checks that the path can be used again: no lock or file is held. */
    private void afterwards() throws Exception {
        kept.clear();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
        Node.join(directory, "asker").close();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cuts")
    void everyMethodReturnsOrThrowsAsDocumented(Cut cut) throws Exception {
        join(cut.async);
        perform(cut);
        everyMethod(cut.async);
        assertTrue(refused.stream().anyMatch(name -> !name.equals("join")), "no call was refused");
        afterwards();
    }

    /** Which calls find that the names are lost: all that need one. */
    @Test
    void withoutItsFileOfNamesANodeThrows() throws Exception {
        join(false);
        perform(new Cut("nodes", 0, false));
        everyMethod(true);
        refused.remove("NodeMessage.request"); // Names its sender, which may be known.
        refused.remove("receive"); // Only if there are requests to answer.
        refused.remove("receiver");
        assertEquals(
                "[NodeMessage.from, NodeMessage.reply, NodeMessage.tryReply, Request.reply,"
                        + " Request.tryReply, awaitNode, call, callAsync, claim, join, list,"
                        + " maxMessageLength, nodes, onChange, poll, send, sender, tryClaim, trySend]",
                refused.toString());
        assertThrows(InvalidPipeException.class, () -> Node.join(directory, "asker", OPTIONS));
        afterwards();
    }

    @Test
    void anAsynchronousCallWhoseReplyCannotBeReceivedFails() throws Exception {
        join(true);
        Future<Reply> reply = asker.callAsync("server", MESSAGE, SOON);
        perform(new Cut("nodes", 0, true));
        ExecutionException e =
                assertThrows(ExecutionException.class, () -> reply.get(10, TimeUnit.SECONDS));
        assertInstanceOf(ChannelCorruptedException.class, e.getCause());
        asker.close();
        server.close();
        afterwards();
    }

    @Test
    void aCallWhoseOutcomeCannotBeReadThrows() throws Exception {
        join(false);
        server.poll((message, memory, offset, length) -> {}, 1000);
        TestThreads threads = new TestThreads(server);
        threads.start(
                () ->
                        assertThrows(
                                ChannelCorruptedException.class,
                                () -> asker.call("server", MESSAGE, SOON)));
        server.receive((message, memory, offset, length) -> message.request(), 1);
        perform(new Cut("server.inbox/lane-0", 0, false));
        server.close();
        threads.join();
        asker.close();
        afterwards();
    }

    /** So that this class is the place to add a method's call to. */
    @Test
    void everyMethodIsCalled() throws Exception {
        join(true);
        everyMethod(true);
        called.add("NodeMessage.isRequest");
        called.add("NodeMessage.reply"); // Where there is no room.
        called.add("Request.from");
        called.add("Request.reply");
        Set<String> all = new TreeSet<>();
        for (Class<?> type : List.of(Node.class, NodeMessage.class, Request.class)) {
            for (Method method : type.getDeclaredMethods()) {
                if (Modifier.isPublic(method.getModifiers())
                        && !method.getName().equals("toString")) {
                    String of = type == Node.class ? "" : type.getSimpleName() + ".";
                    all.add(of + method.getName());
                }
            }
        }
        assertEquals(all, called);
        afterwards();
    }

    @Test
    void aWordThatNoNodeWritesIsRefusedOrIgnored() throws Exception {
        for (int slot = 0; slot < 3; slot++) { // Both nodes', and a free one.
            for (int word : WORDS_OF_ENTRY) {
                for (long value : VALUES) {
                    join(false);
                    write(ENTRIES + slot * ENTRY_LENGTH + word, value);
                    everyMethod(false);
                    afterwards();
                }
            }
        }
        assertTrue(
                refused.containsAll(Set.of("nodes", "awaitNode", "call", "send")),
                refused::toString);
    }

    private void write(long offset, long value) throws IOException {
        try (FileChannel channel =
                FileChannel.open(directory.resolve("nodes"), StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder());
            channel.write(bytes.putLong(0, value), offset);
        }
    }

    /** An entry that has lost its name is not given to another one: its owner holds its lock. */
    @Test
    void anEntryThatHasLostItsNameIsNotGivenAway() throws Exception {
        join(false);
        write(ENTRIES + ENTRY_LENGTH + 32, 0);
        ChannelCorruptedException e =
                assertThrows(
                        ChannelCorruptedException.class,
                        () -> Node.join(directory, "third", OPTIONS));
        assertTrue(e.getMessage().contains("entry 1: found no name"), e.getMessage());
        asker.close();
        server.close();
        afterwards();
    }

    /** The corrupt name of one node is not taken for one that is absent, or for another one. */
    @Test
    void aCorruptNameIsNotAnAbsentOne() throws Exception {
        join(false);
        write(ENTRIES + ENTRY_LENGTH + 32, 65);
        for (String name : List.of("server", "absent")) {
            assertThrows(ChannelCorruptedException.class, () -> asker.awaitNode(name, NOW));
        }
        assertThrows(ChannelCorruptedException.class, asker::nodes);
        assertThrows(ChannelCorruptedException.class, () -> Node.join(directory, "third", OPTIONS));
        asker.close();
        server.close();
        afterwards();
    }

    /** Both nodes spin in compiled loops of their own, into which every call may be inlined. */
    @ParameterizedTest
    @MethodSource("cuts")
    void runningThreadsGetAnExceptionInCompiledCodeToo(Cut cut) throws Exception {
        for (int round = 0; round < Proof.size(1, 3); round++) {
            join(cut.async);
            server.poll((message, memory, offset, length) -> {}, 1000);
            AtomicInteger asked = new AtomicInteger();
            AtomicInteger polled = new AtomicInteger();
            TestThreads threads = new TestThreads(directory + " " + cut);
            Thread asking = threads.start(() -> untilRefused(asker, asked, this::ask));
            threads.start(
                    () ->
                            untilRefused(
                                    server,
                                    polled,
                                    () -> {
                                        server.poll(NodeTruncationTest::reply, 64);
                                        server.nodes();
                                        return asking.isAlive();
                                    }));
            int rounds = ROUNDS * (1 + round); // In the later ones, and other cuts: compiled.
            threads.spinUntil(() -> asked.get() >= rounds && polled.get() >= rounds);
            perform(cut);
            threads.join();
            afterwards();
        }
    }

    private interface Round {
        /** Tests whether there is more. */
        boolean run() throws Exception;
    }

    private boolean ask() throws Exception {
        asker.trySend("server", MESSAGE);
        abort(asker.tryClaim("server", 8));
        asker.call("server", MESSAGE, NOW);
        return true;
    }

    private static void reply(NodeMessage message, MemorySegment memory, long offset, int length) {
        if (message.isRequest()) {
            message.tryReply(MESSAGE);
        }
    }

    private static void untilRefused(Node node, AtomicInteger rounds, Round round)
            throws Exception {
        try {
            boolean more = true;
            while (more) {
                more = round.run();
                rounds.incrementAndGet();
            }
        } catch (ChannelCorruptedException | BrokenChannelException e) {
            assertNotNull(e.getMessage());
        } finally {
            node.close(); // Else the other one may wait for it, where its own pages are there.
        }
    }

    /** A thread of either kind that waits on a page that is cut off wakes up. */
    @ParameterizedTest
    @MethodSource("cuts")
    void blockedThreadsGetAnExceptionToo(Cut cut) throws Exception {
        join(cut.async);
        server.poll((message, memory, offset, length) -> {}, 1000);
        TestThreads threads = new TestThreads(directory + " " + cut);
        AtomicBoolean done = new AtomicBoolean();
        AtomicInteger calls = new AtomicInteger();
        AtomicInteger receives = new AtomicInteger();
        threads.start(
                () -> {
                    while (!done.get()) {
                        call("call", () -> asker.call("server", MESSAGE, BLOCKED));
                        calls.incrementAndGet();
                    }
                });
        threads.start(
                () -> {
                    while (!done.get()) {
                        call(
                                "receive",
                                () ->
                                        server.receive(
                                                (message, memory, offset, length) -> {},
                                                1,
                                                BLOCKED));
                        receives.incrementAndGet();
                    }
                });
        threads.spinUntil(() -> calls.get() > 0 && receives.get() > 0);
        int callsBefore = calls.get();
        int receivesBefore = receives.get();
        perform(cut); // During the next calls, which block for most of their time.
        threads.spinUntil(
                () -> calls.get() > callsBefore + 1 && receives.get() > receivesBefore + 1);
        done.set(true);
        threads.join();
        asker.close();
        server.close();
        afterwards();
    }
}
