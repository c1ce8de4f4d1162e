package io.sluice.ring;

import static io.sluice.ring.SlotStateDescriptor.MAX_OWNER;
import static io.sluice.ring.SlotStateDescriptor.READY;
import static io.sluice.ring.SlotStateDescriptor.STRIDE;

import io.sluice.memory.Memory;

/**
 * The message slots of a batch, in a lane with many receivers. They are stored one by one, the
 * first one last, and published by it: a receiver looks at the slots in order, so it stops there.
 *
 * <p>A slot that a receiver reaches in the lap before shows it a sequence that may not be published
 * yet. So a ready word holds, in place of an owner, its message's index in the batch: the sequence
 * less the index is the first of the batch, whose slot decides. The owner of a message that is
 * taken replaces the index.
 *
 * <p>A sender that dies before the first slot leaves the others to its successor, which reverts
 * them to the lap before. Until then no receiver takes them.
 */
final class SlotBatch {
    private SlotBatch() {}

    /**
     * Returns the largest number of messages of a batch: the slot before the first stays, since the
     * position of the first is the end of that record.
     */
    static int maxMessages(int count) {
        return Math.min(count - 1, MAX_OWNER);
    }

    /** Returns the ready word of a message with an index in its batch. */
    static long ready(long sequence, int index) {
        return SlotStateDescriptor.ready(sequence, 0) | index;
    }

    /** Returns a message's index in its batch; 0 for the first, and for one that was taken. */
    static int index(long word) {
        return SlotStateDescriptor.state(word) == READY ? SlotStateDescriptor.owner(word) : 0;
    }

    /** Tests whether a valid word is that of a message that was published. */
    static boolean isPublished(Memory slotStates, long word) {
        int index = index(word);
        if (index == 0) {
            return true;
        }
        long first = SlotStateDescriptor.sequence(word) - index;
        // No edge: the result is used by the sender's successor, or by observers.
        long decides = SlotStateDescriptor.sequence(slotStates.getLongAcquire(first * STRIDE));
        return SlotStateDescriptor.distance(decides, first) >= 0;
    }

    /**
     * Reverts the message slots of a batch that the last sender did not publish. The caller is its
     * successor. If that dies, too, the next one finds those that are left.
     */
    static void revertUnpublished(Memory slotStates, int count) {
        for (long i = 0; i < count; i++) {
            // No edge: the last sender's writes are visible through its lock, by edge LOCK.
            long word = slotStates.getLongAcquire(i * STRIDE);
            if (SlotStateDescriptor.isValid(word, i, count) && !isPublished(slotStates, word)) {
                long before = SlotStateDescriptor.sequence(word) - count;
                slotStates.setLong(i * STRIDE, SlotStateDescriptor.done(before));
            }
        }
    }
}
