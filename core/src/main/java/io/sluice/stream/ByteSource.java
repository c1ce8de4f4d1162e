package io.sluice.stream;

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
    private static final ByteBuffer NOWHERE = ByteBuffer.allocate(0);

    private final PipeReceiver receiver;
    private final MessageHandler taker = this::take;
    private ByteBuffer target = NOWHERE;
    private byte[] kept = {};
    private int from;
    private int to;

    ByteSource(PipeReceiver receiver) {
        this.receiver = Objects.requireNonNull(receiver, "receiver");
    }

    /** Copies as much of a message as the target has room for, and keeps the rest. */
    private void take(MemorySegment memory, long offset, int length) {
        int count = Math.min(target.remaining(), length);
        MemorySegment.copy(memory, offset, MemorySegment.ofBuffer(target), 0, count);
        target.position(target.position() + count);
        int rest = length - count;
        if (rest > kept.length) {
            kept = new byte[rest];
        }
        MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, offset + count, kept, 0, rest);
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
            takeWhatIsThere(into);
        } catch (ChannelCorruptedException | UncheckedIOException e) {
            if (into.position() == start) {
                throw e;
            } // Returns the bytes before it; the next read throws it again.
        }
        while (into.position() == start) {
            int messages;
            target = into;
            try {
                messages = receiver.receive(taker, 1, timeout);
            } finally {
                target = NOWHERE;
            }
            if (messages <= 0) {
                return messages;
            }
        }
        return into.position() - start;
    }

    private void takeWhatIsThere(ByteBuffer into) {
        int count = Math.min(kept(), into.remaining());
        into.put(kept, from, count);
        from += count;
        target = into;
        try {
            int before;
            do {
                before = into.position();
            } while (into.hasRemaining()
                    && receiver.poll(taker, 1) > 0
                    && into.position() > before); // Stops at an empty message: it must end.
        } finally {
            target = NOWHERE;
        }
    }

    /** Returns how many bytes are kept. */
    int kept() {
        return to - from;
    }

    /** Returns the next kept byte. */
    byte next() {
        return kept[from++];
    }

    /** Receives and keeps the next message if it is there and no byte is kept. */
    void look() {
        if (kept() == 0) {
            receiver.poll(taker, 1);
        }
    }

    void close() {
        from = to;
        receiver.close();
    }

    @Override
    public String toString() {
        return receiver + ", " + kept() + " bytes kept";
    }
}
