package io.sluice.ring;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * A sender of messages whose words all hold the same number, one that was not in the lane before,
 * so that torn and stale messages are detected.
 */
final class Writer {
    /** The base of this round: its messages have the numbers that follow. */
    private static final int NUMBERS = 16;

    private static final VarHandle WORD =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private final LaneSender sender;
    private final byte[] bytes = new byte[Views.CAPACITY];
    private long base = 1L << 32;

    Writer(LaneSender sender) {
        this.sender = sender;
    }

    /** Begins a new round; returns the base for {@link Reader#start}. */
    long start() {
        return base += NUMBERS;
    }

    /**
     * Sends a message.
     *
     * @param digit the message's number in this round, in 1..8
     * @param length the length in bytes, whole words
     * @return whether there was room
     */
    boolean send(int digit, int length) {
        for (int i = 0; i < length; i += Long.BYTES) {
            WORD.set(bytes, i, base + digit);
        }
        return sender.tryWrite(bytes, 0, length);
    }
}
