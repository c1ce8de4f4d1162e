package io.sluice.wait;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;

/**
 * The wait queue of one side: its waiting ends, woken in FIFO order. <em>The waiter pays for the
 * fence</em>: it enqueues itself, makes every running thread execute a full fence ({@code
 * membarrier(2)}, the asymmetric fence of userspace RCU), and checks once more before it parks; a
 * waker does its queue operation and then reads one word.
 *
 * <p>Why no wake-up is lost. Let a waker do its operation and then read the word, and a waiter
 * enqueue itself and then fence. The fence takes effect at one point of the waker's program. If the
 * operation is before that point, the waiter's last check sees its effect. If the operation is
 * after it, so is the read, which sees the count of the enqueued waiter. An access between the two
 * may see either, which is harmless.
 *
 * <p>One waiter is woken for each message (or free place), not all: with a thousand waiters, waking
 * all would make each message cost a thousand wake-ups. So a wake-up must not be lost with the
 * waiter that received it. A woken waiter that finds nothing is enqueued again and checks again;
 * one that leaves, with a message, interrupted or timed out, wakes the next one if the operation is
 * still possible. A waiter that is enqueued in several queues is woken in one of them, and does not
 * wait in the others from then on: their wakers skip it. It checks all of their ends before it
 * parks again, and passes on the one wake-up that it received.
 *
 * <p>Wakers: any thread, lock-free; one opaque read if no thread waits.
 */
public final class WaitQueue {
    private static final VarHandle WAITING;

    static {
        try {
            WAITING = MethodHandles.lookup().findVarHandle(WaitQueue.class, "waiting", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    // An entry leads to a waiter that waits, or to one that has dequeued itself; a waker skips the
    // latter, or wakes its next wait. A node is in the queue at most twice, and is always in it
    // while its waiter waits here.
    private final ConcurrentLinkedQueue<WaitNode> entries = new ConcurrentLinkedQueue<>();

    @SuppressWarnings("unused") // through WAITING
    private int waiting;

    private WaitQueue counterpart; // Written by constructors only.

    private final PolledEvent event; // Null unless it is notified through a futex word.

    /** Creates an empty queue. */
    public WaitQueue() {
        this.event = null;
    }

    /** Creates the empty queue of an event, which another process may notify. */
    WaitQueue(PolledEvent event) {
        this.event = event;
    }

    /**
     * Creates the empty queue of a pipe's end, which another process may notify through the end's
     * futex word.
     *
     * @param futexEvent the end's futex word, on which no other thread waits at the same time
     * @param hook the other steps that make the wait visible to wakers
     * @param fenceable tests whether {@code membarrier(2)} reaches every peer that may notify
     * @return the queue, which holds one waiter at most
     */
    public static WaitQueue polled(
            FutexEvent futexEvent, Waiter.Hook hook, BooleanSupplier fenceable) {
        return new PolledEvent(futexEvent, hook, fenceable, FutexPoller.ofProcess()).waitQueue();
    }

    /**
     * Creates an empty queue that is the counterpart of another: the waiters of both wait for each
     * other, among other things, and neither side acts while it waits. So a waiter that is enqueued
     * in one queue wakes one waiter of the other.
     *
     * @param counterpart the queue of the other side, which has no counterpart yet
     */
    public WaitQueue(WaitQueue counterpart) {
        this.event = null;
        this.counterpart = counterpart;
        counterpart.counterpart = this;
    }

    /** Tests whether a waiter is enqueued on the other side; false if there is none. */
    boolean isCounterpartWaiting() {
        return counterpart != null && counterpart.count() > 0;
    }

    /** Wakes one waiter of the other side, if there is one: a thread of this side is active. */
    public void wakeCounterpart() {
        if (counterpart != null) {
            counterpart.wakeOne();
        }
    }

    WaitQueue counterpart() {
        return counterpart;
    }

    /**
     * Wakes the longest-waiting waiter, if any. Must follow each operation that may allow one to
     * proceed.
     */
    public void wakeOne() {
        // Keeps the compiler from moving the read before the stores of the operation that precedes
        // it: HotSpot moves no access across this fence, in either direction. It emits no
        // instruction on x86-64. The processor may still execute the read first; the waiter's fence
        // covers that.
        VarHandle.acquireFence();
        if ((int) WAITING.getOpaque(this) != 0) { // edge WAITING, from ParkingWaiter.fence
            wakeFirst();
        }
    }

    /**
     * Wakes all waiters, if any, after an operation that may allow each of them to proceed. Costs
     * what {@link #wakeOne} costs if no thread waits.
     */
    public void wakeWaiting() {
        VarHandle.acquireFence(); // As in wakeOne.
        if ((int) WAITING.getOpaque(this) != 0) { // edge WAITING, from ParkingWaiter.fence
            while (wakeFirst()) {}
        }
    }

    /**
     * Wakes all waiters, for an event that concerns each: the end of the stream, a broken channel.
     */
    public void wakeAll() {
        VarHandle.fullFence(); // Rare, so it need not rely on the waiter's fence.
        while (wakeFirst()) {}
    }

    /**
     * Returns the number of threads that wait here now, or are about to.
     *
     * @return a snapshot
     */
    public int count() {
        return (int) WAITING.getOpaque(this);
    }

    private boolean wakeFirst() {
        for (WaitNode first; (first = entries.poll()) != null; ) {
            if (first.wake()) {
                return true;
            }
        }
        return false;
    }

    /**
     * Tests whether the last park of the waiter in this queue of a pipe's end timed out: then the
     * end checks whether its peers are alive.
     *
     * @return whether it timed out; false for other queues
     */
    public boolean timedOut() {
        return event != null && event.timedOut();
    }

    /** Returns the event through which it is notified, or null if wakers use this queue itself. */
    PolledEvent event() {
        return event;
    }

    void count(int change) {
        WAITING.getAndAdd(this, change);
    }

    void add(WaitNode waitNode) {
        entries.add(waitNode);
    }

    void remove(WaitNode waitNode) {
        entries.remove(waitNode);
        count(-1);
    }
}
