package io.sluice.lane;

import io.sluice.ChannelCorruptedException;
import io.sluice.MessageHandler;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Receives messages as {@link Writer} sends them, and says in one digit what it got. Never throws
 * for what it finds in the lane.
 */
final class Reader implements MessageHandler {
    /** There was none. */
    static final int NONE = 0;

    /** A message that was torn, or of an earlier round; or the lane is corrupt. */
    static final int WRONG = 9;

    private final LaneReceiver receiver;
    private long base;
    private int got;
    private int attempt;

    Reader(LaneReceiver receiver) {
        this.receiver = receiver;
    }

    /** Throws away what an earlier round has left, and expects numbers above this one. */
    void start(long newBase) {
        while (receiver.poll((memory, offset, length) -> {}, 16) > 0) {
            continue;
        }
        base = newBase;
    }

    /** Expects what another one does. */
    void expectAs(Reader other) {
        base = other.base;
    }

    /**
     * Receives.
     *
     * @param limit how many messages
     * @return their numbers as decimal digits, the first one in front; {@link #NONE}, or {@link
     *     #WRONG}
     */
    int poll(int limit) {
        got = NONE;
        try {
            receiver.poll(this, limit);
        } catch (ChannelCorruptedException e) {
            return WRONG;
        }
        return got;
    }

    @Override
    public void onMessage(MemorySegment memory, long offset, int length) {
        long number = word(memory, offset);
        for (int i = Long.BYTES; i < length; i += Long.BYTES) {
            if (word(memory, offset + i) != number) {
                number = -1;
            }
        }
        got = got * 10 + digit(number);
        attempt = receiver.attempt();
    }

    /** Which message of this round has a number. */
    int digit(long number) {
        long digit = number - base;
        return (int) (digit > NONE && digit < WRONG ? digit : WRONG);
    }

    private static long word(MemorySegment memory, long offset) {
        return memory.get(ValueLayout.JAVA_LONG_UNALIGNED, offset);
    }

    /** What the lane said of the last message: how often it was received before. */
    int attempt() {
        return attempt;
    }
}
