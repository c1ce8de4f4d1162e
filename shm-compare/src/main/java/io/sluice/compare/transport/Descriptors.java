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

    /** Returns calls that write and read several messages of a byte stream at once. */
    BatchingLink.Calls batches(int size) {
        return new BatchingLink.Calls() {
            @Override
            public void send(MemorySegment messages, int count) throws IOException {
                KernelCalls.writeFully(out, messages, (long) count * size);
            }

            @Override
            public int receive(MemorySegment messages, int used, int count) throws IOException {
                long room = messages.byteSize() - used;
                return used + KernelCalls.readMessage(in, messages.asSlice(used), room);
            }

            @Override
            public void close() {
                Descriptors.this.close();
            }
        };
    }

    /** Returns calls that send and receive several messages at once. */
    BatchingLink.Calls vectors(int size) {
        return new BatchingLink.Calls() {
            private MessageVector outgoing;
            private MessageVector incoming;

            private MessageVector of(MessageVector before, MemorySegment messages) {
                boolean same = before != null && before.isOver(messages);
                return same ? before : new MessageVector(messages, size);
            }

            @Override
            public void send(MemorySegment messages, int count) throws IOException {
                outgoing = of(outgoing, messages);
                outgoing.send(out, count);
            }

            @Override
            public int receive(MemorySegment messages, int used, int count) throws IOException {
                incoming = of(incoming, messages);
                return incoming.receive(in, count) * size;
            }

            @Override
            public void close() {
                Descriptors.this.close();
            }
        };
    }

    /** Returns a carrier over a byte stream: as many reads as a message needs. */
    Carrier stream(long capacity) {
        return new Carrier() {
            @Override
            public void send(MemorySegment buffer, int length) throws IOException {
                KernelCalls.writeFully(out, buffer, length);
            }

            @Override
            public int receive(MemorySegment buffer, int length) throws IOException {
                KernelCalls.readFully(in, buffer, length);
                return length;
            }

            @Override
            public long capacity() {
                return capacity;
            }

            @Override
            public void close() {
                Descriptors.this.close();
            }
        };
    }

    /** Returns a carrier of whole messages: one write and one read each. */
    Carrier messages(long capacity) {
        return new Carrier() {
            @Override
            public void send(MemorySegment buffer, int length) throws IOException {
                KernelCalls.writeMessage(out, buffer, length);
            }

            @Override
            public int receive(MemorySegment buffer, int length) throws IOException {
                return KernelCalls.readMessage(in, buffer, length);
            }

            @Override
            public long capacity() {
                return capacity;
            }

            @Override
            public void close() {
                Descriptors.this.close();
            }
        };
    }
}
