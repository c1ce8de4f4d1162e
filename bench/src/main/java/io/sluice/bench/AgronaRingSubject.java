package io.sluice.bench;

import java.nio.ByteBuffer;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

/** Agrona's ring buffers, off the heap. */
final class AgronaRingSubject implements ByteSubject {
    private static final int TYPE = 1;

    private final int size;
    private final boolean claims;
    private final RingBuffer ring;
    private final UnsafeBuffer message;
    private final DirectBufferReader reader;
    private final MessageHandler handler;

    private AgronaRingSubject(int size, RingBuffer ring, boolean claims) {
        this.size = size;
        this.claims = claims;
        this.ring = ring;
        this.message = new UnsafeBuffer(ByteBuffer.allocateDirect(size + 256), 128, size);
        this.reader = new DirectBufferReader(size);
        this.handler = (type, buffer, index, length) -> reader.read(buffer, index, length);
    }

    static ByteSubject oneToOne(int size) {
        return new AgronaRingSubject(size, new OneToOneRingBuffer(memory()), false);
    }

    static ByteSubject oneToOneClaim(int size) {
        return new AgronaRingSubject(size, new OneToOneRingBuffer(memory()), true);
    }

    static ByteSubject manyToOne(int size) {
        return new AgronaRingSubject(size, new ManyToOneRingBuffer(memory()), false);
    }

    static ByteSubject manyToOneClaim(int size) {
        return new AgronaRingSubject(size, new ManyToOneRingBuffer(memory()), true);
    }

    private static UnsafeBuffer memory() {
        int length = ByteSubjects.CAPACITY + RingBufferDescriptor.TRAILER_LENGTH;
        return new UnsafeBuffer(ByteBuffer.allocateDirect(length));
    }

    @Override
    public boolean trySend(long sequence) {
        if (claims) {
            return tryClaim(sequence);
        }
        message.putLong(0, sequence);
        return ring.write(TYPE, message, 0, size);
    }

    private boolean tryClaim(long sequence) {
        int index = ring.tryClaim(TYPE, size);
        if (index < 0) {
            return false;
        }
        AtomicBuffer buffer = ring.buffer();
        buffer.putLong(index, sequence);
        for (int i = Long.BYTES; i < size; i += Long.BYTES) {
            buffer.putLong(index + i, 0);
        }
        ring.commit(index);
        return true;
    }

    @Override
    public int poll(int limit) {
        return ring.read(handler, limit);
    }

    @Override
    public Tally tally() {
        return reader.tally();
    }

    @Override
    public void close() {
        // The garbage collector frees it.
    }
}
