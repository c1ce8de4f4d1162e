package io.sluice.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.sluice.MessageHandler;
import io.sluice.ring.BackingMemory.LaneMemory;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sending to one of many receivers, and receiving, allocate nothing. */
@Timeout(60)
class SpmcRingAllocationTest {
    private static final int MESSAGES = 50_000;
    private static final int ATTEMPTS = 40;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private long received;

    @Test
    void sendingPollingAndCheckingAllocateNothing() {
        LaneMemory laneMemory = BackingMemory.MAPPED.allocateLane(4096);
        SpmcRingSender sender = laneMemory.spmcSender();
        SpmcRingReceiver receiver = laneMemory.spmcReceiver(1);
        MessageHandler count = (memory, offset, length) -> received += length;
        byte[] message = new byte[40];
        long least = Long.MAX_VALUE;
        for (int attempt = 0; attempt < ATTEMPTS && least > 0; attempt++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < MESSAGES; i++) {
                sender.tryWrite(message, 0, i % 40);
                receiver.poll(count, 1);
                if (i % 100 == 0) {
                    sender.verify();
                    receiver.verify();
                }
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertEquals(0, least, "bytes allocated");
        assertTrue(received > 0);
    }
}
