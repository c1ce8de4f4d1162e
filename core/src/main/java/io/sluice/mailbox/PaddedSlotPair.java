package io.sluice.mailbox;

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
final class PaddedSlotPair {
    /** Index of the sender's cell. */
    static final int OFFER = 32;

    /** Index of the receiver's cell. */
    static final int RESERVATION = 33;

    private static final int LENGTH = 66;
    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(Object[].class);

    private final Object[] slots = new Object[LENGTH];

    Object getAcquire(int word) {
        return SLOT.getAcquire(slots, word);
    }

    Object getVolatile(int word) {
        return SLOT.getVolatile(slots, word);
    }

    void set(int word, Object value) {
        SLOT.set(slots, word, value);
    }

    void setVolatile(int word, Object value) {
        SLOT.setVolatile(slots, word, value);
    }

    boolean compareAndSet(int word, Object expected, Object value) {
        return SLOT.compareAndSet(slots, word, expected, value);
    }
}
