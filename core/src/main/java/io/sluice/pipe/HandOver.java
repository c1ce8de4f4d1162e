package io.sluice.pipe;

import io.sluice.BrokenChannelException;
import io.sluice.memory.MappingFault;
import io.sluice.ring.RendezvousLaneSender;
import io.sluice.wait.Waiter;
import java.util.function.LongSupplier;

/**
 * The wait of a rendezvous sender for a receiver, after the sender has offered a message: the
 * message is either received or retracted. However a call ends, no offer remains, and the caller
 * learns which of the two happened. A receiver that stops or dies blocks no sender: it has received
 * the message, or the offer still stands.
 *
 * <p>Blocking, except {@link #tryAwait}. Called by the sender's thread; a blocking call has
 * {@linkplain Membership#enter entered} before it offers the message.
 */
final class HandOver {
    /** How long {@link #tryAwait} spins: a receiver that is polling needs a tenth of it. */
    private static final long SPIN_NANOS = 20_000;

    /** Lower bound of a receiver's copy rate, in bytes per nanosecond. */
    private static final int BYTES_PER_NANO = 2;

    /**
     * How long {@link #tryAwait} yields if a receiver may have been woken: a wake-up takes some ten
     * microseconds.
     */
    private static final long YIELD_NANOS = 200_000;

    /** Polls per reading of the clock: one reading takes as long as a poll. */
    private static final int POLLS_PER_CLOCK_READ = 16;

    private final SenderEndpoint end;
    private final RendezvousLaneSender lane;
    private final LongSupplier clock;

    /** Whether a receiver may have been woken for the message. */
    private boolean receiverWoken;

    HandOver(SenderEndpoint end, RendezvousLaneSender lane) {
        this(end, lane, System::nanoTime);
    }

    /** Creates an instance with another clock, for tests. */
    HandOver(SenderEndpoint end, RendezvousLaneSender lane, LongSupplier clock) {
        this.end = end;
        this.lane = lane;
        this.clock = clock;
    }

    /** Announces the message that has just been offered. */
    void announce() {
        boolean wanted = end.announce();
        if (receiverWoken != wanted) {
            receiverWoken = wanted;
        }
    }

    /**
     * Spins for some microseconds, yields for some hundred more if a receiver may have been woken,
     * and retracts the message if it was not received. Only the scheduler can prolong this: a yield
     * may run another thread for its whole time slice.
     *
     * @return whether the message was received
     * @throws BrokenChannelException if the receivers have left, and the message was retracted
     */
    boolean tryAwait() {
        try {
            return pollFor(SPIN_NANOS + lane.offeredLength() / BYTES_PER_NANO, false)
                    || receiverWoken && pollFor(YIELD_NANOS, true)
                    || retractUnlessReceived();
        } catch (RuntimeException | Error e) {
            throw end.membership.translate(e);
        }
    }

    /** Polls, and spins or yields between polls; a yield may take a whole time slice. */
    private boolean pollFor(long nanos, boolean yields) {
        int polls = yields ? 1 : POLLS_PER_CLOCK_READ;
        long start = clock.getAsLong();
        do {
            for (int i = 0; i < polls; i++) {
                if (lane.isReceived()) {
                    MappingFault.poll();
                    return true;
                }
                if (yields) {
                    Thread.yield();
                } else {
                    Thread.onSpinWait();
                }
            }
        } while (clock.getAsLong() - start < nanos);
        return false;
    }

    /**
     * Retracts the offer. A caller may only ever use this non-blocking path, so liveness is checked
     * here too.
     */
    private boolean retractUnlessReceived() {
        boolean received = !lane.retract();
        if (!received && end.checkPeers()) {
            throw end.broken();
        }
        MappingFault.poll();
        return received;
    }

    /**
     * Waits until the message is received, or a timeout.
     *
     * @param nanos the timeout in nanoseconds; {@link Waiter#NO_TIMEOUT} for none; zero or less is
     *     {@link #tryAwait}
     * @return whether the message was received; if not, it was retracted
     * @throws InterruptedException if this thread was interrupted while it waited, and the message
     *     was retracted; if it was received, the thread's interrupt status is set
     * @throws BrokenChannelException if the receivers have left, and the message was retracted
     */
    boolean await(long nanos) throws InterruptedException {
        if (nanos <= 0) {
            return tryAwait() || falseUnlessInterrupted();
        }
        return await(nanos, true);
    }

    private boolean await(long nanos, boolean interruptible) throws InterruptedException {
        Waiter waiter = end.waiter();
        boolean interrupted = false;
        end.startWaiting(nanos);
        try {
            try {
                while (!pollReceived()) {
                    try {
                        if (!waiter.pause()) {
                            return !lane.retract();
                        }
                    } catch (InterruptedException e) {
                        if (interruptible && lane.retract()) {
                            throw e;
                        }
                        interrupted = true;
                        if (interruptible) {
                            return true; // The message could not be retracted: it was received.
                        }
                    }
                }
                return true;
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
                end.stopWaiting();
            }
        } catch (RuntimeException | Error e) {
            throw end.membership.translate(e);
        }
    }

    /** Returns {@code false} for a timeout; an interrupt takes precedence, as in every wait. */
    private static boolean falseUnlessInterrupted() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        return false;
    }

    /**
     * Waits until the message is received, uninterruptibly: an interrupt only sets the thread's
     * interrupt status.
     *
     * @throws BrokenChannelException if the receivers have left, and the message was retracted
     */
    void awaitUninterruptibly() {
        try {
            await(Waiter.NO_TIMEOUT, false);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /**
     * Tests whether the message was received. If this end is closed or the pipe is broken, retracts
     * the message and throws.
     */
    private boolean pollReceived() {
        if (lane.isReceived()) {
            return true;
        }
        boolean closed = end.membership.isClosed(); // By another thread.
        if (!closed && !end.checkPeers()) {
            return false;
        }
        if (lane.retract()) {
            throw end.broken();
        }
        return true;
    }
}
