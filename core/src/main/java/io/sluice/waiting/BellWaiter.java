package io.sluice.waiting;

import java.lang.invoke.VarHandle;
import java.util.function.BooleanSupplier;

/**
 * Waits by spinning briefly, then by sleeping on a {@link Bell} until a peer, of this process or
 * another, rings it. <em>The sleeper pays</em>, as in {@link Sleepers}: the pause that lies down
 * arms the bell, lets wakers notice, makes all peers pass a full fence, and returns, so that its
 * caller looks once more before the next pause really sleeps.
 *
 * <p>Every sleep is a nap. Where the fence works the end of a nap is only the moment to look for
 * dead peers; where it is missing a wake-up can be overlooked, and a short nap is what ends the
 * sleep.
 *
 * <p>Invariant: between the pause that lay down and {@link #stop}, the bell is armed unless it was
 * rung, or a peer has spoilt it; then the next pause arms it again.
 *
 * <p>A virtual thread leaves its carrier while it sleeps, see {@link Doorkeeper}, and notices an
 * interruption at once; a platform thread does at the latest when its nap is over, within 50 ms.
 *
 * <p>Blocking. Allocates nothing, beyond what parking a virtual thread does.
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
     * A waiter for one end, that spins for a moment.
     *
     * @param bell the end's bell, which no other end sleeps on
     * @param rest what else makes wakers notice
     * @param fence makes every peer that may ring execute a full memory barrier, and says whether
     *     it did
     */
    public BellWaiter(Bell bell, Rest rest, BooleanSupplier fence) {
        this(bell, rest, fence, SPINS);
    }

    /**
     * A waiter for one end.
     *
     * @param bell the end's bell, which no other end sleeps on
     * @param rest what else makes wakers notice
     * @param fence makes every peer that may ring execute a full memory barrier, and says whether
     *     it did
     * @param spins how many pauses to spin before it lies down, 0 or more
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

    /** Sleeps once; returns whether nobody has rung. */
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
