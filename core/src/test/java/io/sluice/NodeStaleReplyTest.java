package io.sluice;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A request that outlives its call or its asker reaches no other call, and takes nothing from one:
 * the six situations of iceoryx2#1905, in which slots, numbers and queues that were used again let
 * an old request disturb a new one.
 */
@Timeout(60)
class NodeStaleReplyTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Duration NOW = Duration.ofMillis(1);
    private static final byte[] NOTHING = {};

    @TempDir Path parent;
    private Path directory;
    private Node asker;
    private Node server;
    private final List<Request> kept = new ArrayList<>();
    private final NodeHandler keeper =
            (message, memory, offset, length) -> kept.add(message.request());
    private final NodeHandler echo =
            (message, memory, offset, length) -> {
                try {
                    message.reply(memory, offset, length);
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            };

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

    private static byte[] bytes(String text) {
        return text.getBytes();
    }

    private static void assertReply(String expected, Reply reply) {
        assertEquals(CallOutcome.REPLIED, reply.outcome());
        assertEquals(expected, new String(reply.toBytes()));
    }

    private static Reply get(CompletableFuture<Reply> future) throws Exception {
        return future.get(20, TimeUnit.SECONDS);
    }

    /** Calls, and gives up; the server keeps the request. */
    private void callInVain() throws Exception {
        assertEquals(CallOutcome.TIMED_OUT, asker.call("server", bytes("old"), NOW).outcome());
        server.receive(keeper, 1);
    }

    private void replaceAsker() throws Exception {
        asker.close();
        asker = Node.join(directory, "asker");
    }

    /** Calls the server, which echoes on this thread. */
    private void assertEchoes(String text) throws Exception {
        CompletableFuture<Reply> future = asker.callAsync("server", bytes(text), SOON);
        server.receive(echo, 1);
        assertReply(text, get(future));
    }

    @Nested
    class Situation1AnOldRequestIsAnsweredDuringANewCall {
        @Test
        void itsReplyDoesNotAnswerTheNewOne() throws Exception {
            callInVain();
            TestThreads threads = new TestThreads(server);
            threads.start(
                    () -> {
                        server.receive(keeper, 1);
                        assertTrue(kept.get(0).reply(bytes("to the old one")));
                        assertTrue(kept.get(1).reply(bytes("to the new one")));
                    });
            assertReply("to the new one", asker.call("server", bytes("new"), SOON));
            threads.join();
            assertEquals(1, asker.statistics().lateReplies());
        }

        @Test
        void itsReplyNeitherFillsNorReplacesWhatTheNewOneWaitsFor() throws Exception {
            byte[] longest = new byte[asker.maxMessageLength("server")];
            for (int i = 0; i < 3; i++) {
                callInVain();
            }
            CompletableFuture<Reply> future = asker.callAsync("server", bytes("new"), SOON);
            server.receive(keeper, 1);
            for (int i = 0; i < 3; i++) {
                assertTrue(kept.get(i).reply(longest)); // Each fills the link for replies.
            }
            assertTrue(kept.get(3).reply(bytes("to the new one")));
            assertReply("to the new one", get(future));
            assertEquals(3, asker.statistics().lateReplies());
        }
    }

    @Nested
    class Situation2AReplyWasNotReadBeforeItsCallEnded {
        @Test
        void itLeavesRoomForThatOfTheNextOne() throws Exception {
            byte[] longest = new byte[asker.maxMessageLength("server")];
            for (int i = 0; i < 5; i++) {
                callInVain();
                assertTrue(kept.get(i).tryReply(longest));
            }
            TestThreads threads = new TestThreads(server);
            threads.start(() -> server.receive(echo, 1));
            assertReply("fits", asker.call("server", bytes("fits"), SOON));
            threads.join();
            assertEquals(5, asker.statistics().lateReplies());
        }
    }

    @Nested
    class Situation3TheNextOwnerOfANameUsesTheSameSlotAndNumbers {
        @Test
        void itGetsNoReplyToARequestOfTheOneBefore() throws Exception {
            callInVain();
            replaceAsker(); // Its first request has the same number.
            assertFalse(kept.get(0).reply(bytes("to the one that has gone")));
            assertEquals(1, server.statistics().droppedReplies());
            assertEchoes("mine");
            assertEquals(0, asker.statistics().lateReplies());
        }

        @Test
        void itGetsNoReplyThatWasSentBeforeTheOtherWent() throws Exception {
            assertEquals(CallOutcome.TIMED_OUT, asker.call("server", NOTHING, NOW).outcome());
            server.receive(echo, 1); // In the pipe for replies.
            replaceAsker();
            assertEchoes("mine");
            assertEquals(1, asker.statistics().lateReplies());
        }
    }

    @Nested
    class Situation4AnOldRequestEndsAfterItsAskerHasGone {
        @Test
        void itsReplyBreaksNoLinkAndEndsNoCallOfTheNextOwner() throws Exception {
            callInVain();
            replaceAsker();
            CompletableFuture<Reply> future = asker.callAsync("server", bytes("new"), SOON);
            server.receive(keeper, 1);
            assertFalse(kept.get(0).reply(bytes("late")));
            assertFalse(future.isDone());
            assertTrue(kept.get(1).reply(bytes("to the new one")));
            assertReply("to the new one", get(future));
            assertEchoes("and the link works");
        }

        @Test
        void aHandlerThatReturnsWithoutAReplyEndsNoCallOfTheNextOwner() throws Exception {
            assertEquals(CallOutcome.TIMED_OUT, asker.call("server", NOTHING, NOW).outcome());
            replaceAsker();
            CompletableFuture<Reply> future = asker.callAsync("server", bytes("new"), SOON);
            server.receive((message, memory, offset, length) -> {}, 1); // The old one.
            assertFalse(future.isDone());
            server.receive(echo, 1);
            assertReply("new", get(future));
        }

        @Test
        void itBreaksNoLinkOfAnotherNode() throws Exception {
            callInVain();
            try (Node other = Node.join(directory, "other")) {
                CompletableFuture<Reply> future = other.callAsync("server", NOTHING, SOON);
                server.receive(keeper, 1);
                asker.close();
                for (Request request : kept) {
                    assertEquals(request.from().equals("other"), request.reply(bytes("late")));
                }
                assertReply("late", get(future));
            }
            assertEquals(1, server.statistics().droppedReplies());
        }
    }

    @Nested
    class Situation5RepliesAreKeptWhileFurtherCallsAreMade {
        @Test
        void theyUseUpNothingAndStayAsTheyAre() throws Exception {
            int calls = 300; // More than the link for replies holds.
            List<Reply> replies = new ArrayList<>();
            byte[] request = new byte[1000];
            for (int i = 0; i < calls; i++) {
                Arrays.fill(request, (byte) i);
                CompletableFuture<Reply> future = asker.callAsync("server", request, SOON);
                server.receive(echo, 1);
                replies.add(get(future));
            }
            for (int i = 0; i < calls; i++) {
                Arrays.fill(request, (byte) i);
                assertArrayEquals(request, replies.get(i).toBytes());
            }
        }
    }

    @Nested
    class Situation6AReplyWaitsForRoomWhileItsAskerGoes {
        @Test
        void itEndsAndDoesNotReachTheNextOwner() throws Exception {
            byte[] longest = new byte[asker.maxMessageLength("server")];
            callInVain();
            callInVain();
            assertTrue(kept.get(0).reply(longest));
            assertFalse(kept.get(1).tryReply(longest), "full");
            TestThreads threads = new TestThreads(server);
            Thread replier = threads.start(() -> assertFalse(kept.get(1).reply(longest)));
            threads.spinUntil(() -> isInside(replier, "claim")); // Its asker was there before.
            replaceAsker(); // It reads no replies now.
            threads.join();
            assertEquals(1, server.statistics().droppedReplies());
            assertEchoes("mine");
        }

        private boolean isInside(Thread thread, String method) {
            return Stream.of(thread.getStackTrace())
                    .anyMatch(frame -> frame.getMethodName().equals(method));
        }
    }

    @Test
    void aRequestHasOneReply() throws Exception {
        CompletableFuture<Reply> future = asker.callAsync("server", bytes("1"), SOON);
        server.receive(keeper, 1);
        assertTrue(kept.get(0).reply(bytes("once")));
        assertThrows(IllegalStateException.class, () -> kept.get(0).reply(bytes("twice")));
        assertThrows(IllegalStateException.class, () -> kept.get(0).tryReply(bytes("twice")));
        assertReply("once", get(future));
        future = asker.callAsync("server", bytes("2"), SOON);
        server.receive(
                (message, memory, offset, length) -> {
                    echo.onMessage(message, memory, offset, length);
                    assertThrows(IllegalStateException.class, () -> message.reply(NOTHING));
                    assertThrows(IllegalStateException.class, message::request);
                },
                1);
        assertReply("2", get(future));
        assertEquals(0, asker.statistics().lateReplies());
    }
}
