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
 * The bytes of a receiver's messages, one after the other.
 *
 * <p>Invariants: a message is taken only when no byte of an earlier one is kept, so bytes leave in
 * the order in which they came; and between two calls, however they end, no target is known. One
 * thread at a time.
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

    /** Puts of a message what the target has room for, and keeps the rest. */
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
     * Reads what is there, as much as there is room for; waits for it if that is nothing.
     *
     * @param into where to put it, with room for a byte at least
     * @return how many bytes, 0 if none came in that time, -1 at the end
     */
    int read(ByteBuffer into, Duration timeout) throws InterruptedException {
        int start = into.position();
        try {
            takeWhatIsThere(into);
        } catch (ChannelCorruptedException | UncheckedIOException e) {
            if (into.position() == start) {
                throw e;
            } // What came before it counts; the next read finds it again.
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
                    && into.position() > before); // Not for ever, if all messages are empty.
        } finally {
            target = NOWHERE;
        }
    }

    /** How many bytes are here already. */
    int kept() {
        return to - from;
    }

    /** The next byte that is kept. */
    byte next() {
        return kept[from++];
    }

    /** Keeps the next message if it is there and nothing is kept. */
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
