package io.sluice.waiting;

import java.lang.invoke.VarHandle;
import java.util.function.BooleanSupplier;

/**
 * A waiter that spins briefly, then waits on a {@link Bell} until a peer, of this process or
 * another, notifies it. <em>The waiter pays for the fence</em>, as in {@link Sleepers}: the pause
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
 * <p>A virtual thread unmounts from its carrier while it waits, see {@link Doorkeeper}, and reacts
 * to an interrupt at once; a platform thread reacts at the latest when its timeout expires, within
 * 50 ms.
 *
 * <p>Blocking. Allocates nothing, beyond what parking a virtual thread allocates. Used by the
 * thread of its end.
 */
public final class BellWaiter implements Waiter {
    private static final int SPINS = Processors.several() ? 100 : 0;

    private final Limit limit = new Limit();
    private final Bell bell;
    private final Rest rest;
    private final BooleanSupplier fence;
    private final int longestSpin;
    private final Naps fencedNaps;
    private final Naps unfencedNaps;
    private Doorkeeper.Guest guest;
    private boolean laidDown;
    private boolean napOver;
    private int spins;
    private Naps naps;
    private long nap;
    private long sleeps;
    private long wakes;

    /**
     * Creates a waiter for one end that spins briefly.
     *
     * @param bell the end's futex word, on which no other end waits
     * @param rest the other steps that make the wait visible to wakers
     * @param fence an action that makes every peer that may notify execute a full memory barrier,
     *     and returns whether it did
     */
    public BellWaiter(Bell bell, Rest rest, BooleanSupplier fence) {
        this(bell, rest, fence, SPINS);
    }

    /**
     * Creates a waiter for one end.
     *
     * @param bell the end's futex word, on which no other end waits
     * @param rest the other steps that make the wait visible to wakers
     * @param fence an action that makes every peer that may notify execute a full memory barrier,
     *     and returns whether it did
     * @param spins the number of pauses that spin before the wait is prepared, 0 or more
     */
    public BellWaiter(Bell bell, Rest rest, BooleanSupplier fence, int spins) {
        this(bell, rest, fence, spins, Naps.FENCED, Naps.UNFENCED);
    }

    BellWaiter(
            Bell bell,
            Rest rest,
            BooleanSupplier fence,
            int spins,
            Naps fencedNaps,
            Naps unfencedNaps) {
        if (spins < 0) {
            throw new IllegalArgumentException("spins=" + spins + " is less than 0");
        }
        this.bell = bell;
        this.rest = rest;
        this.fence = fence;
        this.longestSpin = spins;
        this.fencedNaps = fencedNaps;
        this.unfencedNaps = unfencedNaps;
    }

    @Override
    public void start(long nanos) {
        limit.start(nanos);
        spins = 0;
        napOver = false;
    }

    @Override
    public boolean pause() throws InterruptedException {
        napOver = false;
        long left = limit.left();
        if (left <= 0) {
            return false;
        }
        if (spins < longestSpin) {
            spins++;
            Thread.onSpinWait();
        } else if (laidDown && bell.isArmed()) {
            sleep(left);
        } else {
            lieDown();
        }
        return true;
    }

    private void lieDown() {
        laidDown = true;
        bell.arm();
        boolean wakersFence = rest.lieDown();
        boolean fencedForAll = !wakersFence && fence.getAsBoolean();
        if (!fencedForAll) {
            VarHandle.fullFence(); // Half of a pair: enough for peers that fence as well.
        }
        naps = wakersFence || fencedForAll ? fencedNaps : unfencedNaps;
        nap = naps.first();
    }

    private void sleep(long left) {
        sleeps++;
        napOver = nap(Math.min(left, nap));
        if (napOver) {
            nap = naps.after(nap);
        } else {
            wakes++;
        }
    }

    /** Blocks once; returns whether no waker has notified. */
    private boolean nap(long nanos) {
        if (!bell.hasFutex() || !Thread.currentThread().isVirtual()) {
            return bell.sleep(nanos);
        }
        if (guest == null) {
            guest = new Doorkeeper.Guest(bell);
        }
        return Doorkeeper.ofProcess().sleep(guest, nanos);
    }

    @Override
    public boolean stop() {
        if (!laidDown) {
            return false;
        }
        laidDown = false;
        try {
            return !bell.disarm();
        } finally {
            rest.getUp();
        }
    }

    @Override
    public boolean napOver() {
        return napOver;
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
