package io.sluice.ring;

import static io.sluice.ring.SlotStateDescriptor.DONE;
import static io.sluice.ring.SlotStateDescriptor.RECORD_REF_OFFSET;
import static io.sluice.ring.SlotStateDescriptor.STRIDE;
import static io.sluice.ring.SlotStateDescriptor.TAKEN;

import io.sluice.MessageHandler;
import io.sluice.memory.Memory;
import io.sluice.memory.RingMemory;
import java.util.Arrays;
import java.util.function.BooleanSupplier;

/**
 * Reads the messages of a lane with several receivers. The sender overwrites no message that is not
 * done: so a copy is intact if its message slot was not done afterwards.
 */
final class SpmcRingPeek extends RingPeek {
    private static final long POSITIONS = 1L << Long.SIZE - RecordDescriptor.POSITION_SHIFT;

    private boolean begun;
    private long next; // The sequence of the next message to look at, once begun.
    private boolean passed;
    private long end; // The end of all that was passed, modulo POSITIONS, once passed.
    private long handedOut; // The bytes handed out behind that end.

    @Override
    int peek(RingMemory memory, BooleanSupplier live, MessageHandler handler, int limit) {
        Memory slots = memory.slotStates();
        int count = (int) (slots.size() / STRIDE);
        long[] waiting = new long[count];
        int found = 0;
        Newest newest = null;
        for (int i = 0; i < count; i++) {
            // edge SPMC_COMMIT, from SpmcRingSender.publish: its record reference is complete.
            long word = slots.getLongAcquire((long) i * STRIDE);
            if (word == 0) {
                continue;
            }
            if (!SlotStateDescriptor.isValid(word, i, count)) {
                if (live.getAsBoolean()) {
                    throw SlotStateDescriptor.invalid(word, i, count);
                }
                return 0;
            }
            if (!SlotBatch.isPublished(slots, word)) {
                continue;
            }
            long sequence = SlotStateDescriptor.sequence(word);
            if (newest == null || SlotStateDescriptor.distance(sequence, newest.sequence) > 0) {
                long place = slots.getLong((long) i * STRIDE + RECORD_REF_OFFSET);
                int length = (int) (place & RecordDescriptor.LENGTH_MASK);
                newest =
                        new Newest(
                                sequence,
                                RecordDescriptor.position(place)
                                        + SlotStateDescriptor.ringLength(length));
            }
            if (SlotStateDescriptor.state(word) != DONE
                    && (!begun || SlotStateDescriptor.distance(sequence, next) >= 0)) {
                waiting[found++] = sequence;
            }
        }
        if (newest == null || begun && SlotStateDescriptor.distance(newest.sequence, next) < 0) {
            return 0;
        }
        long last = newest.sequence;
        long[] sequences = // In order, also where sequences wrap around.
                Arrays.stream(waiting, 0, found)
                        .map(sequence -> SlotStateDescriptor.distance(sequence, last))
                        .sorted()
                        .map(distance -> last + distance)
                        .toArray();
        int handed = 0;
        for (long sequence : sequences) {
            if (handed == limit) {
                return handed;
            }
            handed += peek(memory, sequence, live, handler) ? 1 : 0;
        }
        passed(newest);
        return handed;
    }

    private boolean peek(
            RingMemory memory, long sequence, BooleanSupplier live, MessageHandler handler) {
        Memory slots = memory.slotStates();
        Memory ring = memory.ring();
        int longest = LaneDescriptor.maxPayloadLength(Math.toIntExact(ring.size()));
        long place = slots.getLong(sequence * STRIDE + RECORD_REF_OFFSET);
        long position = RecordDescriptor.position(place);
        int length = (int) (place & RecordDescriptor.LENGTH_MASK);
        if (RecordDescriptor.isValid(place, position, longest)) {
            copy(ring, position, length);
        }
        // edge SPMC_COMMIT, from SpmcRingSender.publish: the slot state that covers the copy.
        long word = slots.getLongAcquire(sequence * STRIDE);
        boolean same =
                SlotStateDescriptor.distance(SlotStateDescriptor.sequence(word), sequence) == 0;
        if (!same || SlotStateDescriptor.state(word) == DONE || !live.getAsBoolean()) {
            return false; // It was received meanwhile.
        }
        RecordDescriptor.payloadLength(place, position, longest); // Throws unless it is valid.
        begun = true;
        next = sequence + 1;
        handedOut += SlotStateDescriptor.ringLength(length);
        handOut(handler, length, SlotStateDescriptor.state(word) == TAKEN);
        return true;
    }

    /** Counts what was sent up to the newest message, and neither was handed out nor waits. */
    private void passed(Newest newest) {
        if (passed) {
            missedBytes += Math.max(0, (newest.end - end & POSITIONS - 1) - handedOut);
        }
        begun = true;
        passed = true;
        next = newest.sequence + 1;
        end = newest.end & POSITIONS - 1;
        handedOut = 0;
    }

    /** The newest message of a ring, whatever its state is. */
    private record Newest(long sequence, long end) {}
}
