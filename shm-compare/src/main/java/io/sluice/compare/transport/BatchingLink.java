package io.sluice.compare.transport;

import io.sluice.compare.kernel.KernelCalls;
import io.sluice.compare.kernel.MessageVector;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A link whose calls carry several messages, as a buffered writer and reader do: {@code send} keeps
 * messages back until there are as many as a call may carry, and {@code receive} returns what one
 * call has read, up to its limit. One thread.
 *
 * <p>Messages that were kept back go out with {@link #flush}, and before this end receives or
 * closes: no end waits for an answer to a message that it still has.
 */
abstract class BatchingLink extends DescriptorLink {
    /** A call carries no more bytes than a pipe holds, unless one message is longer. */
    private static final int MOST_BYTES = 1 << 16;

    private final int size;
    MemorySegment outgoing;
    MemorySegment incoming;
    private int batch;
    private int kept;
    private int from;
    private int to;

    BatchingLink(Descriptors ends, int size) {
        super(ends);
        this.size = size;
        batch(1);
    }

    /** Sends the messages that stand in the buffer one behind the other. */
    abstract void send(int count) throws IOException;

    /**
     * Receives into the buffer, and waits until it has something.
     *
     * @param used how many bytes of the buffer hold the beginning of a message
     * @param count how many messages the buffer has room for
     * @return how many bytes are there now, those included; 0 if the other end is gone
     */
    abstract int receive(int used, int count) throws IOException;

    @Override
    public void batch(int messages) {
        if (kept > 0 || to > from) {
            throw new IllegalStateException(
                    kept + " messages and " + (to - from) + " bytes are still in the buffers");
        }
        batch = Math.max(1, Math.min(messages, MOST_BYTES / size));
        outgoing = Arena.ofAuto().allocate((long) batch * size, 64);
        incoming = Arena.ofAuto().allocate((long) batch * size, 64);
    }

    @Override
    public void send(Payload payload, long sequence) throws IOException {
        payload.write(outgoing, (long) kept * size, sequence);
        if (++kept == batch) {
            flush();
        }
    }

    @Override
    public void flush() throws IOException {
        int count = kept;
        kept = 0;
        if (count > 0) {
            send(count);
        }
    }

    @Override
    public void receive(Payload payload, int limit) throws IOException {
        flush();
        while (to - from < size) {
            // What is left is the beginning of a message.
            MemorySegment.copy(incoming, from, incoming, 0, to - from);
            int used = to - from;
            from = 0;
            to = receive(used, batch);
            if (to == 0) {
                throw new EOFException("the other end is gone");
            }
        }
        for (int n = 0; n < limit && to - from >= size; n++) {
            payload.verify(incoming, from, size);
            from += size;
        }
    }

    @Override
    public void close() {
        try {
            flush();
        } catch (IOException e) {
            // The other end is gone, or this is closed: no end would read them.
        }
        super.close();
    }

    /** Returns a link that writes and reads several messages of a byte stream at once. */
    static Link ofStream(Descriptors ends, int size) {
        return new BatchingLink(ends, size) {
            @Override
            void send(int count) throws IOException {
                KernelCalls.writeFully(ends.out, outgoing, (long) count * size);
            }

            @Override
            int receive(int used, int count) throws IOException {
                long room = incoming.byteSize() - used;
                return used + KernelCalls.readMessage(ends.in, incoming.asSlice(used), room);
            }
        };
    }

    /** Returns a link that sends and receives several whole messages at once. */
    static Link ofMessages(Descriptors ends, int size) {
        return new BatchingLink(ends, size) {
            private MessageVector out;
            private MessageVector in;

            @Override
            public void batch(int messages) {
                super.batch(messages);
                out = new MessageVector(outgoing, size);
                in = new MessageVector(incoming, size);
            }

            @Override
            void send(int count) throws IOException {
                out.send(ends.out, count);
            }

            @Override
            int receive(int used, int count) throws IOException {
                return in.receive(ends.in, count) * size;
            }
        };
    }
}
