package io.sluice.io;

import io.sluice.ChannelCorruptedException;
import io.sluice.MessageHandler;
import io.sluice.PipeReceiver;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;

/**
 * The byte stream that the messages of a receiver form.
 *
 * <p>Invariants: a message is received only when no byte of an earlier one is kept, so the order of
 * the bytes is preserved; and between two calls, however they end, {@code target} is {@code
 * NOWHERE}. One thread at a time.
 */
final class ByteSource {
    private static final ByteBuffer NO_TARGET = ByteBuffer.allocate(0);

    private final PipeReceiver receiver;
    private final MessageHandler handler = this::onMessage;
    private ByteBuffer target = NO_TARGET;
    private byte[] buffered = {};
    private int from;
    private int to;

    ByteSource(PipeReceiver receiver) {
        this.receiver = Objects.requireNonNull(receiver, "receiver");
    }

    /** Copies as much of a message as the target has room for, and keeps the rest. */
    private void onMessage(MemorySegment memory, long offset, int length) {
        int count = Math.min(target.remaining(), length);
        MemorySegment.copy(memory, offset, MemorySegment.ofBuffer(target), 0, count);
        target.position(target.position() + count);
        int rest = length - count;
        if (rest > buffered.length) {
            buffered = new byte[rest];
        }
        MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, offset + count, buffered, 0, rest);
        from = 0;
        to = rest;
    }

    /**
     * Reads the bytes that are there, as far as there is room; waits if there are none.
     *
     * @param into the buffer to read into, with room for at least one byte
     * @return the number of bytes, 0 if none came within the timeout, -1 at the end of the stream
     */
    int read(ByteBuffer into, Duration timeout) throws InterruptedException {
        int start = into.position();
        try {
            readAvailable(into);
        } catch (ChannelCorruptedException | UncheckedIOException e) {
            if (into.position() == start) {
                throw e;
            } // Returns the bytes before it; the next read throws it again.
        }
        while (into.position() == start) {
            int messages;
            target = into;
            try {
                messages = receiver.receive(handler, 1, timeout);
            } finally {
                target = NO_TARGET;
            }
            if (messages <= 0) {
                return messages;
            }
        }
        return into.position() - start;
    }

    private void readAvailable(ByteBuffer into) {
        int count = Math.min(buffered(), into.remaining());
        into.put(buffered, from, count);
        from += count;
        target = into;
        try {
            int before;
            do {
                before = into.position();
            } while (into.hasRemaining()
                    && receiver.poll(handler, 1) > 0
                    && into.position() > before); // Stops at an empty message: it must end.
        } finally {
            target = NO_TARGET;
        }
    }

    /** Returns how many bytes are kept. */
    int buffered() {
        return to - from;
    }

    /** Returns the next kept byte. */
    byte next() {
        return buffered[from++];
    }

    /** Receives and keeps the next message if it is there and no byte is kept. */
    void prefetch() {
        if (buffered() == 0) {
            receiver.poll(handler, 1);
        }
    }

    void close() {
        from = to;
        receiver.close();
    }

    @Override
    public String toString() {
        return receiver + ", " + buffered() + " bytes kept";
    }
}
