package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node of a paused process (SIGSTOP), however long the pause, is not dead: it keeps its name,
 * what was sent to it, and its calls. No time decides otherwise.
 *
 * <p>The property {@code sluice.pause.seconds} sets the least duration of each pause.
 */
@Timeout(120)
class NodePauseTest {
    private static final long PAUSE_NANOS =
            TimeUnit.SECONDS.toNanos(Proof.size("sluice.pause.seconds", 0, 1));

    /** Longer than the interval at which nodes ask the kernel about each other. */
    private static final Duration A_WHILE = Duration.ofMillis(150);

    private static final Duration LONG = Duration.ofSeconds(90);
    private static final byte[] NOTHING = {};
    private static final NodeHandler IGNORED = (message, memory, offset, length) -> {};

    @TempDir Path parent;
    private Path directory;
    private Node node;
    private ChildJvm child;

    /**
     * Answers requests with the number of messages before, until it gets an empty message; or calls
     * the other node once.
     */
    static final class Paused {
        public static void main(String[] arguments) throws Exception {
            NodeOptions options = NodeOptions.defaults().allowReplacement();
            try (Node node = Node.join(Path.of(arguments[0]), "paused", options)) {
                System.out.println("joined");
                if (arguments[1].equals("ask")) {
                    System.out.println(node.call("node", NOTHING, LONG).outcome());
                    return;
                }
                int[] counts = new int[2]; // Messages, and whether the last one came.
                while (counts[1] == 0) {
                    node.receive(
                            (message, memory, offset, length) -> {
                                if (message.isRequest()) {
                                    message.tryReply(Integer.toString(counts[0]).getBytes());
                                } else if (length == 0) {
                                    counts[1] = 1;
                                } else {
                                    counts[0]++;
                                }
                            },
                            100);
                }
                System.out.println(counts[0] + " messages");
            }
        }
    }

    @BeforeEach
    void join() throws Exception {
        directory = parent.resolve("nodes");
        node = Node.join(directory, "node");
    }

    @AfterEach
    void close() {
        node.close();
        child.close();
    }

    private void start(String what) throws IOException {
        child = ChildJvm.start(Paused.class, directory, what);
        child.expectLine("joined");
    }

    private void pause() throws Exception {
        child.signal("STOP");
        long start = System.nanoTime();
        Path stat = Path.of("/proc/" + child.pid() + "/stat");
        while (!Files.readString(stat).contains(") T ")) {
            assertTrue(System.nanoTime() - start < LONG.toNanos(), Files.readString(stat));
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** Waits for the rest of the pause, and ends it. */
    private void resume(long pausedAt) throws Exception {
        for (long left; (left = PAUSE_NANOS - (System.nanoTime() - pausedAt)) > 0; ) {
            LockSupport.parkNanos(left);
        }
        child.signal("CONT");
    }

    @Test
    void aPausedOwnerKeepsItsNameAndWhatWasSentToIt() throws Exception {
        List<String> told = new ArrayList<>();
        node.onChange((name, present) -> told.add(name + (present ? " comes" : " goes")));
        start("serve");
        byte[] message = new byte[1000];
        node.send("paused", message);
        assertEquals(CallOutcome.REPLIED, node.call("paused", NOTHING, LONG).outcome());
        pause();
        long pausedAt = System.nanoTime();
        assertEquals(0, node.receive(IGNORED, 1, A_WHILE), "looks for nodes that have died");
        assertEquals(List.of("paused comes"), told);
        assertEquals(List.of("node", "paused"), node.nodes());
        assertTrue(node.awaitNode("paused", Duration.ZERO));
        assertThrows(IllegalStateException.class, () -> Node.join(directory, "paused", A_WHILE));
        NodeOptions replaces = NodeOptions.defaults().replaceOwner();
        assertThrows(
                IllegalStateException.class,
                () -> Node.join(directory, "paused", replaces, A_WHILE),
                "a paused owner does not leave");
        assertEquals(CallOutcome.TIMED_OUT, node.call("paused", NOTHING, A_WHILE).outcome());
        CompletableFuture<Reply> asynchronous = node.callAsync("paused", NOTHING, LONG);
        int sent = 1;
        while (node.trySend("paused", message)) {
            sent++;
        }
        assertFalse(node.send("paused", message, A_WHILE), "full, and not broken");
        assertEquals(CallOutcome.TIMED_OUT, node.call("paused", message, A_WHILE).outcome());
        assertFalse(asynchronous.isDone());
        try (Node other = Node.join(directory, "other")) {
            assertTrue(node.trySend("other", message), "others go on");
            assertEquals(1, other.receive(IGNORED, 1));
        }
        resume(pausedAt);
        Reply reply = node.call("paused", NOTHING, LONG);
        assertEquals(CallOutcome.REPLIED, reply.outcome());
        assertEquals(Integer.toString(sent), new String(reply.toBytes()), "none was lost");
        assertEquals(CallOutcome.REPLIED, asynchronous.get(90, TimeUnit.SECONDS).outcome());
        node.send("paused", NOTHING);
        child.expectLine(sent + " messages");
        assertEquals(0, child.waitFor());
        assertEquals(
                1,
                node.statistics().lateReplies(),
                "of the call that timed out; the last one was not sent");
        Proof.PAUSES.add(1, "lost 0, duplicated 0, declared dead 0");
    }

    @Test
    void aPausedAskerGetsItsReply() throws Exception {
        start("ask");
        List<Request> requests = new ArrayList<>();
        node.receive((message, memory, offset, length) -> requests.add(message.request()), 1);
        pause();
        long pausedAt = System.nanoTime();
        assertEquals(0, node.receive(IGNORED, 1, A_WHILE));
        assertTrue(requests.get(0).reply(NOTHING), "sent, and not dropped");
        assertEquals(0, node.statistics().droppedReplies());
        resume(pausedAt);
        child.expectLine("REPLIED");
        assertEquals(0, child.waitFor());
        Proof.PAUSES.add(1, "lost 0, duplicated 0, declared dead 0");
    }

    @Test
    void aPausedOwnerThatIsKilledHasGone() throws Exception {
        start("serve");
        node.send("paused", new byte[1]);
        assertEquals(CallOutcome.REPLIED, node.call("paused", NOTHING, LONG).outcome());
        pause();
        CompletableFuture<Reply> future = node.callAsync("paused", NOTHING, LONG);
        assertThrows(
                java.util.concurrent.TimeoutException.class,
                () -> future.get(A_WHILE.toMillis(), TimeUnit.MILLISECONDS));
        child.kill();
        assertEquals(CallOutcome.NOT_DONE, outcome(future));
        Node.join(directory, "paused", LONG).close();
    }

    private static CallOutcome outcome(CompletableFuture<Reply> future)
            throws InterruptedException, ExecutionException, java.util.concurrent.TimeoutException {
        return future.get(90, TimeUnit.SECONDS).outcome();
    }
}
