package io.sluice.waiting;

import io.sluice.os.Membarrier;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

/**
 * Waits by spinning briefly, then by parking its thread until {@link Sleepers} wakes it. The pause
 * that lies down returns at once, so that its caller looks once more before it really sleeps.
 *
 * <p>Invariant: while {@code state} is {@code ASLEEP} this waiter is counted in its sleepers and
 * one of their entries leads to it, or a waker holds that entry and is about to take the state.
 * Whoever takes the state away, the waker or the waiter itself, uncounts it, once.
 *
 * <p>Every park is bounded. Where the fence works that is a belt, which no known path needs; where
 * it is missing a wake-up can be overlooked, and the bound, a nap, is what ends the sleep.
 */
public final class ParkWaiter implements Waiter {
    private static final int SPINS = Runtime.getRuntime().availableProcessors() > 1 ? 100 : 0;
    private static final long BELT_NANOS = 100_000_000;
    private static final long FIRST_NAP_NANOS = 50_000;
    private static final long LONGEST_NAP_NANOS = 1_000_000;

    private static final int AWAKE = 0;
    private static final int ASLEEP = 1;
    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(ParkWaiter.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Limit limit = new Limit();
    private final Sleepers sleepers;
    private volatile int state;
    private volatile Thread thread;
    private boolean laidDown;
    private boolean fenced;
    private int spins;
    private long nap;

    /**
     * A waiter for one end.
     *
     * @param sleepers where it lies down
     */
    public ParkWaiter(Sleepers sleepers) {
        this.sleepers = sleepers;
    }

    @Override
    public void start(long nanos) {
        limit.start(nanos);
        spins = 0;
    }

    @Override
    public boolean pause() throws InterruptedException {
        long left = limit.left();
        if (left <= 0) {
            return false;
        }
        if (spins < SPINS) {
            spins++;
            Thread.onSpinWait();
        } else if (state == ASLEEP) {
            sleep(left);
        } else {
            lieDown();
        }
        return true;
    }

    private void lieDown() {
        thread = Thread.currentThread();
        laidDown = true;
        nap = FIRST_NAP_NANOS;
        sleepers.count(1); // First: the number is never less than the sleepers.
        state = ASLEEP;
        sleepers.add(this);
        fenced = Membarrier.fenceAllThreads(); // edge ASLEEP, to Sleepers.wakeOne
        if (!fenced) {
            VarHandle.fullFence(); // Half of a pair: enough for those who fence, as wakeAll does.
        }
    }

    private void sleep(long left) {
        LockSupport.parkNanos(sleepers, Math.min(left, fenced ? BELT_NANOS : nap));
        nap = Math.min(2 * nap, LONGEST_NAP_NANOS);
    }

    @Override
    public boolean stop() {
        if (!laidDown) {
            return false;
        }
        laidDown = false;
        if (takeState()) { // edge WOKEN, from ParkWaiter.wake
            sleepers.remove(this);
            return false;
        }
        return true;
    }

    /**
     * Wakes this waiter, unless somebody else did, or it has got up by itself.
     *
     * @return whether it was this call that did
     */
    boolean wake() {
        if (!takeState()) { // edge WOKEN, to ParkWaiter.stop
            return false;
        }
        sleepers.count(-1);
        // Read afterwards: the thread that lay down, or, if that one has gone on meanwhile, another
        // that this wakes for no reason.
        LockSupport.unpark(thread);
        return true;
    }

    private boolean takeState() {
        return STATE.compareAndSet(this, ASLEEP, AWAKE);
    }
}
