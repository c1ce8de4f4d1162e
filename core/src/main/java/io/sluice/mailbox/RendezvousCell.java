package io.sluice.mailbox;

import io.sluice.wait.WaitQueue;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A cell of one end of a rendezvous, and the queue in which only that end's thread waits. A
 * sender's cell and a receiver's share a cache line: an array with two references in the middle and
 * 128 bytes of padding on both sides, because processors prefetch lines in pairs. Each end reads
 * both. One transfer shows the sender that its offer was taken and that the next message is
 * requested; one transfer brings the receiver a message that it requested and the next offer. Two
 * messages take one transfer in each direction, where a line for each cell would take four
 * transfers.
 */
abstract class RendezvousCell {
    static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(Object[].class);
    private static final int PAIR_LENGTH = 66;

    /** The array of this cell and its counterpart. */
    final Object[] slots;

    private final WaitQueue waitQueue = new WaitQueue();

    /** Creates an empty cell in an array from {@link #newPair}. One end at a time uses it. */
    RendezvousCell(Object[] pair) {
        this.slots = pair;
    }

    /** Returns the memory of one {@link Offer} and one {@link Reservation}. */
    static Object[] newPair() {
        return new Object[PAIR_LENGTH];
    }

    /** Tests whether an offer, or a request, is in this cell. Called by the other side. */
    abstract boolean isMade();

    /** Returns the queue in which only this cell's end waits. */
    final WaitQueue waitQueue() {
        return waitQueue;
    }
}
