package io.sluice.heap;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A padded cache line that holds a pair of rendezvous cells, one sender's and one receiver's: an
 * array with two references in the middle and 128 bytes of padding on both sides, because
 * processors prefetch lines in pairs. The cells share the line because each end reads both. One
 * transfer shows the sender that its offer was taken and that the next message is requested; one
 * transfer brings the receiver a message that it requested and the next offer. Two messages take
 * one transfer in each direction, where a line for each cell would take four transfers.
 */
final class Line {
    /** Index of the sender's cell. */
    static final int OFFER = 32;

    /** Index of the receiver's cell. */
    static final int DEMAND = 33;

    private static final int LENGTH = 66;
    private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(Object[].class);

    private final Object[] words = new Object[LENGTH];

    Object getAcquire(int word) {
        return WORD.getAcquire(words, word);
    }

    Object getVolatile(int word) {
        return WORD.getVolatile(words, word);
    }

    void set(int word, Object value) {
        WORD.set(words, word, value);
    }

    void setVolatile(int word, Object value) {
        WORD.setVolatile(words, word, value);
    }

    boolean compareAndSet(int word, Object expected, Object value) {
        return WORD.compareAndSet(words, word, expected, value);
    }
}
