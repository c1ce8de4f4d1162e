package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.sluice.linux.SyscallCounts;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.concurrent.YieldingIdleStrategy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Messages and calls between nodes allocate nothing, and make no system calls while they flow. */
@CountsSyscalls
@Timeout(60)
class NodeCostTest {
    private static final int MESSAGES = 20_000;
    private static final int CALLS = 1_000;
    private static final int ATTEMPTS = 40;
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir Path directory;
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private long received;

    private interface NodeRound {
        void run() throws Exception;
    }

    /** Returns the fewest bytes and system calls of any attempt. */
    private long[] least(int count, NodeRound round) throws Exception {
        long bytes = Long.MAX_VALUE;
        long calls = Long.MAX_VALUE;
        for (int attempt = 0; attempt < ATTEMPTS && (bytes > 0 || calls > 0); attempt++) {
            long callsBefore = systemCalls();
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < count; i++) {
                round.run();
            }
            bytes = Math.min(bytes, threads.getCurrentThreadAllocatedBytes() - before);
            calls = Math.min(calls, systemCalls() - callsBefore);
        }
        return new long[] {bytes, calls};
    }

    private static long systemCalls() {
        Map<String, Long> calls = SyscallCounts.snapshot();
        calls.remove("fcntl"); // Whether a peer is alive: once in a millisecond without messages.
        return calls.values().stream().mapToLong(count -> count).sum();
    }

    private NodeOptions spinning() {
        return NodeOptions.defaults()
                .waiting(EndOptions.latency().withIdleStrategy(new YieldingIdleStrategy()));
    }

    @Test
    void messagesCostNothing() throws Exception {
        try (Node a = Node.join(directory, "a");
                Node b = Node.join(directory, "b")) {
            byte[] message = new byte[24];
            NodeHandler handler =
                    (from, memory, offset, length) -> received += from.from().length() + length;
            long[] least =
                    least(
                            MESSAGES,
                            () -> {
                                a.trySend("b", message);
                                a.tryClaim("b", 8).putLong(0, 1).commit();
                                b.poll(handler, 1);
                                b.poll("a", handler, 1);
                                b.poll(handler, 1);
                            });
            assertEquals(0, least[0], "bytes");
            assertEquals(0, least[1], "system calls");
            assertTrue(received > 0);
        }
    }

    @Test
    void callsCostNothing() throws Exception {
        try (Node a = Node.join(directory, "a", spinning());
                Node b = Node.join(directory, "b", spinning())) {
            TestThreads server = new TestThreads(b);
            NodeHandler echo =
                    (message, memory, offset, length) -> {
                        try {
                            message.reply(memory, offset, length);
                        } catch (InterruptedException e) {
                            throw new AssertionError(e);
                        }
                    };
            AtomicLong served = new AtomicLong(Long.MAX_VALUE);
            server.start(
                    () -> {
                        try {
                            while (true) {
                                long before = threads.getCurrentThreadAllocatedBytes();
                                for (int i = 0; i < CALLS; ) {
                                    i += b.receive(echo, 100);
                                }
                                long bytes = threads.getCurrentThreadAllocatedBytes() - before;
                                served.set(Math.min(served.get(), bytes));
                            }
                        } catch (IllegalStateException e) {
                            // The node is closed.
                        }
                    });
            byte[] request = new byte[24];
            NodeRound call = () -> received += a.call("b", request, SOON).length();
            long[] least = least(CALLS, call);
            for (int attempt = 0; attempt < ATTEMPTS && served.get() > 0; attempt++) {
                for (int i = 0; i < CALLS; i++) {
                    call.run();
                }
            }
            b.close();
            server.join();
            assertEquals(0, least[0], "bytes of the asker");
            assertEquals(0, least[1], "system calls");
            assertEquals(0, served.get(), "bytes of the server");
        }
    }
}
