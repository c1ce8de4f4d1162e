package io.sluice.end;

import io.sluice.BrokenChannelException;
import io.sluice.lane.LostPage;
import io.sluice.lane.RendezvousLaneSender;
import io.sluice.waiting.Waiter;
import java.util.function.LongSupplier;

/**
 * What a sender of a rendezvous pipe does after it has offered a message: it waits until somebody
 * has received it, or takes it back. However a call ends, nothing is offered any more, and the
 * caller knows which of the two it was. A receiver that is stopped, or dies, keeps nobody waiting:
 * it has received the message, or the offer stands.
 *
 * <p>Blocking, except {@link #briefly}. The sender's thread; what waits has {@linkplain
 * Attachment#enter entered} before it has offered.
 */
public final class HandOver {
    /** How long {@link #briefly} looks: a receiver that is looking needs a tenth of it. */
    private static final long LOOKING_NANOS = 20_000;

    /** How many bytes a receiver copies in a nanosecond, at the least. */
    private static final int BYTES_PER_NANO = 2;

    /** How long it yields if it had to wake somebody: that takes some ten microseconds. */
    private static final long YIELDING_NANOS = 200_000;

    /** How often it looks between two readings of the clock: one takes as long as a look. */
    private static final int LOOKS_PER_READING = 16;

    private final SendingEnd end;
    private final RendezvousLaneSender lane;
    private final LongSupplier clock;

    /** Whether somebody may have been woken for the message. */
    private boolean woken;

    HandOver(SendingEnd end, RendezvousLaneSender lane) {
        this(end, lane, System::nanoTime);
    }

    /** With another clock, for tests. */
    HandOver(SendingEnd end, RendezvousLaneSender lane, LongSupplier clock) {
        this.end = end;
        this.lane = lane;
        this.clock = clock;
    }

    /** To be called when a message has been offered: announces it. */
    public void begin() {
        boolean wanted = end.announce();
        if (woken != wanted) {
            woken = wanted;
        }
    }

    /**
     * Looks for some microseconds, for some hundred if a receiver had to be woken, and takes the
     * message back if none was there. It takes longer only by what the scheduler does: when this
     * thread yields, another may run for as long as that one is given.
     *
     * @return whether it was received
     * @throws BrokenChannelException if the receivers have left, and the message was taken back
     */
    public boolean briefly() {
        try {
            return isReceivedWithin(LOOKING_NANOS + lane.offeredLength() / BYTES_PER_NANO)
                    || woken && isReceivedYielding()
                    || isReceivedAfterAll();
        } catch (RuntimeException | Error e) {
            throw LostPage.translated(e);
        }
    }

    private boolean isReceivedWithin(long nanos) {
        long start = clock.getAsLong();
        do {
            for (int i = 0; i < LOOKS_PER_READING; i++) {
                if (lane.isReceived()) {
                    LostPage.settle();
                    return true;
                }
                Thread.onSpinWait();
            }
        } while (clock.getAsLong() - start < nanos);
        return false;
    }

    /** Each yield may take as long as a slice of time, so the clock is read after each. */
    private boolean isReceivedYielding() {
        long start = clock.getAsLong();
        do {
            if (lane.isReceived()) {
                LostPage.settle();
                return true;
            }
            Thread.yield();
        } while (clock.getAsLong() - start < YIELDING_NANOS);
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
            return briefly() || notInterrupted();
        }
        Waiter waiter = end.waiter();
        end.startWaiting(nanos);
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
            }
        } catch (RuntimeException | Error e) {
            throw LostPage.translated(e);
        }
    }

    /** What a call ends with whose time is over; an interrupt comes before, as in every wait. */
    private static boolean notInterrupted() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        return false;
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
        end.startWaiting(Waiter.NO_LIMIT);
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
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
                end.stopWaiting();
            }
        } catch (RuntimeException | Error e) {
            throw LostPage.translated(e);
        }
    }

    /** Whether it was received. If nobody is left to do it, or to wait, it is taken back. */
    private boolean isOver() {
        if (lane.isReceived()) {
            return true;
        }
        boolean closed = end.attachment().isClosed(); // By another thread.
        if (!closed && !end.isBrokenAfterAll()) {
            return false;
        }
        if (lane.retract()) {
            end.attachment().checkOpen();
            throw end.broken();
        }
        return true;
    }
}
