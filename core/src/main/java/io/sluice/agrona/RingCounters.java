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
 * The counters that Agrona keeps behind a ring, laid out and ordered as it does, but of this
 * process alone: a pipe has no place for them. They carry nothing that the pipe relies on.
 *
 * <p>The sender's thread counts what was produced, the receiver's what was consumed; any thread may
 * read.
 */
final class RingCounters {
    private final UnsafeBuffer counters =
            new UnsafeBuffer(
                    BufferUtil.allocateDirectAligned(
                            TRAILER_LENGTH, BitUtil.CACHE_LINE_LENGTH * 2));

    void produced(int length) {
        add(TAIL_POSITION_OFFSET, RingRecord.length(length));
    }

    /** What was counted as produced, and was not taken by any receiver of a rendezvous. */
    void takenBack(int length) {
        add(TAIL_POSITION_OFFSET, -RingRecord.length(length));
    }

    void consumed(int length) {
        add(HEAD_POSITION_OFFSET, RingRecord.length(length));
    }

    private void add(int offset, int count) {
        // No edge of the pipe: users of Agrona may rely on seeing what came before a position.
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
        // No edge: a time.
        counters.putLongRelease(CONSUMER_HEARTBEAT_OFFSET, time);
    }

    long heartbeat() {
        return counters.getLongVolatile(CONSUMER_HEARTBEAT_OFFSET);
    }
}
