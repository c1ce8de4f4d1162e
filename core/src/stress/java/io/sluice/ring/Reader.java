package io.sluice.ring;

import io.sluice.ChannelCorruptedException;
import io.sluice.MessageHandler;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A receiver of the messages that {@link Writer} sends, which encodes each as one digit. Never
 * throws because of the lane's content.
 */
final class Reader implements MessageHandler {
    /** The digit for no message. */
    static final int NONE = 0;

    /** The digit for a torn message, one of an earlier round, or a corrupt lane. */
    static final int WRONG = 9;

    private final LaneReceiver receiver;
    private long base;
    private int digits;
    private int deliveryAttempt;

    Reader(LaneReceiver receiver) {
        this.receiver = receiver;
    }

    /** Discards what an earlier round has left, and expects numbers above {@code base}. */
    void start(long newBase) {
        while (receiver.poll((memory, offset, length) -> {}, 16) > 0) {
            continue;
        }
        base = newBase;
    }

    /** Expects the same numbers as another reader. */
    void expectAs(Reader other) {
        base = other.base;
    }

    /**
     * Receives messages.
     *
     * @param limit the maximum number of messages
     * @return their numbers as decimal digits, the first one in front; {@link #NONE}, or {@link
     *     #WRONG}
     */
    int poll(int limit) {
        digits = NONE;
        try {
            receiver.poll(this, limit);
        } catch (ChannelCorruptedException e) {
            return WRONG;
        }
        return digits;
    }

    @Override
    public void onMessage(MemorySegment memory, long offset, int length) {
        long number = word(memory, offset);
        for (int i = Long.BYTES; i < length; i += Long.BYTES) {
            if (word(memory, offset + i) != number) {
                number = -1;
            }
        }
        digits = digits * 10 + digit(number);
        deliveryAttempt = receiver.deliveryAttempt();
    }

    /** Returns the digit of a message's number in this round, or {@link #WRONG}. */
    int digit(long number) {
        long digit = number - base;
        return (int) (digit > NONE && digit < WRONG ? digit : WRONG);
    }

    private static long word(MemorySegment memory, long offset) {
        return memory.get(ValueLayout.JAVA_LONG_UNALIGNED, offset);
    }

    /** Returns the last message's attempt: how often it was received before. */
    int deliveryAttempt() {
        return deliveryAttempt;
    }
}
