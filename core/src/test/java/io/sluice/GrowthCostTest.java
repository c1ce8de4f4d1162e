package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.linux.SyscallCounts;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A backlog that rises and falls costs no system call and no allocation per message. */
@CountsSyscalls
class GrowthCostTest {
    private static final int RING = 4096;
    private static final int LENGTH = 56;

    @TempDir private Path directory;

    /** System calls and allocated bytes. */
    private record Growth(Map<String, Long> calls, long bytes) {}

    /** Sends and receives messages in batches of {@code step}, and returns the cost. */
    private static Growth cost(PipeSender sender, PipeReceiver receiver, int messages, int step) {
        byte[] message = new byte[LENGTH];
        MessageHandler ignore = (memory, offset, length) -> {};
        Map<String, Long> before = SyscallCounts.snapshot();
        long allocated = Allocation.bytes();
        for (int i = 0; i < messages; i += step) {
            for (int n = 0; n < step; n++) {
                if (!sender.trySend(message)) {
                    throw new AssertionError("full after " + n);
                }
            }
            int received = 0;
            while (received < step) {
                received += receiver.poll(ignore, step - received);
            }
        }
        long bytes = Allocation.bytes() - allocated;
        Map<String, Long> calls = new TreeMap<>(SyscallCounts.snapshot());
        before.forEach((name, count) -> calls.merge(name, -count, Long::sum));
        calls.values().removeIf(count -> count == 0);
        return new Growth(calls, bytes);
    }

    /** A ring holds 63 records of 64 bytes; the batch and the standing backlog vary. */
    @ParameterizedTest
    @CsvSource({"1, 1, 0", "1, 100, 0", "1, 100, 200", "3, 50, 0", "3, 50, 100", "3, 1, 150"})
    void aSteadyStreamMakesNoCallAndNoGarbage(int receivers, int step, int standing)
            throws Exception {
        Pipe pipe =
                Pipe.create(
                        directory.resolve("pipe"),
                        PipeSpec.unbounded(1 << 20, RING).senders(1).receivers(receivers));
        try (PipeSender sender = pipe.sender();
                PipeReceiver receiver = pipe.receiver()) {
            for (int i = 0; i < standing; i++) {
                assertTrue(sender.trySend(new byte[LENGTH]));
            }
            Growth cost = null;
            for (int tries = 0; tries < 10 && (cost == null || cost.bytes > 0); tries++) {
                cost = cost(sender, receiver, 100_000, step); // Until it is compiled.
            }
            assertEquals(new Growth(Map.of(), 0), cost);
        }
    }
}
