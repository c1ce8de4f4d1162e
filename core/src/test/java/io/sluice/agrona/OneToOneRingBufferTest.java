package io.sluice.agrona;

import static org.agrona.concurrent.ringbuffer.RingBufferDescriptor.TRAILER_LENGTH;

import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBuffer;

/** Agrona's ring, the reference. */
class OneToOneRingBufferTest extends RingBufferContract {
    @Override
    RingBuffer ring() {
        int length = CAPACITY + TRAILER_LENGTH;
        return new OneToOneRingBuffer(
                new UnsafeBuffer(BufferUtil.allocateDirectAligned(length, 64)));
    }
}
