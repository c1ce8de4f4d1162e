package io.sluice.waiting;

import io.sluice.memory.MappedMemory;
import io.sluice.os.Futex;
import io.sluice.os.FutexSet;
import io.sluice.os.SystemCallException;
import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;

/**
 * Sleeps for the virtual threads of this process, which would hold their carriers in a futex: one
 * platform thread, a daemon, that waits for all their bells at once, and unparks whose bell was
 * rung. It is started by a guest that knocks and finds none, and ends when it has had no guest for
 * a second: so an application that is unloaded leaves no thread behind. It inherits nothing of the
 * thread that starts it.
 *
 * <p>The kernel waits for 128 words at a time, of which one is the doorkeeper's own bell, rung by
 * new guests. With more guests than that it waits for one group after the other, a millisecond
 * each; without {@code futex_waitv(2)} it compares all bells once in a millisecond.
 *
 * <p>A guest that gets up keeps its seat until the doorkeeper next looks: the doorkeeper is woken
 * for nothing at the worst, and a guest that is soon back need not knock again.
 *
 * <p>Invariants. Who sleeps has a seat, or knocks, or the doorkeeper is about to see that it
 * sleeps. The doorkeeper sleeps only while the bells of the group were armed when it lay down,
 * which the kernel compares, and nobody has knocked since it armed its own. A thread that ends says
 * so, and then looks who knocks; a guest knocks, and then looks whether there is a thread: one of
 * the two sees the other, and of several that would go on, or start one, one does.
 *
 * <p>It asks the kernel what a guest's word is, and never reads it. A hostile peer may have cut it
 * off its file; the JVM would then throw an {@link InternalError}, but at some later point of this
 * thread: thrown in the middle of an unpark, it leaves a virtual thread that nobody can wake.
 *
 * <p>No wake-up is lost in it; were it to fail, its guests' naps are bounded all the same. Guests:
 * any thread, lock-free until they park; nothing is allocated for a sleep.
 */
final class Doorkeeper {
    private static final long POLL_NANOS = 1_000_000;
    private static final long LONGEST_SLEEP_NANOS = 1_000_000_000;
    private static final VarHandle KNOCKS;
    private static final VarHandle KNOCKING;
    private static final VarHandle RUNNING;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            KNOCKS = lookup.findVarHandle(Guest.class, "knocks", boolean.class);
            KNOCKING = lookup.findVarHandle(Doorkeeper.class, "knocking", Guest.class);
            RUNNING = lookup.findVarHandle(Doorkeeper.class, "running", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** A bell that virtual threads sleep on, one at a time. */
    static final class Guest {
        private final Bell bell;
        private volatile Thread sleeper; // Null while it is up.
        private volatile boolean seated; // Only the doorkeeper seats it.
        private volatile boolean knocks; // While it does, it is linked by the next field.
        private Guest next;

        Guest(Bell bell) {
            this.bell = bell;
        }
    }

    private static final class OfProcess {
        static final Doorkeeper DOORKEEPER =
                new Doorkeeper(FutexSet.isAvailable() ? FutexSet.CAPACITY : 1, LONGEST_SLEEP_NANOS);
    }

    private final Bell door = new Bell(MappedMemory.words(Arena.ofAuto().allocate(128, 128)), 0);
    private final FutexSet bells = new FutexSet();
    private final int capacity;
    private final long longestSleep;
    private volatile Guest knocking;
    volatile boolean running; // Whether it has its thread.

    // That thread's own, one after the other.
    private Guest[] guests = new Guest[FutexSet.CAPACITY];
    private volatile int count; // Volatile for toString alone.
    private int first; // The group's first,
    private int group; // and how many it has.
    private boolean idle; // There was no guest, and nobody knocked, for the longest sleep.

    private Doorkeeper(int capacity, long longestSleep) {
        this.capacity = capacity;
        this.longestSleep = longestSleep;
    }

    /** The one of this process. */
    static Doorkeeper ofProcess() {
        return OfProcess.DOORKEEPER;
    }

    /**
     * Another one.
     *
     * @param capacity for how many bells it waits at once, its own included
     * @param longestSleep how long it waits for all bells before it looks who has left, and for a
     *     guest before its thread ends, in nanoseconds
     */
    static Doorkeeper make(int capacity, long longestSleep) {
        return new Doorkeeper(capacity, longestSleep);
    }

    /** Starts its thread, unless it has one. */
    private void start() {
        // edge RUNNING, from Doorkeeper.mayEnd: what the last thread has left is this one's.
        if (!running && RUNNING.compareAndSet(this, false, true)) {
            Thread thread =
                    Thread.ofPlatform()
                            .name("sluice-doorkeeper")
                            .daemon()
                            .inheritInheritableThreadLocals(false)
                            .unstarted(this::keep);
            thread.setContextClassLoader(null);
            boolean started = false;
            try {
                thread.start();
                started = true;
            } finally {
                if (!started) { // There are too many: the guest's nap ends by itself.
                    running = false;
                }
            }
        }
    }

    /**
     * Parks the current thread until its bell is rung, it is interrupted, or the time is over.
     *
     * @param guest its bell, armed
     * @param nanos for how long at most, in nanoseconds
     * @return whether the bell is still armed: nobody has rung
     */
    boolean sleep(Guest guest, long nanos) {
        guest.sleeper = Thread.currentThread();
        try {
            // edge STAY, to Doorkeeper.hasLeft, Doorkeeper.wakeRung
            if (!guest.seated && KNOCKS.compareAndSet(guest, false, true)) {
                knock(guest);
            }
            LockSupport.parkNanos(this, nanos);
        } finally {
            guest.sleeper = null;
        }
        return guest.bell.isArmed();
    }

    private void knock(Guest guest) {
        Guest first;
        do {
            first = knocking;
            guest.next = first;
        } while (!KNOCKING.compareAndSet(this, first, guest)); // edge KNOCK, to Doorkeeper.letIn
        VarHandle.fullFence(); // Both sides have one: new guests are rare.
        door.ring();
        start();
    }

    void keep() {
        do {
            door.arm();
            VarHandle.fullFence();
            letIn();
            gather();
            if (sleep()) {
                wakeRung();
            }
            first += group; // Whether it was rung or not: the other groups' turn.
        } while (!idle || !mayEnd());
    }

    /**
     * Without a guest: whether nobody knocks, so that the thread ends, or another one has begun.
     */
    boolean mayEnd() {
        running = false; // edge RUNNING, to Doorkeeper.start
        return knocking == null || !RUNNING.compareAndSet(this, false, true);
    }

    private void letIn() {
        // edge KNOCK, from Doorkeeper.knock
        Guest guest = (Guest) KNOCKING.getAndSet(this, null);
        while (guest != null) {
            Guest next = guest.next;
            guest.next = null;
            if (!guest.seated) {
                seat(guest);
            }
            guest.knocks = false; // Last: from here on it may knock again.
            guest = next;
        }
    }

    private void seat(Guest guest) {
        int last = count;
        if (last == guests.length) {
            guests = Arrays.copyOf(guests, 2 * last);
        }
        guests[last] = guest;
        guest.seated = true;
        count = last + 1;
    }

    /** Sees out who has got up, and puts the next group's bells into the set. */
    private void gather() {
        for (int i = count - 1; i >= 0; i--) {
            if (guests[i].sleeper == null && hasLeft(guests[i])) {
                remove(i);
            }
        }
        bells.clear();
        bells.add(door.segment(), door.index(), 1);
        if (first >= count || count < capacity) {
            first = 0;
        }
        for (int i = first; i < count && bells.size() < capacity; i++) {
            bells.add(guests[i].bell.segment(), guests[i].bell.index(), 1);
        }
        group = bells.size() - 1;
    }

    /** Takes a guest's seat away, unless it sleeps again. */
    private static boolean hasLeft(Guest guest) {
        guest.seated = false;
        if (guest.sleeper == null) { // edge STAY, from Doorkeeper.sleep
            return true;
        }
        guest.seated = true; // It is back; if it has noticed and knocks, it is let in as well.
        return false;
    }

    private void remove(int index) {
        int last = count - 1;
        guests[index] = guests[last];
        guests[last] = null;
        count = last;
    }

    /** Sleeps; returns whether bells are to be looked at. */
    private boolean sleep() {
        boolean all = group == count;
        if (group == 0) {
            idle = door.sleep(all ? longestSleep : POLL_NANOS) && all;
            return !all;
        }
        idle = false;
        try {
            long nanos = all ? longestSleep : POLL_NANOS;
            return bells.await(nanos) != Futex.Outcome.TIMED_OUT;
        } catch (SystemCallException e) {
            return true; // A word was cut off its file: whose, the look at each says.
        }
    }

    /** Looks at each bell of the group, or at all where the kernel waits for none of them. */
    private void wakeRung() {
        int end = group == 0 ? count : first + group;
        for (int i = end - 1; i >= first; i--) {
            Guest guest = guests[i];
            if (isArmed(guest.bell)) {
                continue;
            }
            guest.seated = false;
            Thread sleeper = guest.sleeper; // edge STAY, from Doorkeeper.sleep
            if (sleeper != null && isArmed(guest.bell)) {
                guest.seated = true; // As in hasLeft.
                continue;
            }
            LockSupport.unpark(sleeper);
            remove(i);
        }
    }

    /** Asks the kernel; one whose word was cut off is not, as its guest will find out. */
    private static boolean isArmed(Bell bell) {
        try {
            Futex.Outcome outcome = Futex.wait(bell.segment(), bell.index(), 1, 0);
            return outcome != Futex.Outcome.CHANGED && outcome != Futex.Outcome.WOKEN;
        } catch (SystemCallException e) {
            return false;
        }
    }

    @Override
    public String toString() {
        return "doorkeeper of " + count + " guests";
    }
}
