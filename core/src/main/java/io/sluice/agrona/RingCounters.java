package io.sluice.agrona;

import static org.agrona.concurrent.ringbuffer.RingBufferDescriptor.CONSUMER_HEARTBEAT_OFFSET;
import static org.agrona.concurrent.ringbuffer.RingBufferDescriptor.CORRELATION_COUNTER_OFFSET;
import static org.agrona.concurrent.ringbuffer.RingBufferDescriptor.HEAD_POSITION_OFFSET;
import static org.agrona.concurrent.ringbuffer.RingBufferDescriptor.TAIL_POSITION_OFFSET;
import static org.agrona.concurrent.ringbuffer.RingBufferDescriptor.TRAILER_LENGTH;

import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The counters that Agrona keeps in the trailer of a ring buffer, with the same layout and memory
 * ordering, but private to this object: a pipe has no place for them. The pipe does not depend on
 * them.
 *
 * <p>The sender's thread updates the producer position, the receiver's thread the consumer
 * position; any thread may read.
 */
final class RingCounters {
    private final UnsafeBuffer counters =
            new UnsafeBuffer(
                    BufferUtil.allocateDirectAligned(
                            TRAILER_LENGTH, BitUtil.CACHE_LINE_LENGTH * 2));

    void produced(int length) {
        add(TAIL_POSITION_OFFSET, RingRecord.length(length));
    }

    /** Subtracts a message that was counted as produced but that no receiver has taken. */
    void undoProduced(int length) {
        add(TAIL_POSITION_OFFSET, -RingRecord.length(length));
    }

    void consumed(int length) {
        add(HEAD_POSITION_OFFSET, RingRecord.length(length));
    }

    private void add(int offset, int count) {
        // No edge of the pipe. Release: a reader of the position sees what preceded it, as in
        // Agrona.
        counters.putLongRelease(offset, counters.getLong(offset) + count);
    }

    long producerPosition() {
        return counters.getLongVolatile(TAIL_POSITION_OFFSET);
    }

    long consumerPosition() {
        return counters.getLongVolatile(HEAD_POSITION_OFFSET);
    }

    long nextCorrelationId() {
        return counters.getAndAddLong(CORRELATION_COUNTER_OFFSET, 1);
    }

    void heartbeat(long time) {
        // No edge: a timestamp publishes nothing.
        counters.putLongRelease(CONSUMER_HEARTBEAT_OFFSET, time);
    }

    long heartbeat() {
        return counters.getLongVolatile(CONSUMER_HEARTBEAT_OFFSET);
    }
}
