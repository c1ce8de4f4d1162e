package io.sluice.bench;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

/** Agrona's ring buffers: off the heap, or in a file that two processes have mapped. */
final class AgronaRingSubject implements ByteSubject {
    private static final int TYPE = 1;
    private static final int LENGTH = ByteSubjects.CAPACITY + RingBufferDescriptor.TRAILER_LENGTH;

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

    /** Returns one that is in a file. */
    static ByteSubject end(RemoteEnd end) {
        try (FileChannel file = FileChannel.open(end.path(), CREATE, READ, WRITE)) {
            UnsafeBuffer memory = new UnsafeBuffer(file.map(MapMode.READ_WRITE, 0, LENGTH));
            return new AgronaRingSubject(end.size(), new OneToOneRingBuffer(memory), false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static UnsafeBuffer memory() {
        return new UnsafeBuffer(ByteBuffer.allocateDirect(LENGTH));
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
