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
 * The poller of the futex words on which virtual threads of this process wait, which would pin
 * their carriers in a futex call: one daemon platform thread that waits on all registered words at
 * once, and unparks the threads whose word was notified (compare the JDK's {@code Poller}). A
 * registering thread starts it if it does not run; it ends after a second without a registration,
 * so an application that is unloaded leaves no thread behind. It inherits nothing from the thread
 * that starts it.
 *
 * <p>The kernel waits on 128 words at a time, one of which is the poller's own, notified by new
 * registrations. With more registrations than that the poller waits on one group after the other, a
 * millisecond each; without {@code futex_waitv(2)} it compares all words once per millisecond.
 *
 * <p>A registration outlives its wait until the poller's next check: at worst the poller is woken
 * without need, and a thread that soon waits again need not register again.
 *
 * <p>Invariants. A waiting thread is registered, or its registration is queued, or the poller is
 * about to see that it waits. The poller blocks only if the words of the group were armed when it
 * blocked, which the kernel compares, and no registration was queued since it armed its own word. A
 * poller thread that ends clears {@code running}, and then checks for queued registrations; a
 * registering thread queues its registration, and then checks {@code running}: at least one of the
 * two sees the other, and of several that would continue, or start a thread, exactly one does.
 *
 * <p>The poller lets the kernel compare a registered word, and never reads it. A hostile peer may
 * have truncated the file before the word; the JVM would then throw an {@link InternalError}, but
 * at some later point of this thread: thrown in the middle of an unpark, it leaves a virtual thread
 * that no thread can wake.
 *
 * <p>No wake-up is lost in it; if it failed, its waiters' timeouts would still bound their waits.
 * Waiters: any thread, lock-free until they park; a wait allocates nothing.
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

    /** A futex word on which virtual threads wait, one at a time, with its registration. */
    static final class Guest {
        private final Bell bell;
        private volatile Thread sleeper; // Null while no thread waits.
        private volatile boolean seated; // Whether it is registered. Only the poller sets it.
        private volatile boolean knocks; // Whether it is queued for registration, linked by next.
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

    // Owned by that thread, and by its successors.
    private Guest[] guests = new Guest[FutexSet.CAPACITY];
    private volatile int count; // Volatile for toString only.
    private int first; // The index of the group's first,
    private int group; // and the group's size.
    private boolean idle; // No registration existed or was queued for longestSleep.

    private Doorkeeper(int capacity, long longestSleep) {
        this.capacity = capacity;
        this.longestSleep = longestSleep;
    }

    /** Returns the poller of this process. */
    static Doorkeeper ofProcess() {
        return OfProcess.DOORKEEPER;
    }

    /**
     * Creates another poller.
     *
     * @param capacity the number of words on which it waits at once, its own included
     * @param longestSleep how long it waits on all words before it drops registrations without a
     *     waiter, and without any registration before its thread ends, in nanoseconds
     */
    static Doorkeeper make(int capacity, long longestSleep) {
        return new Doorkeeper(capacity, longestSleep);
    }

    /** Starts its thread, unless it has one. */
    private void start() {
        // edge RUNNING, from Doorkeeper.mayEnd: this thread takes over the last one's state.
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
                if (!started) { // Too many threads: the waiter's timeout ends its wait.
                    running = false;
                }
            }
        }
    }

    /**
     * Parks the current thread until its word is notified, it is interrupted, or the timeout
     * expires.
     *
     * @param guest the registration of its word, which is armed
     * @param nanos the timeout, in nanoseconds
     * @return whether the word is still armed, so that no waker has notified
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
        VarHandle.fullFence(); // Both sides have one: registrations are rare.
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
            first += group; // Notified or not: the next group's turn.
        } while (!idle || !mayEnd());
    }

    /**
     * Tests whether the thread may end, when nothing is registered: no registration is queued, or
     * another thread has started.
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
            guest.knocks = false; // Last: from here on it may be queued again.
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

    /** Drops registrations without a waiter, and puts the next group's words into the set. */
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

    /** Marks it as not registered, unless a thread waits on it again; returns whether it did. */
    private static boolean hasLeft(Guest guest) {
        guest.seated = false;
        if (guest.sleeper == null) { // edge STAY, from Doorkeeper.sleep
            return true;
        }
        guest.seated = true; // A thread waits again; if it was queued, letIn keeps it once.
        return false;
    }

    private void remove(int index) {
        int last = count - 1;
        guests[index] = guests[last];
        guests[last] = null;
        count = last;
    }

    /** Blocks; returns whether words must be checked. */
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
            return true; // A word's page was truncated; the check of each finds which.
        }
    }

    /** Checks each word of the group, or all where the kernel waits on none of them. */
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

    /**
     * Lets the kernel compare the word. A truncated word counts as not armed; its waiter will
     * notice.
     */
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
