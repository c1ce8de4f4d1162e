package io.sluice.lane;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Sends messages whose words are all the same number, one that was not in the lane before, so that
 * whatever is not one whole message is told from it.
 */
final class Writer {
    /** The numbers of a round are this one's successors. */
    private static final int NUMBERS = 16;

    private static final VarHandle WORD =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private final LaneSender sender;
    private final byte[] bytes = new byte[Views.CAPACITY];
    private long base = 1L << 32;

    Writer(LaneSender sender) {
        this.sender = sender;
    }

    /** Begins a new round; returns what to {@link Reader#start} with. */
    long start() {
        return base += NUMBERS;
    }

    /**
     * Sends a message.
     *
     * @param digit its number, in 1..8
     * @param length in bytes, whole words
     * @return whether there was room
     */
    boolean send(int digit, int length) {
        for (int i = 0; i < length; i += Long.BYTES) {
            WORD.set(bytes, i, base + digit);
        }
        return sender.tryWrite(bytes, 0, length);
    }
}
