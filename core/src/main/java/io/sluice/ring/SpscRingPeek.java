package io.sluice.ring;

import static io.sluice.ring.LaneDescriptor.RECEIVER_POSITION_OFFSET;
import static io.sluice.ring.LaneDescriptor.TAKEN_POSITION_OFFSET;

import io.sluice.ChannelCorruptedException;
import io.sluice.MessageHandler;
import io.sluice.memory.Memory;
import io.sluice.memory.RingMemory;
import java.util.function.BooleanSupplier;

/**
 * Reads the messages of a lane with one receiver. The sender overwrites nothing at or behind the
 * receiver's position: so a copy is intact if that position was not beyond it afterwards.
 */
final class SpscRingPeek extends RingPeek {
    /** How often the receiver may overtake in one call. */
    private static final int MAX_OVERTAKEN = 16;

    private long position = -1; // Nothing was read yet.

    @Override
    int peek(RingMemory memory, BooleanSupplier live, MessageHandler handler, int limit) {
        Memory control = memory.control();
        Memory ring = memory.ring();
        int capacity = Math.toIntExact(ring.size());
        int longest = LaneDescriptor.maxPayloadLength(capacity);
        int count = 0;
        int overtaken = 0;
        while (count < limit && overtaken < MAX_OVERTAKEN) {
            long received = received(control);
            if (!live.getAsBoolean()) {
                break; // The position may be of another use of the ring.
            }
            moveTo(received, capacity);
            // edge COMMIT, from SpscRingSender.publish: the payload is complete.
            long word = ring.getLongAcquire(position);
            boolean valid = RecordDescriptor.isValid(word, position, longest);
            int length = (int) (word & RecordDescriptor.LENGTH_MASK);
            if (valid) {
                copy(ring, position + RecordDescriptor.HEADER_LENGTH, length);
            }
            boolean isTaken = position < control.getLong(TAKEN_POSITION_OFFSET);
            if (received(control) > position) {
                overtaken++;
                continue;
            }
            if (!live.getAsBoolean() || word == RecordDescriptor.UNCOMMITTED) {
                break;
            }
            // Throws unless it is valid.
            RecordDescriptor.payloadLength(word, position, longest);
            position += RecordDescriptor.recordLength(length);
            count++;
            handOut(handler, length, isTaken);
        }
        return count;
    }

    private static long received(Memory control) {
        // edge RELEASE, from SpscRingReceiver.release: what is before it may be overwritten.
        return control.getLongAcquire(RECEIVER_POSITION_OFFSET);
    }

    /** Goes on at the receiver's position if that is ahead. */
    private void moveTo(long received, int capacity) {
        if (received < 0
                || received % RecordDescriptor.ALIGNMENT != 0
                || position - received > capacity) {
            throw new ChannelCorruptedException(
                    "the receiver's position is %d; expected a multiple of 8 of at least %d"
                            .formatted(received, Math.max(0, position - capacity)));
        }
        if (received > position) {
            missedBytes += position < 0 ? 0 : received - position;
            position = received;
        }
    }
}
