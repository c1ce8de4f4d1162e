package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Sending and receiving allocate nothing. */
@Timeout(60)
class AllocationTest {
    private static final int MESSAGES = 50_000;
    private static final int ATTEMPTS = 40;

    @TempDir Path directory;
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private PipeSender sender;
    private PipeReceiver receiver;
    private long received;

    @BeforeEach
    void open() throws Exception {
        Pipe pipe = Pipe.create(directory.resolve("pipe"), PipeSpec.bounded(4096));
        sender = pipe.sender();
        receiver = pipe.receiver();
    }

    @AfterEach
    void close() {
        sender.close();
        receiver.close();
    }

    /**
     * What so many rounds allocate once the compiler is done with them. Whatever a message
     * allocates, it would in every attempt.
     */
    private long allocated(Runnable round) {
        long least = Long.MAX_VALUE;
        for (int attempt = 0; attempt < ATTEMPTS && least > 0; attempt++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < MESSAGES; i++) {
                round.run();
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        return least;
    }

    @Test
    void theMeasurementSeesAnObjectPerRound() {
        Object[] kept = new Object[1];
        long least = allocated(() -> kept[0] = new byte[8]);
        assertTrue(least >= 16L * MESSAGES, () -> "saw only " + least + " bytes");
    }

    @Test
    void sendingAndPollingAllocateNothing() {
        MessageHandler count = (memory, offset, length) -> received += length;
        for (int length : new int[] {0, 5, 8, 16, 32, 100, 1000}) {
            byte[] message = new byte[length];
            Runnable round =
                    () -> {
                        sender.trySend(message);
                        receiver.poll(count, 1);
                    };
            assertEquals(0, allocated(round), () -> length + " bytes, " + sender);
        }
        assertTrue(received > 0);
    }

    @Test
    void sendingASegmentAllocatesNothing() {
        MessageHandler count = (memory, offset, length) -> received += length;
        MemorySegment message = Arena.ofAuto().allocate(100);
        Runnable round =
                () -> {
                    sender.trySend(message, 0, 100);
                    receiver.poll(count, 1);
                };
        assertEquals(0, allocated(round));
    }

    @Test
    void claimsAllocateNothing() {
        MessageHandler count = (memory, offset, length) -> received += length;
        byte[] source = new byte[20];
        Runnable round =
                () -> {
                    sender.tryClaim(8).abort();
                    sender.tryClaim(32)
                            .putLong(0, received)
                            .putInt(8, 1)
                            .putBytes(12, source, 0, 20)
                            .commit();
                    receiver.poll(count, 2);
                };
        assertEquals(0, allocated(round));
    }

    @Test
    void anEmptyAndAFullPipeAllocateNothing() {
        MessageHandler count = (memory, offset, length) -> received += length;
        assertHardlyAllocates(() -> receiver.poll(count, 1));
        byte[] message = new byte[56];
        while (sender.trySend(message)) {}
        assertHardlyAllocates(() -> sender.trySend(message));
    }

    /** A question to the kernel, once in a millisecond, has a structure to fill in. */
    private void assertHardlyAllocates(Runnable attempt) {
        long allocated = allocated(attempt);
        assertTrue(allocated < MESSAGES, () -> allocated + " bytes");
    }
}
