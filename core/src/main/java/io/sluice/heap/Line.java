package io.sluice.heap;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A cache line for the two cells of a rendezvous that face each other, a sender's and a receiver's:
 * an array with two references in the middle, and 128 bytes of nothing on both sides, as processors
 * fetch lines by two. They share the line because both ends look at both: with one transfer the
 * sender learns that its offer was taken and that the next message is wanted, with one the receiver
 * gets a message that it wanted and the next offer. Two messages there and back, where a line for
 * each would take four transfers.
 */
final class Line {
    /** The sender's word. */
    static final int OFFER = 32;

    /** The receiver's word. */
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
