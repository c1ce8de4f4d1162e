package io.sluice.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.Allocation;
import io.sluice.MessageHandler;
import io.sluice.ring.BackingMemory.LaneMemory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sending to one of many receivers, and receiving, allocate nothing. */
@Timeout(60)
class SpmcRingAllocationTest {
    private static final int MESSAGES = 50_000;
    private static final int ATTEMPTS = 40;

    private long received;

    @Test
    void sendingPollingAndCheckingAllocateNothing() {
        LaneMemory laneMemory = BackingMemory.MAPPED.allocateLane(4096);
        SpmcRingSender sender = laneMemory.spmcSender();
        SpmcRingReceiver receiver = laneMemory.spmcReceiver(1);
        MessageHandler count = (memory, offset, length) -> received += length;
        byte[] message = new byte[40];
        int[] rounds = {0};
        long least =
                Allocation.least(
                        ATTEMPTS,
                        MESSAGES,
                        () -> {
                            int i = rounds[0]++;
                            sender.tryWrite(message, 0, i % 40);
                            receiver.poll(count, 1);
                            if (i % 100 == 0) {
                                sender.verify();
                                receiver.verify();
                            }
                        });
        assertEquals(0, least, "bytes allocated");
        assertTrue(received > 0);
    }
}
