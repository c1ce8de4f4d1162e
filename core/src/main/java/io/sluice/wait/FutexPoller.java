package io.sluice.wait;

import io.sluice.linux.Futex;
import io.sluice.linux.Futex.FutexSet;
import io.sluice.linux.SystemCallException;
import io.sluice.memory.Memory;
import java.lang.foreign.Arena;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * The poller of the futex words on which virtual threads of this process wait, which would pin
 * their carriers in a futex call, or a select over pipes, see {@link PolledEvent}: one daemon
 * platform thread that waits on all registered words at once, and wakes the threads whose word was
 * notified (compare the JDK's {@code Poller}). A registering thread starts it if it does not run;
 * it ends after a second without a registration, so an application that is unloaded leaves no
 * thread behind. It inherits nothing from the thread that starts it.
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
final class FutexPoller {
    private static final long POLL_NANOS = 1_000_000;
    private static final long MAX_WAIT_NANOS = 1_000_000_000;
    private static final int ANY = -1;

    /**
     * A futex word on which virtual threads wait, one at a time, with its registration; or, as a
     * {@link PolledEvent}, on which a waiter for several ends waits.
     */
    static class Registration {
        private final FutexEvent futexEvent;
        private volatile Thread thread; // Null while no thread waits.
        private volatile boolean registered; // Whether it is registered. Only the poller sets it.
        private final AtomicBoolean queued = new AtomicBoolean(); // For registration, by next.
        private Registration next;

        Registration(FutexEvent futexEvent) {
            this.futexEvent = futexEvent;
        }

        /** Tests whether a thread waits on the word, or is about to. */
        boolean isWaiting() {
            return thread != null; // edge REGISTRATION, from FutexPoller.register
        }

        /** Wakes the thread that waits, if any; the word was disarmed. */
        void wake() {
            LockSupport.unpark(thread);
        }
    }

    private static final class OfProcess {
        static final FutexPoller INSTANCE =
                new FutexPoller(FutexSet.isAvailable() ? FutexSet.CAPACITY : 1, MAX_WAIT_NANOS);
    }

    private final FutexEvent wakeup =
            new FutexEvent(Memory.words(Arena.ofAuto().allocate(128, 128)), 0);
    private final FutexSet futexSet = new FutexSet();
    private final int capacity;
    private final long maxWaitNanos;
    private final AtomicReference<Registration> pending = new AtomicReference<>();
    final AtomicBoolean running = new AtomicBoolean(); // Whether it has its thread.

    // Owned by that thread, and by its successors.
    private Registration[] registrations = new Registration[FutexSet.CAPACITY];
    private volatile int count; // Volatile for toString only.
    private int first; // The index of the group's first,
    private int group; // and the group's size.
    private int notified; // The group's word that was notified, from 0, or ANY.
    private boolean skipped; // The last check was skipped.
    private boolean idle; // No registration existed or was queued for longestSleep.

    private FutexPoller(int capacity, long longestSleep) {
        this.capacity = capacity;
        this.maxWaitNanos = longestSleep;
    }

    /** Returns the poller of this process. */
    static FutexPoller ofProcess() {
        return OfProcess.INSTANCE;
    }

    /**
     * Creates another poller.
     *
     * @param capacity the number of words on which it waits at once, its own included
     * @param longestSleep how long it waits on all words before it drops registrations without a
     *     waiter, and without any registration before its thread ends, in nanoseconds
     */
    static FutexPoller create(int capacity, long longestSleep) {
        return new FutexPoller(capacity, longestSleep);
    }

    /** Starts its thread, unless it has one. */
    private void start() {
        // edge RUNNING, from FutexPoller.mayEnd: this thread takes over the last one's state.
        if (!running.get() && running.compareAndSet(false, true)) {
            Thread thread =
                    Thread.ofPlatform()
                            .name("sluice-futex-poller")
                            .daemon()
                            .inheritInheritableThreadLocals(false)
                            .unstarted(this::pollerLoop);
            thread.setContextClassLoader(null);
            boolean started = false;
            try {
                thread.start();
                started = true;
            } finally {
                if (!started) { // Too many threads: the waiter's timeout ends its wait.
                    running.set(false);
                }
            }
        }
    }

    /**
     * Parks the current thread until its word is notified, it is interrupted, or the timeout
     * expires.
     *
     * @param registration the registration of its word, which is armed
     * @param nanos the timeout, in nanoseconds
     * @return whether the word is still armed, so that no waker has notified
     */
    boolean await(Registration registration, long nanos) {
        registration.thread = Thread.currentThread();
        try {
            register(registration);
            notifyPending();
            LockSupport.parkNanos(this, nanos);
        } finally {
            registration.thread = null;
        }
        return registration.futexEvent.isArmed();
    }

    /**
     * Queues a word for registration, unless it is registered. Its waiter {@linkplain
     * Registration#isWaiting waits} already; {@link #notifyPending} follows, once for several.
     */
    void register(Registration registration) {
        // edge REGISTRATION, to Registration.isWaiting, PolledEvent.isWaiting
        if (!registration.registered && registration.queued.compareAndSet(false, true)) {
            enqueue(registration);
        }
    }

    private void enqueue(Registration registration) {
        Registration first;
        do {
            first = pending.get();
            registration.next = first;
            // edge PENDING, to FutexPoller.registerPending
        } while (!pending.compareAndSet(first, registration));
    }

    /** Wakes the poller if registrations are queued, and starts its thread if it has none. */
    void notifyPending() {
        if (pending.get() != null) {
            VarHandle.fullFence(); // Both sides have one: registrations are rare.
            wakeup.notifyOne();
            start();
        }
    }

    void pollerLoop() {
        do {
            wakeup.prepareWait();
            VarHandle.fullFence();
            registerPending();
            fillFutexSet();
            if (await()) {
                unparkNotified();
            }
            first += group; // Notified or not: the next group's turn.
        } while (!idle || !mayEnd());
    }

    /**
     * Tests whether the thread may end, when nothing is registered: no registration is queued, or
     * another thread has started.
     */
    boolean mayEnd() {
        running.set(false); // edge RUNNING, to FutexPoller.start
        return pending.get() == null || !running.compareAndSet(false, true);
    }

    private void registerPending() {
        // edge PENDING, from FutexPoller.enqueue
        Registration registration = pending.getAndSet(null);
        while (registration != null) {
            Registration next = registration.next;
            registration.next = null;
            if (!registration.registered) {
                add(registration);
            }
            registration.queued.set(false); // Last: from here on it may be queued again.
            registration = next;
        }
    }

    private void add(Registration registration) {
        int last = count;
        if (last == registrations.length) {
            registrations = Arrays.copyOf(registrations, 2 * last);
        }
        registrations[last] = registration;
        registration.registered = true;
        count = last + 1;
    }

    /** Drops registrations without a waiter, and puts the next group's words into the set. */
    private void fillFutexSet() {
        for (int i = count - 1; i >= 0; i--) {
            if (!registrations[i].isWaiting() && tryDeregister(registrations[i])) {
                remove(i);
            }
        }
        futexSet.clear();
        futexSet.add(wakeup.segment(), wakeup.index(), 1);
        if (first >= count || count < capacity) {
            first = 0;
        }
        for (int i = first; i < count && futexSet.size() < capacity; i++) {
            futexSet.add(
                    registrations[i].futexEvent.segment(), registrations[i].futexEvent.index(), 1);
        }
        group = futexSet.size() - 1;
    }

    /** Marks it as not registered, unless a thread waits on it again; returns whether it did. */
    private static boolean tryDeregister(Registration registration) {
        registration.registered = false;
        if (!registration.isWaiting()) {
            return true;
        }
        // A thread waits again; if it was queued, registerPending keeps it once.
        registration.registered = true;
        return false;
    }

    private void remove(int index) {
        int last = count - 1;
        registrations[index] = registrations[last];
        registrations[last] = null;
        count = last;
    }

    /** Blocks; returns whether words must be checked. */
    private boolean await() {
        boolean all = group == count;
        notified = ANY;
        if (group == 0) {
            idle = wakeup.await(all ? maxWaitNanos : POLL_NANOS) && all;
            return !all;
        }
        idle = false;
        try {
            long nanos = all ? maxWaitNanos : POLL_NANOS;
            Futex.WaitResult result = futexSet.await(nanos);
            if (result == Futex.WaitResult.WOKEN && all) {
                notified = futexSet.wokenWord() - 1; // Its own comes first, and needs no check.
                skipped = false;
                return notified != ANY;
            }
            return result != Futex.WaitResult.TIMED_OUT && !(all && isOnlyRegistration());
        } catch (SystemCallException e) {
            return true; // A word's page was truncated; the check of each finds which.
        }
    }

    /**
     * Tests whether the wait ended for a new registration, as far as is known: if another word was
     * notified, too, the next wait ends at once. Not twice in a row, so that no check is delayed.
     */
    private boolean isOnlyRegistration() {
        skipped = !skipped && !wakeup.isArmed();
        return skipped;
    }

    /**
     * Checks the word that was notified, if the group is all there is: any other that was notified,
     * too, ends the next wait at once. Else checks each word of the group, or all where the kernel
     * waits on none of them.
     */
    private void unparkNotified() {
        int begin = notified == ANY ? first : first + notified;
        int end = notified != ANY ? begin + 1 : group == 0 ? count : first + group;
        for (int i = end - 1; i >= begin; i--) {
            Registration registration = registrations[i];
            if (!registration.isWaiting() && tryDeregister(registration)) {
                remove(i); // Without a system call.
                continue;
            }
            if (isArmed(registration.futexEvent)) {
                continue;
            }
            registration.registered = false;
            if (registration.isWaiting() && isArmed(registration.futexEvent)) {
                registration.registered = true; // As in tryDeregister.
                continue;
            }
            registration.wake();
            remove(i);
        }
    }

    /**
     * Lets the kernel compare the word. A truncated word counts as not armed; its waiter will
     * notice.
     */
    private static boolean isArmed(FutexEvent futexEvent) {
        try {
            Futex.WaitResult waitResult =
                    Futex.wait(futexEvent.segment(), futexEvent.index(), 1, 0);
            return waitResult != Futex.WaitResult.VALUE_CHANGED
                    && waitResult != Futex.WaitResult.WOKEN;
        } catch (SystemCallException e) {
            return false;
        }
    }

    @Override
    public String toString() {
        return "futex poller of " + count + " registrations";
    }
}
