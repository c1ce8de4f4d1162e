package io.sluice.waiting;

import io.sluice.os.Membarrier;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

/**
 * A waiter that spins for about as long as a wake-up takes, see {@link SpinTime}, then parks its
 * thread until a waker of a wait queue ({@link Sleepers}) wakes it. The pause that enqueues it
 * returns at once, so that its caller checks once more before the next pause parks. It is enqueued
 * in one queue, for an end, or in several, for a {@code Select}.
 *
 * <p>A wake-up is consumed once a complete check that began after it has found nothing: only then
 * is the waiter enqueued again. Until then {@link #stop} returns that it was woken, and its caller
 * passes the wake-up on.
 *
 * <p>Invariant: while {@code state} is the number of a wait, this waiter is counted in each of its
 * queues, and each queue holds an entry that leads to it, or a waker holds that entry and is about
 * to take the state. The thread that replaces the state by compare-and-set, one waker or the waiter
 * itself, decides the outcome: a waker writes the index of its queue, and uncounts the waiter
 * there; in all other queues the waiter uncounts itself.
 *
 * <p>Every park has a timeout. Where the fence works it is a safeguard, which no known path needs;
 * where the fence is missing a wake-up can be missed, and a short timeout bounds the wait.
 *
 * <p>Wakers: any thread, lock-free. All other methods: the waiter's own thread; blocking.
 */
public final class ParkWaiter implements Waiter {
    private static final SpinTime SPIN_TIME = new SpinTime();
    private static final SpinTime NO_TIME = new SpinTime(0);
    private static final boolean ALONE = !Processors.several();

    // Reading the clock takes about as long as a spin.
    private static final int SPINS_PER_LOOK = 32;

    // A virtual thread yields its carrier now and then: the thread that it waits for may need it. A
    // yield at each spin would cost more than the wait.
    private static final int SPINS_PER_YIELD = 64;

    private static final long BELT_NANOS = 100_000_000;
    private static final long FIRST_NAP_NANOS = 50_000;
    private static final long LONGEST_NAP_NANOS = 1_000_000;

    // A state of 0 or more is the index of the queue in which this waiter was woken; one below
    // AWAKE is the number of its wait. A queue that this waiter no longer waits in, see want, may
    // still contain an entry of an earlier wait: its node has an earlier number, and wakes no
    // thread.
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

    // When a waker began to wake this waiter, for SpinTime; 0 if unknown. A plain field: a value
    // that arrives late, during the next wait, is one wrong measurement.
    private long wokenSince;

    private int asleep = AWAKE; // The number of its last wait.
    private boolean laidDown;
    private boolean wokenSeen; // It was woken before the last check.
    private boolean fenced;
    private int wokenAt;
    private final SpinTime spinTime;
    private boolean spinning;
    private int spins;
    private long spinStart;
    private long nap;
    private long sleeps;

    /**
     * Creates a waiter for one end, or for several at once.
     *
     * @param places the queues in which it waits, at least one
     */
    public ParkWaiter(Sleepers... places) {
        this(BELT_NANOS, places);
    }

    /**
     * Creates a waiter with a given safeguard timeout, for tests: with a very long one a lost
     * wake-up is a hang.
     *
     * @param belt the longest park where the fence works, in nanoseconds
     * @param places the queues in which it waits, at least one
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
     * Creates a waiter that does not spin, for tests: its first pause enqueues it.
     *
     * @param belt the longest park where the fence works, in nanoseconds
     * @param places the queues in which it waits, at least one
     * @return the waiter
     */
    public static ParkWaiter thatDoesNotSpin(long belt, Sleepers... places) {
        return new ParkWaiter(belt, NO_TIME, places);
    }

    /**
     * Creates a waiter that does not spin, for tests: its first pause enqueues it.
     *
     * @param places the queues in which it waits, at least one
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

    /**
     * Enqueues this waiter: from now on wakers find it. The caller checks once more before it
     * parks.
     */
    void lieDown() {
        getUp(); // If it was woken, it has since checked all queues' ends and found nothing.
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
            VarHandle.fullFence(); // Half of a pair: enough for wakers that fence, as wakeAll does.
        }
    }

    /**
     * Runs after the fence: of two counterparts that enqueue themselves, at least one sees the
     * other.
     */
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
        int own = 0; // Nodes of this waiter, which is not its own counterpart.
        for (Bed other : beds) {
            own += other.isCounted() && other.sleepers() == facing ? 1 : 0;
        }
        if (facing.count() > own) { // edge FACING, from ParkWaiter.lieDown
            facing.wakeOne();
        }
    }

    /**
     * Parks, unless this waiter was woken during the last check. It then counts as woken during the
     * next check, too: if that one finds something at another end, or does not complete, {@link
     * #stop} returns that the wake-up was not consumed.
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

    /** Dequeues this waiter everywhere; returns whether a waker had woken it. */
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
     * Wakes this waiter, unless another waker did, or it has dequeued itself.
     *
     * @param place the index of the caller's queue
     * @param sleep the number of the last wait for which the waiter was enqueued there
     * @return whether this call woke it
     */
    boolean wake(int place, int sleep) {
        // edge WOKEN, to ParkWaiter.getUp, ParkWaiter.sleep
        if (sleep >= AWAKE || !STATE.compareAndSet(this, sleep, place)) {
            return false;
        }
        beds[place].sleepers().count(-1);
        wokenSince = System.nanoTime();
        // Read after the compare-and-set: the thread that was enqueued, or, if that wait has ended
        // meanwhile, another one, which this wakes spuriously.
        LockSupport.unpark(thread);
        return true;
    }
}
