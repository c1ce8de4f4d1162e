package io.sluice.compare.transport;

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
final class BatchingLink implements Link {
    /** A call carries no more bytes than a pipe holds, unless one message is longer. */
    static final int MOST_BYTES = 1 << 16;

    /** Both ways of a connection, several messages of one size a call. */
    interface BatchCalls {
        /** Sends the messages that stand in the buffer one behind the other. */
        void send(MemorySegment messages, int count) throws IOException;

        /**
         * Receives into the buffer, and waits until it has something.
         *
         * @param used how many bytes of the buffer hold the beginning of a message
         * @param count how many messages the buffer has room for
         * @return how many bytes are there now, those included; 0 if the other end is gone
         */
        int receive(MemorySegment messages, int used, int count) throws IOException;

        void close();
    }

    private final BatchCalls calls;
    private final int size;
    private final long capacity;
    private MemorySegment outgoing;
    private MemorySegment incoming;
    private int batch;
    private int kept;
    private int from;
    private int to;
    private boolean closed;

    BatchingLink(BatchCalls calls, int size, long capacity) {
        this.calls = calls;
        this.size = size;
        this.capacity = capacity;
        batch(1);
    }

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
            calls.send(outgoing, count);
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
            to = calls.receive(incoming, used, batch);
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
    public long capacity() {
        return capacity;
    }

    @Override
    public void close() {
        if (closed) {
            return; // The numbers may be other descriptors' by now.
        }
        closed = true;
        try {
            flush();
        } catch (IOException e) {
            // The other end is gone: no end would read them.
        }
        calls.close();
    }
}
