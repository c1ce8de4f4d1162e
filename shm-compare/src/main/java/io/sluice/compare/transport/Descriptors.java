package io.sluice.compare.transport;

import io.sluice.compare.kernel.KernelCalls;
import io.sluice.compare.kernel.MessageVector;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * Descriptors to read from and to write to, which may be the same.
 *
 * @param in where messages come from
 * @param out where they go
 */
record Descriptors(int in, int out) {
    Descriptors(int both) {
        this(both, both);
    }

    void close() {
        KernelCalls.close(out);
        if (in != out) {
            KernelCalls.close(in);
        }
    }

    void setNonBlocking() throws IOException {
        KernelCalls.setNonBlocking(in);
        KernelCalls.setNonBlocking(out);
    }

    /** Returns a carrier over a byte stream: as many reads as a message needs. */
    Carrier stream(long capacity) {
        return new Stream(this, capacity);
    }

    /** Returns a carrier of whole messages: one write and one read each. */
    Carrier messages(long capacity) {
        return new Messages(this, capacity);
    }

    /** Returns calls that write and read several messages of a byte stream at once. */
    BatchingLink.BatchCalls batches(int size) {
        return new BufferedBatches(this, size);
    }

    /** Returns calls that send and receive several messages at once. */
    BatchingLink.BatchCalls vectors(int size) {
        return new Vectors(this, size);
    }

    private record Stream(Descriptors ends, long capacity) implements Carrier {
        @Override
        public void send(MemorySegment buffer, int length) throws IOException {
            KernelCalls.writeFully(ends.out, buffer, length);
        }

        @Override
        public int receive(MemorySegment buffer, int length) throws IOException {
            KernelCalls.readFully(ends.in, buffer, length);
            return length;
        }

        @Override
        public void close() {
            ends.close();
        }
    }

    private record Messages(Descriptors ends, long capacity) implements Carrier {
        @Override
        public void send(MemorySegment buffer, int length) throws IOException {
            KernelCalls.writeMessage(ends.out, buffer, length);
        }

        @Override
        public int receive(MemorySegment buffer, int length) throws IOException {
            return KernelCalls.readMessage(ends.in, buffer, length);
        }

        @Override
        public void close() {
            ends.close();
        }
    }

    private record BufferedBatches(Descriptors ends, int size) implements BatchingLink.BatchCalls {
        @Override
        public void send(MemorySegment messages, int count) throws IOException {
            KernelCalls.writeFully(ends.out, messages, (long) count * size);
        }

        @Override
        public int receive(MemorySegment messages, int used, int count) throws IOException {
            long room = messages.byteSize() - used;
            return used + KernelCalls.readMessage(ends.in, messages.asSlice(used), room);
        }

        @Override
        public void close() {
            ends.close();
        }
    }

    private static final class Vectors implements BatchingLink.BatchCalls {
        private final Descriptors ends;
        private final int size;
        private MessageVector outgoing;
        private MessageVector incoming;

        Vectors(Descriptors ends, int size) {
            this.ends = ends;
            this.size = size;
        }

        private MessageVector of(MessageVector before, MemorySegment messages) {
            boolean same = before != null && before.isOver(messages);
            return same ? before : new MessageVector(messages, size);
        }

        @Override
        public void send(MemorySegment messages, int count) throws IOException {
            outgoing = of(outgoing, messages);
            outgoing.send(ends.out, count);
        }

        @Override
        public int receive(MemorySegment messages, int used, int count) throws IOException {
            incoming = of(incoming, messages);
            return incoming.receive(ends.in, count) * size;
        }

        @Override
        public void close() {
            ends.close();
        }
    }
}
