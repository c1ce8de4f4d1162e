package io.sluice.wait;

import java.lang.invoke.VarHandle;
import java.util.function.BooleanSupplier;

/**
 * A waiter that spins briefly, then waits on a {@link FutexEvent} until a peer, of this process or
 * another, notifies it. <em>The waiter pays for the fence</em>, as in {@link WaitQueue}: the pause
 * that prepares the wait arms the word, makes itself visible to wakers, makes all peers execute a
 * full fence, and returns, so that its caller checks once more before the next pause blocks.
 *
 * <p>Every wait has a timeout. Where the fence works, a timeout only gives the caller the occasion
 * to check for dead peers; where it is missing a wake-up can be missed, and a short timeout bounds
 * the wait.
 *
 * <p>Invariant: between the pause that prepared the wait and {@link #stop}, the word is armed
 * unless a waker has disarmed it or a faulty peer has overwritten it; then the next pause arms it
 * again.
 *
 * <p>A virtual thread unmounts from its carrier while it waits, see {@link FutexPoller}, and reacts
 * to an interrupt at once; a platform thread reacts at the latest when its timeout expires, within
 * 50 ms.
 *
 * <p>Blocking. Allocates nothing, beyond what parking a virtual thread allocates. Used by the
 * thread of its end.
 */
final class FutexWaiter implements Waiter {
    static final int DEFAULT_MAX_SPINS = CpuCount.isMultiCpu() ? 100 : 0;

    private final Deadline deadline = new Deadline();
    private final FutexEvent futexEvent;
    private final Hook waitHook;
    private final BooleanSupplier fence;
    private final int maxSpins;
    private final ParkTimeouts fencedTimeouts;
    private final ParkTimeouts unfencedTimeouts;
    private FutexPoller.Registration registration;
    private boolean prepared;
    private boolean timedOut;
    private int spins;
    private ParkTimeouts parkTimeouts;
    private long awaitNanos;
    private long sleeps;
    private long wakes;

    FutexWaiter(FutexEvent futexEvent, Hook waitHook, BooleanSupplier fence, int spins) {
        this(futexEvent, waitHook, fence, spins, ParkTimeouts.FENCED, ParkTimeouts.UNFENCED);
    }

    FutexWaiter(
            FutexEvent futexEvent,
            Hook waitHook,
            BooleanSupplier fence,
            int spins,
            ParkTimeouts fencedParkTimeouts,
            ParkTimeouts unfencedParkTimeouts) {
        if (spins < 0) {
            throw new IllegalArgumentException("spins=" + spins + " is less than 0");
        }
        this.futexEvent = futexEvent;
        this.waitHook = waitHook;
        this.fence = fence;
        this.maxSpins = spins;
        this.fencedTimeouts = fencedParkTimeouts;
        this.unfencedTimeouts = unfencedParkTimeouts;
    }

    @Override
    public void start(long nanos) {
        deadline.start(nanos);
        spins = 0;
        timedOut = false;
    }

    @Override
    public boolean pause() throws InterruptedException {
        timedOut = false;
        long left = deadline.remainingNanos();
        if (left <= 0) {
            return false;
        }
        if (spins < maxSpins) {
            spins++;
            Thread.onSpinWait();
        } else if (prepared && futexEvent.isArmed()) {
            await(left);
        } else {
            prepareWait();
        }
        return true;
    }

    private void prepareWait() {
        prepared = true;
        futexEvent.prepareWait();
        boolean wakersFence = waitHook.beforeWait();
        boolean fencedForAll = !wakersFence && fence.getAsBoolean();
        if (!fencedForAll) {
            VarHandle.fullFence(); // Half of a pair: enough for peers that fence as well.
        }
        parkTimeouts = wakersFence || fencedForAll ? fencedTimeouts : unfencedTimeouts;
        awaitNanos = parkTimeouts.initial();
    }

    private void await(long left) {
        sleeps++;
        timedOut = awaitNanos(Math.min(left, awaitNanos));
        if (timedOut) {
            awaitNanos = parkTimeouts.next(awaitNanos);
        } else {
            wakes++;
        }
    }

    /** Blocks once; returns whether no waker has notified. */
    private boolean awaitNanos(long nanos) {
        if (!futexEvent.hasFutex() || !Thread.currentThread().isVirtual()) {
            return futexEvent.await(nanos);
        }
        if (registration == null) {
            registration = new FutexPoller.Registration(futexEvent);
        }
        return FutexPoller.ofProcess().await(registration, nanos);
    }

    @Override
    public boolean stop() {
        if (!prepared) {
            return false;
        }
        prepared = false;
        try {
            return !futexEvent.cancelWait();
        } finally {
            waitHook.afterWait();
        }
    }

    @Override
    public boolean timedOut() {
        return timedOut;
    }

    @Override
    public long sleeps() {
        return sleeps;
    }

    @Override
    public long wakes() {
        return wakes;
    }
}
