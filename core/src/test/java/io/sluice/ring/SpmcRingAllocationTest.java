package io.sluice.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.Allocation;
import io.sluice.MessageHandler;
import io.sluice.ring.BackingMemory.LaneMemory;
import java.util.function.Consumer;
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

    /** Eight messages are always kept; they are acknowledged in another order. */
    @Test
    void keepingAndAcknowledgingAllocateNothing() {
        LaneMemory laneMemory = BackingMemory.MAPPED.allocateLane(4096);
        SpmcRingSender sender = laneMemory.spmcSender();
        SpmcRingReceiver receiver = laneMemory.spmcReceiver(1);
        byte[] message = new byte[40];
        keepAndAcknowledge(
                batch -> {
                    sender.tryWrite(message, 0, message.length);
                    receiver.controlledPoll(batch, 1);
                });
    }

    @Test
    void keepingAndAcknowledgingWithOneReceiverAllocateNothing() {
        LaneMemory laneMemory = BackingMemory.MAPPED.allocateLane(4096);
        SpscRingSender sender = laneMemory.sender();
        SpscRingReceiver receiver = laneMemory.receiver();
        byte[] message = new byte[40];
        keepAndAcknowledge(
                batch -> {
                    sender.tryWrite(message, 0, message.length);
                    receiver.controlledPoll(batch, 1);
                });
    }

    private void keepAndAcknowledge(Consumer<ControlledBatch> sendAndPoll) {
        long[] tags = new long[8];
        int[] rounds = {0};
        ControlledBatch batch = ControlledBatch.keeping();
        batch.start(
                (tag, memory, offset, length) -> {
                    tags[rounds[0] * 3 & 7] = tag;
                    received += length;
                });
        long least =
                Allocation.least(
                        ATTEMPTS,
                        MESSAGES,
                        () -> {
                            int i = ++rounds[0] * 3 & 7;
                            if (tags[i] != 0) {
                                batch.acknowledge(tags[i]);
                            }
                            sendAndPoll.accept(batch);
                        });
        assertEquals(0, least, "bytes allocated");
        assertTrue(received >= 40L * MESSAGES, "messages flow");
    }
}
