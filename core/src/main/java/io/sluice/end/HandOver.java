package io.sluice.end;

import io.sluice.BrokenChannelException;
import io.sluice.lane.LostPage;
import io.sluice.lane.RendezvousLaneSender;
import io.sluice.waiting.Waiter;

/**
 * What a sender of a rendezvous pipe does after it has offered a message: it waits until somebody
 * has received it, or takes it back. However a call ends, nothing is offered any more, and the
 * caller knows which of the two it was. A receiver that is stopped, or dies, keeps nobody waiting:
 * it has received the message, or the offer stands.
 *
 * <p>Blocking, except {@link #briefly}. The sender's thread.
 */
public final class HandOver {
    /** How often {@link #briefly} looks: a receiver that is looking needs a few. */
    private static final int LOOKS = 512;

    /** How many bytes a receiver copies, at the least, between two looks. */
    private static final int BYTES_PER_LOOK = 64;

    /** How often it yields if it had to wake somebody: that takes some ten microseconds. */
    private static final int YIELDS = 512;

    private final SendingEnd end;
    private final RendezvousLaneSender lane;

    /** Whether somebody may have been woken for the message. */
    private boolean woken;

    HandOver(SendingEnd end, RendezvousLaneSender lane) {
        this.end = end;
        this.lane = lane;
    }

    /** To be called when a message has been offered: announces it. */
    public void begin() {
        boolean wanted = end.announce();
        if (woken != wanted) {
            woken = wanted;
        }
    }

    /**
     * Looks for a bounded number of times, and takes the message back if nobody was there.
     *
     * @return whether it was received
     * @throws BrokenChannelException if the receivers have left, and the message was taken back
     */
    public boolean briefly() {
        try {
            return isReceivedWithin(LOOKS + lane.offeredLength() / BYTES_PER_LOOK, false)
                    || woken && isReceivedWithin(YIELDS, true)
                    || isReceivedAfterAll();
        } catch (InternalError e) {
            throw LostPage.asCorruption(e);
        }
    }

    private boolean isReceivedWithin(int looks, boolean yields) {
        for (int i = 0; i < looks; i++) {
            if (lane.isReceived()) {
                LostPage.settle();
                return true;
            }
            if (yields) {
                Thread.yield();
            } else {
                Thread.onSpinWait();
            }
        }
        return false;
    }

    /** After what may be the last of many tries in vain: who is there is asked for here too. */
    private boolean isReceivedAfterAll() {
        boolean received = !lane.retract();
        if (!received && end.isBrokenAfterAll()) {
            throw end.broken();
        }
        LostPage.settle();
        return received;
    }

    /**
     * Waits until the message was received.
     *
     * @param nanos how long at the most; {@link Waiter#NO_LIMIT} for as long as it takes, zero or
     *     less is {@link #briefly}
     * @return whether it was received; if not, it was taken back
     * @throws InterruptedException if this thread was interrupted while it waited, and the message
     *     was taken back; if it was received, the thread stays interrupted
     * @throws BrokenChannelException if the receivers have left, and the message was taken back
     */
    public boolean within(long nanos) throws InterruptedException {
        if (nanos <= 0) {
            return briefly();
        }
        Waiter waiter = end.waiter();
        waiter.start(nanos);
        try {
            try {
                while (!isOver()) {
                    if (!waiter.pause()) {
                        return !lane.retract();
                    }
                }
                return true;
            } catch (InterruptedException e) {
                if (lane.retract()) {
                    throw e;
                }
                Thread.currentThread().interrupt();
                return true;
            } finally {
                end.stopWaiting();
                LostPage.settle();
            }
        } catch (InternalError e) {
            throw LostPage.asCorruption(e);
        }
    }

    /**
     * Waits until the message was received, and does not let itself be interrupted: the thread
     * stays so.
     *
     * @throws BrokenChannelException if the receivers have left, and the message was taken back
     */
    public void patiently() {
        Waiter waiter = end.waiter();
        boolean interrupted = false;
        waiter.start(Waiter.NO_LIMIT);
        try {
            try {
                while (!isOver()) {
                    try {
                        waiter.pause();
                    } catch (InterruptedException e) {
                        interrupted = true;
                    }
                }
            } finally {
                end.stopWaiting();
                LostPage.settle();
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        } catch (InternalError e) {
            throw LostPage.asCorruption(e);
        }
    }

    /** Whether it was received. If nobody is left to do it, the message is taken back. */
    private boolean isOver() {
        if (lane.isReceived()) {
            return true;
        }
        if (!end.isBrokenAfterAll()) {
            return false;
        }
        if (lane.retract()) {
            throw end.broken();
        }
        return true;
    }
}
