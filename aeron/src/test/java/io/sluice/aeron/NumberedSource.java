package io.sluice.aeron;

import io.sluice.MessageHandler;
import io.sluice.PipeSender;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** A source of numbered messages of various lengths, and a check that each arrives once. */
final class NumberedSource implements AutoCloseable {
    private static final int[] PADDINGS = {0, 1, 13, 40, 300, 2000};

    private final PipeSender sender;
    private final int source;
    private final ByteBuffer buffer = ByteBuffer.allocate(16 + 2000).order(ByteOrder.nativeOrder());
    private long next;

    NumberedSource(PipeSender sender, int source) {
        this.sender = sender;
        this.source = source;
    }

    /** Sends the next message. */
    void send() {
        int length = length(source, next);
        buffer.putLong(0, source).putLong(8, next++);
        try {
            sender.send(Arrays.copyOf(buffer.array(), length));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    long sent() {
        return next;
    }

    private static int length(int source, long number) {
        return 16 + PADDINGS[(int) ((number * 7 + source) % PADDINGS.length)];
    }

    @Override
    public void close() {
        sender.close();
    }

    /** Throws unless each message of each source comes once, whole, and in order. */
    static final class Check implements MessageHandler {
        private final long[] next;
        private volatile long received;

        Check(int sources) {
            next = new long[sources];
        }

        @Override
        public void onMessage(MemorySegment memory, long offset, int length) {
            int source = (int) memory.get(ValueLayout.JAVA_LONG, offset);
            long number = memory.get(ValueLayout.JAVA_LONG, offset + 8);
            if (number != next[source]) {
                String what = number < next[source] ? "doubled" : "lost";
                throw new AssertionError(
                        "%s: number %s of source %s instead of %s"
                                .formatted(what, number, source, next[source]));
            }
            if (length != length(source, number)) {
                throw new AssertionError("torn: " + length + " bytes of number " + number);
            }
            next[source]++;
            received++;
        }

        long received() {
            return received;
        }
    }
}
