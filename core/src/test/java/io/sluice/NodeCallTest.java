package io.sluice;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Requests and replies between nodes of one process. See also {@link NodeStaleReplyTest}. */
@Timeout(60)
class NodeCallTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Duration NOW = Duration.ofMillis(1);
    private static final byte[] NOTHING = {};
    private static final NodeHandler IGNORED = (message, memory, offset, length) -> {};

    @TempDir Path parent;
    private Path directory;
    private Node asker;
    private Node server;
    private final List<Request> kept = new ArrayList<>();
    private final NodeHandler keeper =
            (message, memory, offset, length) -> kept.add(message.request());

    /** Takes one request, prints a line, and never returns from the handler. */
    static final class HoldingServer {
        public static void main(String[] arguments) throws Exception {
            Node node = Node.join(Path.of(arguments[0]), "holder");
            System.out.println("joined");
            node.receive(
                    (message, memory, offset, length) -> {
                        while (true) {
                            LockSupport.park();
                        }
                    },
                    1);
        }
    }

    @BeforeEach
    void join() throws Exception {
        directory = parent.resolve("nodes");
        asker = Node.join(directory, "asker");
        server = Node.join(directory, "server");
    }

    @AfterEach
    void close() {
        asker.close();
        server.close();
    }

    private static void echo(NodeMessage message, MemorySegment memory, long offset, int length) {
        try {
            message.reply(memory, offset, length);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Replies to requests on another thread, until the node is closed. */
    private static TestThreads serving(Node node, NodeHandler handler) {
        TestThreads threads = new TestThreads(node);
        threads.start(
                () -> {
                    try {
                        while (true) {
                            node.receive(handler, 100);
                        }
                    } catch (IllegalStateException e) {
                        if (!e.getMessage().contains("closed")) {
                            throw e;
                        }
                    }
                });
        return threads;
    }

    private static byte[] bytes(String text) {
        return text.getBytes();
    }

    private void assertReply(String expected, Reply reply) {
        assertEquals(CallOutcome.REPLIED, reply.outcome());
        assertEquals(expected, new String(reply.toBytes()));
    }

    @Test
    void aSendAfterACallThatFoundItsServerDeadIsBroken() throws Exception {
        try (ChildJvm child = ChildJvm.start(HoldingServer.class, directory)) {
            child.expectLine("joined");
            asker.send("holder", NOTHING);
            TestThreads threads = new TestThreads(asker);
            threads.start(() -> child.kill());
            CallOutcome outcome = asker.call("holder", NOTHING, SOON).outcome();
            assertTrue(outcome == CallOutcome.NOT_DONE || outcome == CallOutcome.UNKNOWN);
            threads.join();
            assertThrows(BrokenChannelException.class, () -> asker.trySend("holder", NOTHING));
        }
    }

    // The outcomes.

    @Test
    void aCallGetsItsReply() throws Exception {
        TestThreads threads = serving(server, NodeCallTest::echo);
        for (int length : new int[] {0, 1, 16, 100, 60_000, 3}) {
            byte[] request = new byte[length];
            java.util.Arrays.fill(request, (byte) length);
            Reply reply = asker.call("server", request, SOON);
            assertTrue(reply.isReplied());
            assertEquals(length, reply.length());
            assertArrayEquals(request, reply.toBytes());
            assertArrayEquals(
                    request, reply.memory().asSlice(0, length).toArray(ValueLayout.JAVA_BYTE));
        }
        MemorySegment source = MemorySegment.ofArray(bytes("xsegment"));
        assertReply("segment", asker.call("server", source, 1, 7, SOON));
        server.close();
        threads.join();
    }

    @Test
    void manyAskersGetTheirOwnReplies() throws Exception {
        TestThreads threads = serving(server, NodeCallTest::echo);
        TestThreads askers = new TestThreads(server);
        for (int i = 0; i < 4; i++) {
            String name = "asker-" + i;
            askers.start(
                    () -> {
                        try (Node node = Node.join(directory, name)) {
                            for (int n = 0; n < 500; n++) {
                                assertReply(name + n, node.call("server", bytes(name + n), SOON));
                            }
                        }
                    });
        }
        askers.join();
        server.close();
        threads.join();
    }

    @Test
    void aServerThatLeavesBeforeItTookTheRequestHasNotDoneIt() throws Exception {
        CompletableFuture<Reply> future = asker.callAsync("server", bytes("1"), SOON);
        server.close();
        assertEquals(CallOutcome.NOT_DONE, future.get(20, TimeUnit.SECONDS).outcome());
        assertEquals(CallOutcome.NOT_DONE, asker.call("server", bytes("2"), SOON).outcome());
        server = Node.join(directory, "server");
        assertEquals(0, server.poll(IGNORED, 10), "the first is not handed out");
        assertEquals(1, server.statistics().refusedRequests());
    }

    @Test
    void aServerThatLeavesAfterItTookTheRequestMayHaveDoneIt() throws Exception {
        TestThreads threads = new TestThreads(asker);
        threads.start(
                () ->
                        assertEquals(
                                CallOutcome.UNKNOWN,
                                asker.call("server", bytes("1"), SOON).outcome()));
        server.receive(keeper, 1);
        server.close();
        threads.join();
        assertThrows(IllegalStateException.class, () -> kept.get(0).reply(NOTHING));
    }

    @Test
    void theNextOwnerRefusesRequestsToTheOneBefore() throws Exception {
        assertEquals(CallOutcome.TIMED_OUT, asker.call("server", bytes("1"), NOW).outcome());
        asker.send("server", bytes("message"));
        server.close();
        server = Node.join(directory, "server");
        List<String> got = new ArrayList<>();
        server.receive(
                (message, memory, offset, length) -> got.add(NodeTest.text(memory, offset, length)),
                10);
        assertEquals(List.of("message"), got);
        assertEquals(1, server.statistics().refusedRequests());
        assertEquals(CallOutcome.TIMED_OUT, asker.call("server", bytes("2"), NOW).outcome());
        assertEquals(1, asker.statistics().lateReplies(), "the refusal");
    }

    @Test
    void aHandlerThatReturnsWithoutAReplyEndsTheCall() throws Exception {
        TestThreads threads = serving(server, IGNORED);
        assertEquals(CallOutcome.UNKNOWN, asker.call("server", bytes("1"), SOON).outcome());
        server.close();
        threads.join();
    }

    @Test
    void aHandlerThatThrowsEndsTheCall() throws Exception {
        CompletableFuture<Reply> future = asker.callAsync("server", bytes("1"), SOON);
        assertThrows(
                ArithmeticException.class,
                () ->
                        server.receive(
                                (message, memory, offset, length) -> {
                                    throw new ArithmeticException();
                                },
                                1));
        assertEquals(CallOutcome.UNKNOWN, future.get(20, TimeUnit.SECONDS).outcome());
    }

    @Test
    void aRequestForWhichThereIsNoRoomTimesOut() throws Exception {
        while (asker.trySend("server", new byte[1000])) {}
        assertEquals(CallOutcome.TIMED_OUT, asker.call("server", new byte[1000], NOW).outcome());
        assertEquals(
                CallOutcome.TIMED_OUT,
                asker.callAsync("server", new byte[1000], NOW).get().outcome());
    }

    @Test
    void aCallToANameWithoutAnOwnerThrows() {
        assertThrows(NoSuchNodeException.class, () -> asker.call("absent", NOTHING, SOON));
        assertThrows(NoSuchNodeException.class, () -> asker.callAsync("absent", NOTHING, SOON));
        assertThrows(
                IllegalArgumentException.class,
                () -> asker.call("server", new byte[asker.maxMessageLength("server") + 1], SOON));
    }

    @Test
    void messagesThatComeDuringACallStayInTheInbox() throws Exception {
        TestThreads threads = new TestThreads(server);
        threads.start(
                () -> {
                    server.send("asker", bytes("before"));
                    server.receive(NodeCallTest::echo, 1);
                });
        assertReply("1", asker.call("server", bytes("1"), SOON));
        threads.join();
        List<String> got = new ArrayList<>();
        asker.receive(
                (message, memory, offset, length) -> got.add(NodeTest.text(memory, offset, length)),
                10);
        assertEquals(List.of("before"), got);
    }

    @Test
    void anotherThreadRepliesLater() throws Exception {
        ConcurrentLinkedQueue<Request> queue = new ConcurrentLinkedQueue<>();
        TestThreads threads =
                serving(server, (message, memory, offset, length) -> queue.add(message.request()));
        TestThreads repliers = new TestThreads(server);
        AtomicInteger left = new AtomicInteger(100);
        for (int i = 0; i < 3; i++) {
            repliers.start(
                    () -> {
                        while (left.get() > 0) {
                            Request request = queue.poll();
                            if (request != null) {
                                assertEquals("asker", request.from());
                                assertTrue(request.reply(bytes("done")));
                                left.decrementAndGet();
                            }
                            Thread.yield();
                        }
                    });
        }
        List<CompletableFuture<Reply>> futures = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            futures.add(asker.callAsync("server", bytes("request"), SOON));
        }
        for (CompletableFuture<Reply> future : futures) {
            assertReply("done", future.get(20, TimeUnit.SECONDS));
        }
        repliers.join();
        server.close();
        threads.join();
    }

    @Test
    void anAsynchronousCallTimesOutAndSynchronousOnesContinue() throws Exception {
        CompletableFuture<Reply> future = asker.callAsync("server", bytes("1"), NOW);
        assertEquals(CallOutcome.TIMED_OUT, future.get(20, TimeUnit.SECONDS).outcome());
        server.receive(NodeCallTest::echo, 1);
        TestThreads threads = serving(server, NodeCallTest::echo);
        assertReply("2", asker.call("server", bytes("2"), SOON));
        server.close();
        threads.join();
        assertEquals(1, asker.statistics().lateReplies());
        assertEquals(CallOutcome.NOT_DONE, asker.call("server", bytes("3"), NOW).outcome());
    }

    @Test
    void aHandlerThatCallsItsAskerIsRefused() throws Exception {
        AtomicInteger refused = new AtomicInteger();
        TestThreads threads =
                serving(
                        server,
                        (message, memory, offset, length) -> {
                            assertThrows(
                                    IllegalStateException.class,
                                    () -> server.call("asker", NOTHING, SOON));
                            refused.incrementAndGet();
                            echo(message, memory, offset, length);
                        });
        assertReply("1", asker.call("server", bytes("1"), SOON));
        assertThrows(IllegalStateException.class, () -> asker.call("asker", NOTHING, SOON));
        server.close();
        threads.join();
        assertEquals(1, refused.get());
    }

    @Test
    void aHandlerMayCallAnotherNode() throws Exception {
        try (Node third = Node.join(directory, "third")) {
            TestThreads thirds = serving(third, NodeCallTest::echo);
            TestThreads threads =
                    serving(
                            server,
                            (message, memory, offset, length) -> {
                                try {
                                    Reply reply = server.call("third", bytes("inner"), SOON);
                                    assertReply("inner", reply);
                                    message.reply(memory, offset, length);
                                    assertEquals(
                                            CallOutcome.TIMED_OUT,
                                            server.call("asker", NOTHING, NOW).outcome(),
                                            "allowed once it is answered");
                                } catch (InterruptedException e) {
                                    throw new AssertionError(e);
                                }
                            });
            assertReply("outer", asker.call("server", bytes("outer"), SOON));
            server.close();
            threads.join();
            third.close();
            thirds.join();
        }
    }

    @Test
    void closingEndsCallsOfThisNode() throws Exception {
        TestThreads threads = new TestThreads(asker);
        Thread caller =
                threads.start(
                        () ->
                                assertThrows(
                                        IllegalStateException.class,
                                        () -> asker.call("server", NOTHING, SOON)));
        server.receive(keeper, 1);
        asker.close();
        threads.join();
        asker = Node.join(directory, "asker");
        CompletableFuture<Reply> future = asker.callAsync("server", NOTHING, SOON);
        asker.close();
        ExecutionException failed =
                assertThrows(ExecutionException.class, () -> future.get(20, TimeUnit.SECONDS));
        assertEquals(IllegalStateException.class, failed.getCause().getClass());
        assertFalse(caller.isAlive());
    }

    @Test
    void anInterruptEndsACall() throws Exception {
        TestThreads threads = new TestThreads(asker);
        Thread caller =
                threads.start(
                        () ->
                                assertThrows(
                                        InterruptedException.class,
                                        () -> asker.call("server", NOTHING, SOON)));
        server.receive(keeper, 1);
        caller.interrupt();
        threads.join();
        assertTrue(kept.get(0).reply(NOTHING));
        assertEquals(CallOutcome.TIMED_OUT, asker.call("server", NOTHING, NOW).outcome());
        assertEquals(1, asker.statistics().lateReplies());
    }
}
