package io.sluice.waiting;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.sluice.CountsCalls;
import io.sluice.memory.MappedMemory;
import io.sluice.memory.Memory;
import io.sluice.os.Calls;
import io.sluice.os.Descriptor;
import io.sluice.os.FutexSet;
import io.sluice.os.Mapping;
import io.sluice.os.Membarrier;
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
@CountsCalls
@Timeout(120)
class DoorkeeperTest {
    private static final int GUESTS = 200;
    private static final int LINE_PAIR = 128;
    private static final long FOR_EVER = TimeUnit.HOURS.toNanos(1);

    @TempDir Path directory;

    /** Creates a poller with a timeout of an hour: it depends on notifications alone. */
    private static Doorkeeper start(int capacity) {
        return Doorkeeper.make(capacity, FOR_EVER);
    }

    /**
     * Waits until no registration is left; tests that count calls may follow, as the poller makes
     * none.
     */
    static void untilAlone(Doorkeeper doorkeeper) {
        until(() -> doorkeeper.toString().contains(" 0 guests"), doorkeeper);
    }

    @AfterAll
    static void whenAllHaveGoneNobodyIsLeft() {
        untilAlone(Doorkeeper.ofProcess());
    }

    private static Memory memory(int bells) {
        long size = Long.highestOneBit(bells * LINE_PAIR) * 2;
        return MappedMemory.words(Arena.ofAuto().allocate(size, 4096));
    }

    private static void until(BooleanSupplier condition, Object state) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > TimeUnit.SECONDS.toNanos(60)) {
                throw new AssertionError("deadline missed; " + state);
            }
            Thread.yield();
        }
    }

    /** Lets all threads wait at once, and notifies them in random order, for some rounds. */
    private static void wakeAll(Doorkeeper doorkeeper, int rounds) throws Exception {
        Memory memory = memory(GUESTS);
        AtomicInteger[] slept = new AtomicInteger[GUESTS];
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < GUESTS; i++) {
            AtomicInteger count = slept[i] = new AtomicInteger();
            Bell bell = new Bell(memory, i * LINE_PAIR);
            Runnable sleep =
                    () -> {
                        Doorkeeper.Guest guest = new Doorkeeper.Guest(bell);
                        for (int round = 0; round < rounds; round++) {
                            bell.arm();
                            while (doorkeeper.sleep(guest, FOR_EVER)) {}
                            count.incrementAndGet();
                        }
                    };
            threads.add(Thread.startVirtualThread(sleep));
        }
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < GUESTS; i++) {
            order.add(i);
        }
        for (int round = 0; round < rounds; round++) {
            int done = round;
            Collections.shuffle(order, new Random(round));
            for (int i : order) {
                Bell bell = new Bell(memory, i * LINE_PAIR);
                until(() -> slept[i].get() == done && bell.isArmed(), "guest " + i + " comes");
                if (round == 0) {
                    Thread.State parked = Thread.State.TIMED_WAITING;
                    until(() -> threads.get(i).getState() == parked, threads.get(i));
                }
            }
            for (int i : order) {
                new Bell(memory, i * LINE_PAIR).ring();
            }
            for (int i : order) {
                until(() -> slept[i].get() == done + 1, "guest " + i + " of " + doorkeeper);
            }
        }
        for (Thread thread : threads) {
            assertTrue(thread.join(java.time.Duration.ofSeconds(60)), thread::toString);
        }
    }

    @Test
    void everyOneOfTwoHundredIsWoken() throws Exception {
        assertTrue(FutexSet.isAvailable());
        wakeAll(Doorkeeper.ofProcess(), 20);
    }

    /**
     * The poller thread ends when no thread waits for a moment; the next registration starts
     * another.
     */
    @Test
    void everyOneIsWokenThoughItsThreadEndsAgainAndAgain() throws Exception {
        wakeAll(Doorkeeper.make(FutexSet.CAPACITY, 1), 5);
        Doorkeeper doorkeeper = Doorkeeper.make(FutexSet.CAPACITY, 1);
        Bell bell = new Bell(memory(1), 0);
        for (int i = 0; i < 2_000; i++) {
            FutureTask<Boolean> sleeper = sleeper(doorkeeper, bell);
            bell.ring();
            assertFalse(sleeper.get(30, TimeUnit.SECONDS), () -> "of " + doorkeeper);
        }
    }

    /** A registration just before the poller thread ends keeps that thread and starts no other. */
    @Test
    void aThreadThatEndsLooksWhoHasKnocked() throws Exception {
        Doorkeeper doorkeeper = start(FutexSet.CAPACITY);
        doorkeeper.running = true;
        assertTrue(doorkeeper.mayEnd());
        assertFalse(doorkeeper.running);
        doorkeeper.running = true;
        Bell bell = new Bell(memory(1), 0);
        FutureTask<Boolean> sleeper = sleeper(doorkeeper, bell);
        assertFalse(doorkeeper.mayEnd());
        assertTrue(doorkeeper.running);
        Thread.ofPlatform().daemon().start(doorkeeper::keep);
        bell.ring();
        assertFalse(sleeper.get(30, TimeUnit.SECONDS));
    }

    /** The poller thread ends, and inherits nothing from the thread that started it. */
    @Test
    void withoutGuestsItsThreadEnds() throws Exception {
        Doorkeeper doorkeeper = Doorkeeper.make(FutexSet.CAPACITY, 20_000_000);
        Bell bell = new Bell(memory(1), 0);
        Set<Thread> before = keepers();
        FutureTask<Boolean> sleeper = sleeper(doorkeeper, bell);
        Set<Thread> started = keepers();
        started.removeAll(before);
        assertTrue(started.size() > 0, doorkeeper::toString);
        for (Thread thread : started) {
            assertTrue(thread.isDaemon());
            assertTrue(thread.getContextClassLoader() == null, "" + thread.getContextClassLoader());
        }
        bell.ring();
        assertFalse(sleeper.get(30, TimeUnit.SECONDS));
        until(() -> started.stream().noneMatch(Thread::isAlive), doorkeeper);
    }

    private static Set<Thread> keepers() {
        Set<Thread> keepers = new HashSet<>(Thread.getAllStackTraces().keySet());
        keepers.removeIf(thread -> !thread.getName().equals("sluice-doorkeeper"));
        return keepers;
    }

    @Test
    void everyOneIsWokenIfTheKernelTakesFewOrNone() throws Exception {
        wakeAll(start(10), 5);
        wakeAll(start(1), 5);
    }

    /**
     * Notifiers that do not wait until all wait: threads come, go and are notified concurrently.
     */
    @Test
    void whoComesAndGoesIsWokenEveryTime() throws Exception {
        for (int capacity : new int[] {FutexSet.CAPACITY, 1}) {
            Doorkeeper doorkeeper = start(capacity);
            int players = 8;
            int rounds = capacity == 1 ? 300 : 5_000;
            Memory memory = memory(players);
            List<FutureTask<Void>> sleepers = new ArrayList<>();
            for (int i = 0; i < players; i++) {
                Bell bell = new Bell(memory, i * LINE_PAIR);
                FutureTask<Void> sleeper =
                        new FutureTask<>(
                                () -> {
                                    Doorkeeper.Guest guest = new Doorkeeper.Guest(bell);
                                    for (int round = 0; round < rounds; round++) {
                                        bell.arm();
                                        while (doorkeeper.sleep(guest, FOR_EVER)) {}
                                    }
                                    return null;
                                });
                sleepers.add(sleeper);
                Thread.startVirtualThread(sleeper);
            }
            until(
                    () -> {
                        for (int i = 0; i < players; i++) {
                            new Bell(memory, i * LINE_PAIR).ring();
                        }
                        return sleepers.stream().allMatch(FutureTask::isDone);
                    },
                    sleepers);
        }
    }

    @Test
    void aWaiterOfAVirtualThreadGoesThere() throws Exception {
        Bell bell = new Bell(memory(1), 0);
        BellWaiter waiter = PingPong.patient(bell, Membarrier::fenceAllThreads, 0);
        FutureTask<Long> sleep =
                new FutureTask<>(
                        () -> {
                            waiter.start(Waiter.NO_LIMIT);
                            for (int i = 0; i < 2; ) {
                                waiter.pause();
                                i += bell.isArmed() ? 0 : 1;
                            }
                            return waiter.wakes();
                        });
        Thread thread = Thread.startVirtualThread(sleep);
        for (int i = 0; i < 2; i++) {
            until(() -> thread.getState() == Thread.State.TIMED_WAITING, thread);
            bell.ring();
            until(() -> bell.isArmed() || sleep.isDone(), thread);
        }
        assertEquals(2, sleep.get(30, TimeUnit.SECONDS));
    }

    @Test
    void interruptionEndsASleepAtOnce() throws Exception {
        Bell bell = new Bell(memory(1), 0);
        FutureTask<Void> sleep =
                new FutureTask<>(
                        () -> {
                            BellWaiter waiter =
                                    PingPong.patient(bell, Membarrier::fenceAllThreads, 0);
                            waiter.start(Waiter.NO_LIMIT);
                            try {
                                while (waiter.pause()) {}
                            } finally {
                                waiter.stop();
                            }
                            return null;
                        });
        Thread thread = Thread.startVirtualThread(sleep);
        until(() -> thread.getState() == Thread.State.TIMED_WAITING, thread);
        thread.interrupt();
        Exception e = assertThrows(ExecutionException.class, () -> sleep.get(30, TimeUnit.SECONDS));
        assertEquals(InterruptedException.class, e.getCause().getClass());
        assertFalse(bell.isArmed());
    }

    @Test
    void theTimeIsLimited() throws Exception {
        Bell bell = new Bell(memory(1), 0);
        bell.arm();
        Doorkeeper.Guest guest = new Doorkeeper.Guest(bell);
        long limit = 20_000_000;
        FutureTask<Long> sleep =
                new FutureTask<>(
                        () -> {
                            long start = System.nanoTime();
                            assertTrue(Doorkeeper.ofProcess().sleep(guest, limit));
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
    void aGuestWhosePageIsGoneHarmsNobodyElse() throws Exception {
        Doorkeeper doorkeeper = start(FutexSet.CAPACITY);
        try (Descriptor file = Descriptor.create(directory.resolve("file" + System.nanoTime()))) {
            file.allocate(4096);
            Memory cut = MappedMemory.words(Mapping.map(file, 0, 4096).segment());
            Memory whole = memory(1);
            FutureTask<Boolean> victim = sleeper(doorkeeper, new Bell(cut, 0));
            FutureTask<Boolean> other = sleeper(doorkeeper, new Bell(whole, 0));
            file.resize(0);
            new Bell(whole, 0).ring();
            assertFalse(other.get(30, TimeUnit.SECONDS));
            Exception e =
                    assertThrows(ExecutionException.class, () -> victim.get(30, TimeUnit.SECONDS));
            assertEquals(InternalError.class, e.getCause().getClass());
            FutureTask<Boolean> next = sleeper(doorkeeper, new Bell(whole, 0));
            new Bell(whole, 0).ring();
            assertFalse(next.get(30, TimeUnit.SECONDS));
        }
    }

    /** Returns once the thread waits. */
    private static FutureTask<Boolean> sleeper(Doorkeeper doorkeeper, Bell bell) {
        Doorkeeper.Guest guest = new Doorkeeper.Guest(bell);
        bell.arm();
        FutureTask<Boolean> sleep =
                new FutureTask<>(
                        () -> {
                            while (doorkeeper.sleep(guest, FOR_EVER)) {}
                            return false;
                        });
        Thread thread = Thread.startVirtualThread(sleep);
        until(() -> thread.getState() == Thread.State.TIMED_WAITING, thread);
        return sleep;
    }

    @Test
    void whileAllSleepTheDoorkeeperDoesToo() throws Exception {
        Doorkeeper doorkeeper = start(FutexSet.CAPACITY);
        Memory memory = memory(20);
        List<FutureTask<Boolean>> sleepers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            sleepers.add(sleeper(doorkeeper, new Bell(memory, i * LINE_PAIR)));
        }
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long calls = Calls.made().get("futex_waitv");
        long cpu = keepersCpuNanos(threads);
        BellWaiter idle = PingPong.patient(new Bell(memory(1), 0), () -> true, 0);
        long start = System.nanoTime();
        idle.start(500_000_000);
        while (idle.pause()) {}
        // The process's poller checks once a second while it has registrations, and the last
        // registration may still be under way.
        long most = 10 + 10 * (System.nanoTime() - start) / 1_000_000_000;
        long made = Calls.made().get("futex_waitv") - calls;
        long used = keepersCpuNanos(threads) - cpu;
        assertTrue(made <= most, () -> made + " calls");
        assertTrue(used < 125_000_000, () -> used + " ns of CPU time");
        for (int i = 0; i < 20; i++) {
            new Bell(memory, i * LINE_PAIR).ring();
            assertFalse(sleepers.get(i).get(30, TimeUnit.SECONDS));
        }
    }

    private static long keepersCpuNanos(ThreadMXBean threads) {
        long nanos = 0;
        for (var thread : threads.dumpAllThreads(false, false)) {
            if (thread.getThreadName().equals("sluice-doorkeeper")) {
                nanos += threads.getThreadCpuTime(thread.getThreadId());
            }
        }
        return nanos;
    }
}
