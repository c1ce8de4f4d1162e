package io.sluice.wait;

import io.sluice.linux.Membarrier;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * A waiter that spins for about as long as a wake-up takes, see {@link AdaptiveSpin}, then parks
 * its thread until a waker of a wait queue ({@link WaitQueue}) wakes it. The pause that enqueues it
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
public final class ParkingWaiter implements Waiter {
    private static final AdaptiveSpin ADAPTIVE_SPIN = new AdaptiveSpin();
    private static final AdaptiveSpin NO_SPIN = new AdaptiveSpin(0);
    private static final boolean SINGLE_CPU = !CpuCount.isMultiCpu();

    // Reading the clock takes about as long as a spin.
    private static final int SPINS_PER_CLOCK_READ = 32;

    // A virtual thread yields its carrier now and then: the thread that it waits for may need it. A
    // yield at each spin would cost more than the wait.
    private static final int SPINS_PER_YIELD = 64;

    private static final long SAFEGUARD_NANOS = 100_000_000;
    private static final long MIN_PARK_NANOS = 50_000;
    private static final long MAX_PARK_NANOS = 1_000_000;

    // A state of 0 or more is the index of the queue in which this waiter was woken; one below
    // NOT_WAITING is the number of its wait. A queue that this waiter no longer waits in, see
    // setInterest, may still contain an entry of an earlier wait: its node has an earlier number,
    // and wakes no thread.
    private static final int NOT_WAITING = -1;

    private final Deadline deadline = new Deadline();
    private final WaitNode[] nodes;
    private final boolean polled; // Whether any queue is that of a PolledEvent.
    private final long safeguardNanos;
    private final AtomicInteger state = new AtomicInteger(NOT_WAITING);
    private volatile Thread thread;

    // When a waker began to wake this waiter, for AdaptiveSpin; 0 if unknown. A plain field: a
    // value that arrives late, during the next wait, is one wrong measurement.
    private long wakeStart;

    private int waitId = NOT_WAITING; // The number of its last wait.
    private boolean prepared;
    private boolean wokenSeen; // It was woken before the last check.
    private boolean fenced;
    private int wokenIndex;
    private final AdaptiveSpin adaptiveSpin;
    private boolean spinning;
    private int spins;
    private long spinStart;
    private long parkNanos;
    private long sleeps;

    /**
     * Creates a waiter for one end, or for several at once.
     *
     * @param places the queues in which it waits, at least one
     */
    public ParkingWaiter(WaitQueue... places) {
        this(isPolled(places) ? ParkTimeouts.FENCED.max() : SAFEGUARD_NANOS, places);
    }

    /** Tests whether one of the queues is that of a pipe: a peer that dies wakes no thread. */
    private static boolean isPolled(WaitQueue... places) {
        for (WaitQueue place : places) {
            if (place.event() != null) {
                return true;
            }
        }
        return false;
    }

    /**
     * Creates a waiter with a given safeguard timeout, for tests: with a very long one a lost
     * wake-up is a hang.
     *
     * @param belt the longest park where the fence works, in nanoseconds
     * @param places the queues in which it waits, at least one
     */
    public ParkingWaiter(long belt, WaitQueue... places) {
        this(belt, SINGLE_CPU ? NO_SPIN : ADAPTIVE_SPIN, places);
    }

    private ParkingWaiter(long belt, AdaptiveSpin adaptiveSpin, WaitQueue... places) {
        this.safeguardNanos = belt;
        this.adaptiveSpin = adaptiveSpin;
        nodes = new WaitNode[places.length];
        for (int i = 0; i < nodes.length; i++) {
            nodes[i] = new WaitNode(this, i, places[i]);
        }
        polled = isPolled(places);
    }

    /**
     * Creates a waiter that does not spin, for tests: its first pause enqueues it.
     *
     * @param belt the longest park where the fence works, in nanoseconds
     * @param places the queues in which it waits, at least one
     * @return the waiter
     */
    public static ParkingWaiter withoutSpinning(long belt, WaitQueue... places) {
        return new ParkingWaiter(belt, NO_SPIN, places);
    }

    @Override
    public void start(long nanos) {
        deadline.start(nanos);
        spins = 0;
        spinning = adaptiveSpin != NO_SPIN;
    }

    @Override
    public boolean pause() throws InterruptedException {
        long left = deadline.remainingNanos();
        if (left <= 0) {
            return false;
        }
        if (spinning) {
            spin();
        } else if (prepared && !wokenSeen) {
            park(left);
        } else {
            enqueue();
        }
        return true;
    }

    private void spin() {
        if (++spins % SPINS_PER_YIELD == 0 && Thread.currentThread().isVirtual()) {
            Thread.yield();
        } else {
            Thread.onSpinWait();
        }
        if (spins == SPINS_PER_CLOCK_READ) {
            spinStart = System.nanoTime();
        } else if (spins % SPINS_PER_CLOCK_READ == 0) {
            spinning = System.nanoTime() - spinStart < adaptiveSpin.nanos();
        }
    }

    /**
     * Enqueues this waiter: from now on wakers find it. The caller checks once more before it
     * parks.
     */
    void enqueue() {
        dequeue(); // If it was woken, it has since checked all queues' ends and found nothing.
        thread = Thread.currentThread();
        prepared = true;
        parkNanos = MIN_PARK_NANOS;
        wakeStart = 0;
        waitId = waitId == Integer.MIN_VALUE ? NOT_WAITING - 1 : waitId - 1;
        for (WaitNode waitNode : nodes) {
            waitNode.count(waitId);
        }
        state.set(waitId);
        for (WaitNode waitNode : nodes) {
            waitNode.enqueue();
        }
        WaiterFence fence = WaiterFence.OWN_PROCESS;
        if (polled) {
            fence = WaiterFence.OWN_THREAD;
            for (WaitNode waitNode : nodes) {
                fence = fence.and(waitNode.prepareWait());
            }
            notifyPoller();
        }
        fenced = fence(fence);
    }

    /** Wakes the poller once for all words that were registered: each time costs it all words. */
    private void notifyPoller() {
        for (WaitNode waitNode : nodes) {
            PolledEvent event = waitNode.waitQueue().event();
            if (event != null) {
                event.notifyPoller();
                return;
            }
        }
    }

    private static boolean fence(WaiterFence fence) {
        // edge COUNTERPART, to ParkingWaiter.wakeCounterpart
        // edge WAITING, to WaitQueue.wakeOne, WaitQueue.wakeWaiting
        boolean fenced =
                switch (fence) {
                    case OWN_THREAD -> true;
                    case OWN_PROCESS -> Membarrier.fenceAllThreads();
                    case ALL_PROCESSES -> Membarrier.fenceAllProcesses();
                    case IMPOSSIBLE -> false;
                };
        if (!fenced || fence == WaiterFence.OWN_THREAD) {
            VarHandle.fullFence(); // Half of a pair: enough for wakers that fence, as wakeAll does.
        }
        return fenced;
    }

    /**
     * Wakes one waiter of the counterpart of each queue that has one, as both sides wait for each
     * other. Called while this waiter is enqueued, and so after the fence: of two counterparts that
     * enqueue themselves, at least one sees the other.
     */
    public void wakeCounterpart() {
        for (WaitNode waitNode : nodes) {
            wakeCounterpart(waitNode);
        }
    }

    private void wakeCounterpart(WaitNode waitNode) {
        WaitQueue counterpart = waitNode.waitQueue().counterpart();
        if (counterpart == null || !waitNode.isCounted()) {
            return;
        }
        int own = 0; // Nodes of this waiter, which is not its own counterpart.
        for (WaitNode other : nodes) {
            own += other.isCounted() && other.waitQueue() == counterpart ? 1 : 0;
        }
        if (counterpart.count() > own) { // edge COUNTERPART, from ParkingWaiter.fence
            counterpart.wakeOne();
        }
    }

    /**
     * Parks, unless this waiter was woken during the last check. It then counts as woken during the
     * next check, too: if that one finds something at another end, or does not complete, {@link
     * #stop} returns that the wake-up was not consumed.
     */
    private void park(long left) {
        if (isEnqueued()) {
            sleeps++;
            LockSupport.parkNanos(
                    nodes[0].waitQueue(), Math.min(left, fenced ? safeguardNanos : parkNanos));
            parkNanos = Math.min(2 * parkNanos, MAX_PARK_NANOS);
            long since = wakeStart;
            if (since != 0 && !isEnqueued()) {
                adaptiveSpin.recordWakeUp(System.nanoTime() - since);
            }
            if (polled) {
                boolean expired = isEnqueued();
                for (WaitNode waitNode : nodes) {
                    waitNode.parked(expired);
                }
            }
        }
        wokenSeen = !isEnqueued(); // edge WOKEN, from ParkingWaiter.wake
    }

    @Override
    public boolean stop() {
        return dequeue();
    }

    /** Dequeues this waiter everywhere; returns whether a waker had woken it. */
    private boolean dequeue() {
        if (!prepared) {
            return false;
        }
        prepared = false;
        wokenSeen = false;
        // edge WOKEN, from ParkingWaiter.wake
        boolean woken = !state.compareAndSet(waitId, NOT_WAITING);
        if (woken) {
            wokenIndex = state.getAndSet(NOT_WAITING);
            nodes[wokenIndex].markDequeued();
        }
        for (WaitNode waitNode : nodes) {
            waitNode.dequeue();
        }
        if (polled) {
            for (WaitNode waitNode : nodes) {
                waitNode.cancelWait();
            }
        }
        return woken;
    }

    @Override
    public long sleeps() {
        return sleeps;
    }

    /**
     * Tests whether this waiter is enqueued, so that its next pause parks.
     *
     * @return whether it is enqueued, and no waker has woken it
     */
    public boolean isEnqueued() {
        return state.get() < NOT_WAITING;
    }

    @Override
    public int wokenIndex() {
        return wokenIndex;
    }

    @Override
    public void setInterest(int place, boolean wanted) {
        nodes[place].setInterested(wanted);
    }

    /**
     * Wakes this waiter, unless another waker did, or it has dequeued itself.
     *
     * @param place the index of the caller's queue
     * @param sleep the number of the last wait for which the waiter was enqueued there
     * @return whether this call woke it
     */
    boolean wake(int place, int sleep) {
        // edge WOKEN, to ParkingWaiter.dequeue, ParkingWaiter.park
        if (sleep >= NOT_WAITING || !state.compareAndSet(sleep, place)) {
            return false;
        }
        nodes[place].waitQueue().count(-1);
        wakeStart = System.nanoTime();
        // Read after the compare-and-set: the thread that was enqueued, or, if that wait has ended
        // meanwhile, another one, which this wakes spuriously.
        LockSupport.unpark(thread);
        return true;
    }
}
