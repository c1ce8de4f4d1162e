package io.sluice.wait;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.sluice.CountsSyscalls;
import io.sluice.Proof;
import io.sluice.linux.Descriptor;
import io.sluice.linux.Futex.FutexSet;
import io.sluice.linux.Mapping;
import io.sluice.linux.Membarrier;
import io.sluice.linux.SyscallCounts;
import io.sluice.memory.Memory;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Virtual threads wait on their events without occupying a carrier. Their time limits exceed any
 * deadline, so a lost wake-up fails the test.
 */
@CountsSyscalls
@Timeout(120)
class FutexPollerTest {
    private static final int REGISTRATIONS = 200;
    private static final int LINE_PAIR = 128;
    private static final long NO_TIMEOUT = TimeUnit.HOURS.toNanos(1);

    @TempDir Path directory;

    /** Creates a poller with a timeout of an hour: it depends on notifications alone. */
    private static FutexPoller create(int capacity) {
        return FutexPoller.create(capacity, NO_TIMEOUT);
    }

    /**
     * Waits until no registration is left; tests that count calls may follow, as the poller makes
     * none.
     */
    static void awaitNoRegistrations(FutexPoller futexPoller) {
        await(() -> futexPoller.toString().contains(" 0 registrations"), futexPoller);
    }

    @AfterAll
    static void noRegistrationIsLeft() {
        awaitNoRegistrations(FutexPoller.ofProcess());
    }

    private static Memory memory(int events) {
        long size = Long.highestOneBit(events * LINE_PAIR) * 2;
        return Memory.words(Arena.ofAuto().allocate(size, 4096));
    }

    private static void await(BooleanSupplier condition, Object state) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > TimeUnit.SECONDS.toNanos(60)) {
                throw new AssertionError("deadline missed; " + state);
            }
            Thread.yield();
        }
    }

    /** Lets all threads wait at once, and notifies them in random order, for some rounds. */
    private static void wakeAll(FutexPoller futexPoller, int rounds) throws Exception {
        Memory memory = memory(REGISTRATIONS);
        AtomicInteger[] slept = new AtomicInteger[REGISTRATIONS];
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < REGISTRATIONS; i++) {
            AtomicInteger count = slept[i] = new AtomicInteger();
            FutexEvent futexEvent = new FutexEvent(memory, i * LINE_PAIR);
            Runnable sleep =
                    () -> {
                        FutexPoller.Registration registration =
                                new FutexPoller.Registration(futexEvent);
                        for (int round = 0; round < rounds; round++) {
                            futexEvent.prepareWait();
                            while (futexPoller.await(registration, NO_TIMEOUT)) {}
                            count.incrementAndGet();
                        }
                    };
            threads.add(Thread.startVirtualThread(sleep));
        }
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < REGISTRATIONS; i++) {
            order.add(i);
        }
        for (int round = 0; round < rounds; round++) {
            int done = round;
            Collections.shuffle(order, new Random(round));
            for (int i : order) {
                FutexEvent futexEvent = new FutexEvent(memory, i * LINE_PAIR);
                await(
                        () -> slept[i].get() == done && futexEvent.isArmed(),
                        "registration " + i + " comes");
                if (round == 0) {
                    Thread.State parked = Thread.State.TIMED_WAITING;
                    await(() -> threads.get(i).getState() == parked, threads.get(i));
                }
            }
            for (int i : order) {
                new FutexEvent(memory, i * LINE_PAIR).notifyOne();
            }
            for (int i : order) {
                await(() -> slept[i].get() == done + 1, "registration " + i + " of " + futexPoller);
            }
        }
        for (Thread thread : threads) {
            assertTrue(thread.join(java.time.Duration.ofSeconds(60)), thread::toString);
        }
    }

    @Test
    void eachOfTwoHundredWaitersIsWoken() throws Exception {
        assertTrue(FutexSet.isAvailable());
        wakeAll(FutexPoller.ofProcess(), 20);
    }

    /**
     * The poller thread ends when no thread waits for a moment; the next registration starts
     * another.
     */
    @Test
    void eachWaiterIsWokenThoughThePollerThreadEndsRepeatedly() throws Exception {
        wakeAll(FutexPoller.create(FutexSet.CAPACITY, 1), 5);
        FutexPoller futexPoller = FutexPoller.create(FutexSet.CAPACITY, 1);
        FutexEvent futexEvent = new FutexEvent(memory(1), 0);
        for (int i = 0; i < 2_000; i++) {
            FutureTask<Boolean> waiter = startWaiter(futexPoller, futexEvent);
            futexEvent.notifyOne();
            assertFalse(waiter.get(30, TimeUnit.SECONDS), () -> "of " + futexPoller);
        }
    }

    /** A registration just before the poller thread ends keeps that thread and starts no other. */
    @Test
    void anEndingPollerThreadChecksForQueuedRegistrations() throws Exception {
        FutexPoller futexPoller = create(FutexSet.CAPACITY);
        futexPoller.running.set(true);
        assertTrue(futexPoller.mayEnd());
        assertFalse(futexPoller.running.get());
        futexPoller.running.set(true);
        FutexEvent futexEvent = new FutexEvent(memory(1), 0);
        FutureTask<Boolean> waiter = startWaiter(futexPoller, futexEvent);
        assertFalse(futexPoller.mayEnd());
        assertTrue(futexPoller.running.get());
        Thread.ofPlatform().daemon().start(futexPoller::pollerLoop);
        futexEvent.notifyOne();
        assertFalse(waiter.get(30, TimeUnit.SECONDS));
    }

    /** The poller thread ends, and inherits nothing from the thread that started it. */
    @Test
    void withoutRegistrationsItsThreadEnds() throws Exception {
        FutexPoller futexPoller = FutexPoller.create(FutexSet.CAPACITY, 20_000_000);
        FutexEvent futexEvent = new FutexEvent(memory(1), 0);
        Set<Thread> before = pollerThreads();
        FutureTask<Boolean> waiter = startWaiter(futexPoller, futexEvent);
        Set<Thread> started = pollerThreads();
        started.removeAll(before);
        assertTrue(started.size() > 0, futexPoller::toString);
        for (Thread thread : started) {
            assertTrue(thread.isDaemon());
            assertTrue(thread.getContextClassLoader() == null, "" + thread.getContextClassLoader());
        }
        futexEvent.notifyOne();
        assertFalse(waiter.get(30, TimeUnit.SECONDS));
        await(() -> started.stream().noneMatch(Thread::isAlive), futexPoller);
    }

    private static Set<Thread> pollerThreads() {
        Set<Thread> keepers = new HashSet<>(Thread.getAllStackTraces().keySet());
        keepers.removeIf(thread -> !thread.getName().equals("sluice-futex-poller"));
        return keepers;
    }

    @Test
    void eachWaiterIsWokenIfTheKernelTakesFewWordsOrNone() throws Exception {
        wakeAll(create(10), 5);
        wakeAll(create(1), 5);
    }

    /**
     * Notifiers that do not wait until all wait: threads come, go and are notified concurrently.
     */
    @Test
    void concurrentWaitersAreWokenEachTime() throws Exception {
        for (int capacity : new int[] {FutexSet.CAPACITY, 1}) {
            FutexPoller futexPoller = create(capacity);
            int players = 8;
            int rounds = capacity == 1 ? 300 : Proof.size(800, 5_000);
            Memory memory = memory(players);
            List<FutureTask<Void>> waiters = new ArrayList<>();
            for (int i = 0; i < players; i++) {
                FutexEvent futexEvent = new FutexEvent(memory, i * LINE_PAIR);
                FutureTask<Void> waiter =
                        new FutureTask<>(
                                () -> {
                                    FutexPoller.Registration registration =
                                            new FutexPoller.Registration(futexEvent);
                                    for (int round = 0; round < rounds; round++) {
                                        futexEvent.prepareWait();
                                        while (futexPoller.await(registration, NO_TIMEOUT)) {}
                                    }
                                    return null;
                                });
                waiters.add(waiter);
                Thread.startVirtualThread(waiter);
            }
            await(
                    () -> {
                        for (int i = 0; i < players; i++) {
                            new FutexEvent(memory, i * LINE_PAIR).notifyOne();
                        }
                        return waiters.stream().allMatch(FutureTask::isDone);
                    },
                    waiters);
        }
    }

    @Test
    void aWaiterOfAVirtualThreadRegisters() throws Exception {
        FutexEvent futexEvent = new FutexEvent(memory(1), 0);
        FutexWaiter waiter = PingPong.untimed(futexEvent, Membarrier::fenceAllThreads, 0);
        FutureTask<Long> sleep =
                new FutureTask<>(
                        () -> {
                            waiter.start(Waiter.NO_TIMEOUT);
                            for (int i = 0; i < 2; ) {
                                waiter.pause();
                                i += futexEvent.isArmed() ? 0 : 1;
                            }
                            return waiter.wakes();
                        });
        Thread thread = Thread.startVirtualThread(sleep);
        for (int i = 0; i < 2; i++) {
            await(() -> thread.getState() == Thread.State.TIMED_WAITING, thread);
            futexEvent.notifyOne();
            await(() -> futexEvent.isArmed() || sleep.isDone(), thread);
        }
        assertEquals(2, sleep.get(30, TimeUnit.SECONDS));
    }

    @Test
    void anInterruptEndsAWaitAtOnce() throws Exception {
        FutexEvent futexEvent = new FutexEvent(memory(1), 0);
        FutureTask<Void> sleep =
                new FutureTask<>(
                        () -> {
                            FutexWaiter waiter =
                                    PingPong.untimed(futexEvent, Membarrier::fenceAllThreads, 0);
                            waiter.start(Waiter.NO_TIMEOUT);
                            try {
                                while (waiter.pause()) {}
                            } finally {
                                waiter.stop();
                            }
                            return null;
                        });
        Thread thread = Thread.startVirtualThread(sleep);
        await(() -> thread.getState() == Thread.State.TIMED_WAITING, thread);
        thread.interrupt();
        Exception e = assertThrows(ExecutionException.class, () -> sleep.get(30, TimeUnit.SECONDS));
        assertEquals(InterruptedException.class, e.getCause().getClass());
        assertFalse(futexEvent.isArmed());
    }

    @Test
    void theTimeIsLimited() throws Exception {
        FutexEvent futexEvent = new FutexEvent(memory(1), 0);
        futexEvent.prepareWait();
        FutexPoller.Registration registration = new FutexPoller.Registration(futexEvent);
        long limit = 20_000_000;
        FutureTask<Long> sleep =
                new FutureTask<>(
                        () -> {
                            long start = System.nanoTime();
                            assertTrue(FutexPoller.ofProcess().await(registration, limit));
                            return System.nanoTime() - start;
                        });
        Thread.startVirtualThread(sleep);
        assertTrue(sleep.get(30, TimeUnit.SECONDS) >= limit);
    }

    /**
     * The page of one waiter is truncated; the others are woken as before, and the poller survives.
     * Repeated, because the JVM's error comes at varying places.
     */
    @RepeatedTest(50)
    void aTruncatedWordHarmsNoOtherWaiter() throws Exception {
        FutexPoller futexPoller = create(FutexSet.CAPACITY);
        try (Descriptor file = Descriptor.create(directory.resolve("file" + System.nanoTime()))) {
            file.allocate(0, 4096);
            Memory cut = Memory.words(Mapping.map(file, 0, 4096).segment());
            Memory whole = memory(1);
            FutureTask<Boolean> failing = startWaiter(futexPoller, new FutexEvent(cut, 0));
            FutureTask<Boolean> other = startWaiter(futexPoller, new FutexEvent(whole, 0));
            file.resize(0);
            new FutexEvent(whole, 0).notifyOne();
            assertFalse(other.get(30, TimeUnit.SECONDS));
            Exception e =
                    assertThrows(ExecutionException.class, () -> failing.get(30, TimeUnit.SECONDS));
            assertEquals(InternalError.class, e.getCause().getClass());
            FutureTask<Boolean> next = startWaiter(futexPoller, new FutexEvent(whole, 0));
            new FutexEvent(whole, 0).notifyOne();
            assertFalse(next.get(30, TimeUnit.SECONDS));
        }
    }

    /** Returns once the thread waits. */
    private static FutureTask<Boolean> startWaiter(FutexPoller futexPoller, FutexEvent futexEvent) {
        FutexPoller.Registration registration = new FutexPoller.Registration(futexEvent);
        futexEvent.prepareWait();
        FutureTask<Boolean> sleep =
                new FutureTask<>(
                        () -> {
                            while (futexPoller.await(registration, NO_TIMEOUT)) {}
                            return false;
                        });
        Thread thread = Thread.startVirtualThread(sleep);
        await(() -> thread.getState() == Thread.State.TIMED_WAITING, thread);
        return sleep;
    }

    @Test
    void whileAllWaitThePollerBlocks() throws Exception {
        FutexPoller futexPoller = create(FutexSet.CAPACITY);
        Memory memory = memory(20);
        List<FutureTask<Boolean>> waiters = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            waiters.add(startWaiter(futexPoller, new FutexEvent(memory, i * LINE_PAIR)));
        }
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long calls = SyscallCounts.snapshot().get("futex_waitv");
        long cpu = pollerCpuNanos(threads);
        FutexWaiter idle = PingPong.untimed(new FutexEvent(memory(1), 0), () -> true, 0);
        long start = System.nanoTime();
        idle.start(500_000_000);
        while (idle.pause()) {}
        // The process's poller checks once a second while it has registrations, and the last
        // registration may still be under way.
        long most = 10 + 10 * (System.nanoTime() - start) / 1_000_000_000;
        long made = SyscallCounts.snapshot().get("futex_waitv") - calls;
        long used = pollerCpuNanos(threads) - cpu;
        assertTrue(made <= most, () -> made + " calls");
        assertTrue(used < 125_000_000, () -> used + " ns of CPU time");
        for (int i = 0; i < 20; i++) {
            new FutexEvent(memory, i * LINE_PAIR).notifyOne();
            assertFalse(waiters.get(i).get(30, TimeUnit.SECONDS));
        }
    }

    private static long pollerCpuNanos(ThreadMXBean threads) {
        long nanos = 0;
        for (var thread : threads.dumpAllThreads(false, false)) {
            if (thread.getThreadName().equals("sluice-futex-poller")) {
                nanos += threads.getThreadCpuTime(thread.getThreadId());
            }
        }
        return nanos;
    }
}
