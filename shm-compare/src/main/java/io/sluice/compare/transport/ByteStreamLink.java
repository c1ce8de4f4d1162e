package io.sluice.compare.transport;

import io.sluice.compare.kernel.KernelCalls;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A link over two descriptors that carry streams of bytes: one blocking write and one blocking read
 * a message. The kernel copies it in and out, and puts a reader to sleep that finds nothing.
 */
final class ByteStreamLink implements Link {
    private final int in;
    private final int out;
    private final long capacity;
    private final MemorySegment outgoing;
    private final MemorySegment incoming;

    ByteStreamLink(int in, int out, long capacity, int size) {
        this.in = in;
        this.out = out;
        this.capacity = capacity;
        this.outgoing = Arena.ofAuto().allocate(size, 64);
        this.incoming = Arena.ofAuto().allocate(size, 64);
    }

    @Override
    public void send(Payload payload, long sequence) throws IOException {
        payload.write(outgoing, 0, sequence);
        KernelCalls.writeFully(out, outgoing, payload.size());
    }

    @Override
    public void receive(Payload payload, int limit) throws IOException {
        KernelCalls.readFully(in, incoming, payload.size());
        payload.verify(incoming, 0, payload.size());
    }

    @Override
    public long capacity() {
        return capacity;
    }

    @Override
    public void close() {
        KernelCalls.close(out);
        if (in != out) {
            KernelCalls.close(in);
        }
    }
}
