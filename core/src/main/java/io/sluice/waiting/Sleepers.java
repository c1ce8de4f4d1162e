package io.sluice.waiting;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The ends of one side that sleep, first come first woken. <em>The sleeper pays</em>: it enters
 * itself here, makes every running thread pass a full fence ({@code membarrier(2)}, the asymmetric
 * fence of Linux's userspace RCU), and looks once more before it sleeps; whoever has something for
 * it does its queue operation and then reads one word.
 *
 * <p>Why no wake-up is lost. Let a waker do its operation and then read the word, and a sleeper
 * enter itself and then fence. The fence falls into the waker's program at one place. Operation
 * before it: the sleeper's last look sees its effect. Operation after it: so is the read, which
 * sees the entry. What lies between the two in the waker may see either, which is harmless.
 *
 * <p>One sleeper is woken for each message (or place), not all: with a thousand of them asleep,
 * waking all would make each message cost a thousand wake-ups. So a wake-up must not die with the
 * one who got it. A woken waiter that finds nothing lies down and looks again; one that leaves,
 * with a message, interrupted or out of time, wakes the next one if there is still something there.
 * A waiter that sleeps in several of these is woken in one of them, and is no sleeper in the others
 * from then on: their wakers skip it. It looks at all of them before it sleeps again, and passes on
 * the one wake-up that it got.
 *
 * <p>Wakers: any thread, lock-free; one opaque read when nobody sleeps.
 */
public final class Sleepers {
    private static final VarHandle ASLEEP;

    static {
        try {
            ASLEEP = MethodHandles.lookup().findVarHandle(Sleepers.class, "asleep", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    // An entry leads to a waiter that sleeps, or one that has got up; then it is skipped, or wakes
    // that waiter's next sleep. A bed is in here twice at most, and never not while it is slept in.
    private final ConcurrentLinkedQueue<Bed> entries = new ConcurrentLinkedQueue<>();

    @SuppressWarnings("unused") // through ASLEEP
    private int asleep;

    private Sleepers facing; // Written by constructors only.

    /** Nobody sleeps. */
    public Sleepers() {}

    /**
     * Nobody sleeps. These sleepers and the others face each other: they wait for each other among
     * other things, and neither side does anything while it sleeps. So who lies down in one wakes
     * one of the other.
     *
     * @param facing the other side, which faces nobody yet
     */
    public Sleepers(Sleepers facing) {
        this.facing = facing;
        facing.facing = this;
    }

    /**
     * Whether somebody sleeps on the other side.
     *
     * @return a snapshot; false if there is no other side
     */
    public boolean areFaced() {
        return facing != null && facing.count() > 0;
    }

    /** Wakes one of the other side: there is somebody on this side who is awake. */
    public void wakeFacing() {
        if (facing != null) {
            facing.wakeOne();
        }
    }

    Sleepers facing() {
        return facing;
    }

    /** Wakes the one who sleeps longest, if any. Call it after each operation that may help one. */
    public void wakeOne() {
        // Keeps the compiler from moving the read up, over the stores of the operation before it:
        // HotSpot moves no access across this fence, in either direction. It is no instruction on
        // x86-64. The processor may still do the read first; that is what the sleeper's fence is
        // for.
        VarHandle.acquireFence();
        if ((int) ASLEEP.getOpaque(this) != 0) { // edge ASLEEP, from ParkWaiter.lieDown
            wakeFirst();
        }
    }

    /** Wakes all. For news that concern every sleeper: the stream has ended, the channel broke. */
    public void wakeAll() {
        VarHandle.fullFence(); // Rare, so it need not rely on the sleeper's fence.
        while (wakeFirst()) {}
    }

    /**
     * How many sleep now, or are about to.
     *
     * @return a snapshot
     */
    public int count() {
        return (int) ASLEEP.getOpaque(this);
    }

    private boolean wakeFirst() {
        for (Bed first; (first = entries.poll()) != null; ) {
            if (first.wake()) {
                return true;
            }
        }
        return false;
    }

    void count(int change) {
        ASLEEP.getAndAdd(this, change);
    }

    void add(Bed bed) {
        entries.add(bed);
    }

    void remove(Bed bed) {
        entries.remove(bed);
        count(-1);
    }
}
