package io.sluice.waiting;

import io.sluice.os.Membarrier;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

/**
 * Waits by spinning for about as long as a wake-up takes, see {@link SpinTime}, then by parking its
 * thread until {@link Sleepers} wakes it. The pause that lies down returns at once, so that its
 * caller looks once more before it really sleeps. It lies down in one place, for an end, or in
 * several, for a {@code Select}.
 *
 * <p>A wake-up is used when a whole look that began after it has found nothing: only then does it
 * lie down again. Until then {@link #stop} says that it was woken, and its caller passes it on.
 *
 * <p>Invariant: while {@code state} is the number of a sleep this waiter is counted in the sleepers
 * of each of its places and one of their entries leads to it, or a waker holds that entry and is
 * about to take the state. Whoever takes the state away, one waker or the waiter itself, decides: a
 * waker writes in which place, and uncounts it there; in all others the waiter uncounts itself.
 *
 * <p>Every park is bounded. Where the fence works that is a belt, which no known path needs; where
 * it is missing a wake-up can be overlooked, and the bound, a nap, is what ends the sleep.
 */
public final class ParkWaiter implements Waiter {
    private static final SpinTime SPIN_TIME = new SpinTime();
    private static final SpinTime NO_TIME = new SpinTime(0);
    private static final boolean ALONE = !Processors.several();

    // To read the clock takes about as long as a spin.
    private static final int SPINS_PER_LOOK = 32;

    // A virtual thread lets others have its carrier meanwhile: the one it waits for may be among
    // them. At each spin that would cost more than the wait.
    private static final int SPINS_PER_YIELD = 64;

    private static final long BELT_NANOS = 100_000_000;
    private static final long FIRST_NAP_NANOS = 50_000;
    private static final long LONGEST_NAP_NANOS = 1_000_000;

    // A state of 0 or more is the place where this waiter was woken; one below AWAKE is the number
    // of its sleep. An entry of an earlier sleep may still be found in a place that this waiter no
    // longer sleeps in, see want: its bed has an earlier number, and wakes nobody.
    private static final int AWAKE = -1;
    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(ParkWaiter.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Limit limit = new Limit();
    private final Bed[] beds;
    private final long belt;
    private volatile int state = AWAKE;
    private volatile Thread thread;

    // When somebody began to wake this waiter, for SpinTime; 0 if nobody has said. A plain field: a
    // value that comes too late, for the next sleep, is one wrong measurement.
    private long wokenSince;

    private int asleep = AWAKE; // The number of its last sleep.
    private boolean laidDown;
    private boolean wokenSeen; // It was woken before the last look.
    private boolean fenced;
    private int wokenAt;
    private final SpinTime spinTime;
    private boolean spinning;
    private int spins;
    private long spinStart;
    private long nap;
    private long sleeps;

    /**
     * A waiter for one end, or for several at once.
     *
     * @param places where it lies down, at least one
     */
    public ParkWaiter(Sleepers... places) {
        this(BELT_NANOS, places);
    }

    /**
     * A waiter whose belt is chosen, for tests: without it a wake-up that is lost is a hang.
     *
     * @param belt how long it sleeps at a time at most, where the fence works, in nanoseconds
     * @param places where it lies down, at least one
     */
    public ParkWaiter(long belt, Sleepers... places) {
        this(belt, ALONE ? NO_TIME : SPIN_TIME, places);
    }

    private ParkWaiter(long belt, SpinTime spinTime, Sleepers... places) {
        this.belt = belt;
        this.spinTime = spinTime;
        beds = new Bed[places.length];
        for (int i = 0; i < beds.length; i++) {
            beds[i] = new Bed(this, i, places[i]);
        }
    }

    /**
     * A waiter that does not spin, for tests: its first pause lies down.
     *
     * @param belt how long it sleeps at a time at most, where the fence works, in nanoseconds
     * @param places where it lies down, at least one
     * @return the waiter
     */
    public static ParkWaiter thatDoesNotSpin(long belt, Sleepers... places) {
        return new ParkWaiter(belt, NO_TIME, places);
    }

    /**
     * A waiter that does not spin, for tests: its first pause lies down.
     *
     * @param places where it lies down, at least one
     * @return the waiter
     */
    public static ParkWaiter thatDoesNotSpin(Sleepers... places) {
        return new ParkWaiter(BELT_NANOS, NO_TIME, places);
    }

    @Override
    public void start(long nanos) {
        limit.start(nanos);
        spins = 0;
        spinning = spinTime != NO_TIME;
    }

    @Override
    public boolean pause() throws InterruptedException {
        long left = limit.left();
        if (left <= 0) {
            return false;
        }
        if (spinning) {
            spin();
        } else if (laidDown && !wokenSeen) {
            sleep(left);
        } else {
            lieDown();
        }
        return true;
    }

    private void spin() {
        if (++spins % SPINS_PER_YIELD == 0 && Thread.currentThread().isVirtual()) {
            Thread.yield();
        } else {
            Thread.onSpinWait();
        }
        if (spins == SPINS_PER_LOOK) {
            spinStart = System.nanoTime();
        } else if (spins % SPINS_PER_LOOK == 0) {
            spinning = System.nanoTime() - spinStart < spinTime.nanos();
        }
    }

    /** From now on wakers find it. The caller looks once more before it sleeps. */
    void lieDown() {
        getUp(); // If it was woken, it has looked since, in all places, and found nothing.
        thread = Thread.currentThread();
        laidDown = true;
        nap = FIRST_NAP_NANOS;
        wokenSince = 0;
        asleep = asleep == Integer.MIN_VALUE ? AWAKE - 1 : asleep - 1;
        for (Bed bed : beds) {
            bed.count(asleep);
        }
        state = asleep;
        for (Bed bed : beds) {
            bed.enter();
        }
        // edge FACING, to ParkWaiter.wakeFacing
        fenced = Membarrier.fenceAllThreads(); // edge ASLEEP, to Sleepers.wakeOne
        if (!fenced) {
            VarHandle.fullFence(); // Half of a pair: enough for those who fence, as wakeAll does.
        }
    }

    /** After the fence: of two that face each other and lie down, one at least sees the other. */
    @Override
    public void wakeFacing() {
        for (Bed bed : beds) {
            wakeFacing(bed);
        }
    }

    private void wakeFacing(Bed bed) {
        Sleepers facing = bed.sleepers().facing();
        if (facing == null || !bed.isCounted()) {
            return;
        }
        int own = 0; // It does not wait for itself.
        for (Bed other : beds) {
            own += other.isCounted() && other.sleepers() == facing ? 1 : 0;
        }
        if (facing.count() > own) { // edge FACING, from ParkWaiter.lieDown
            facing.wakeOne();
        }
    }

    /**
     * Sleeps, unless it was woken during the last look. Then it stays woken during the next look,
     * too: if that one finds something in another place, or does not come to its end, {@link #stop}
     * says that the wake-up was not used.
     */
    private void sleep(long left) {
        if (isLyingDown()) {
            sleeps++;
            LockSupport.parkNanos(beds[0].sleepers(), Math.min(left, fenced ? belt : nap));
            nap = Math.min(2 * nap, LONGEST_NAP_NANOS);
            long since = wokenSince;
            if (since != 0 && !isLyingDown()) {
                spinTime.measured(System.nanoTime() - since);
            }
        }
        wokenSeen = !isLyingDown(); // edge WOKEN, from ParkWaiter.wake
    }

    @Override
    public boolean stop() {
        return getUp();
    }

    /** Leaves every bed; returns whether somebody had woken this waiter. */
    private boolean getUp() {
        if (!laidDown) {
            return false;
        }
        laidDown = false;
        wokenSeen = false;
        boolean woken =
                !STATE.compareAndSet(this, asleep, AWAKE); // edge WOKEN, from ParkWaiter.wake
        if (woken) {
            wokenAt = state;
            state = AWAKE;
            beds[wokenAt].leaveWoken();
        }
        for (Bed bed : beds) {
            bed.leave();
        }
        return woken;
    }

    @Override
    public long sleeps() {
        return sleeps;
    }

    @Override
    public boolean canBeWoken() {
        return true;
    }

    @Override
    public boolean isLyingDown() {
        return state < AWAKE;
    }

    @Override
    public int wokenAt() {
        return wokenAt;
    }

    @Override
    public void want(int place, boolean wanted) {
        beds[place].want(wanted);
    }

    /**
     * Wakes this waiter, unless somebody else did, or it has got up by itself.
     *
     * @param place in which of its places
     * @param sleep the number of the last sleep for which it lay down there
     * @return whether it was this call that did
     */
    boolean wake(int place, int sleep) {
        // edge WOKEN, to ParkWaiter.getUp, ParkWaiter.sleep
        if (sleep >= AWAKE || !STATE.compareAndSet(this, sleep, place)) {
            return false;
        }
        beds[place].sleepers().count(-1);
        wokenSince = System.nanoTime();
        // Read afterwards: the thread that lay down, or, if that one has gone on meanwhile, another
        // that this wakes for no reason.
        LockSupport.unpark(thread);
        return true;
    }
}
