package io.sluice.wait;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.sluice.CountsSyscalls;
import io.sluice.linux.Membarrier;
import io.sluice.linux.SyscallCounts;
import io.sluice.memory.Memory;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How an end is enqueued, parks and is dequeued, step by step. */
@CountsSyscalls
@Timeout(60)
class FutexWaiterTest {
    private static final int WORD = 128;
    private static final long MILLISECOND = 1_000_000;

    private Memory memory;
    private FutexEvent futexEvent;

    @BeforeEach
    void allocate() {
        memory = Memory.words(Arena.ofAuto().allocate(1024, 1024));
        futexEvent = new FutexEvent(memory, WORD);
    }

    private FutexWaiter untimed() {
        return PingPong.untimed(futexEvent, Membarrier::fenceAllThreads, 0);
    }

    /** Returns a waiter with these park timeouts. */
    private FutexWaiter withTimeout(long nanos) {
        ParkTimeouts parkTimeouts = new ParkTimeouts(nanos, nanos);
        return new FutexWaiter(
                futexEvent,
                Waiter.Hook.NO_OP,
                Membarrier::fenceAllThreads,
                0,
                parkTimeouts,
                parkTimeouts);
    }

    @Test
    void aWaiterIsVisibleThenFencesThenChecksOnceMore() throws Exception {
        List<String> steps = new ArrayList<>();
        Waiter.Hook waitHook =
                new Waiter.Hook() {
                    @Override
                    public boolean beforeWait() {
                        steps.add("noticed, armed " + futexEvent.isArmed());
                        return false;
                    }

                    @Override
                    public void afterWait() {
                        steps.add("up, armed " + futexEvent.isArmed());
                    }
                };
        FutexWaiter waiter = new FutexWaiter(futexEvent, waitHook, () -> steps.add("fenced"), 2);
        waiter.start(Waiter.NO_TIMEOUT);
        assertTrue(waiter.pause() && waiter.pause());
        assertEquals(List.of(), steps, "it spins");
        assertTrue(waiter.pause());
        assertEquals(List.of("noticed, armed true", "fenced"), steps);
        assertEquals(0, waiter.sleeps(), "it must look before it sleeps");
        futexEvent.notifyOne();
        assertTrue(waiter.pause());
        assertEquals(0, waiter.sleeps(), "it was notified: it prepares to wait again, and looks");
        assertFalse(waiter.stop());
        assertEquals("up, armed false", steps.get(steps.size() - 1));
        assertEquals(5, steps.size(), steps::toString);
    }

    @Test
    void stopReturnsTrueIfNotifiedAndNotCheckedSince() throws Exception {
        FutexWaiter waiter = untimed();
        waiter.start(Waiter.NO_TIMEOUT);
        assertFalse(waiter.stop(), "it had not lain down");
        waiter.start(Waiter.NO_TIMEOUT);
        waiter.pause();
        futexEvent.notifyOne();
        assertTrue(waiter.stop());
        assertFalse(waiter.stop(), "once");
        waiter.start(Waiter.NO_TIMEOUT);
        waiter.pause();
        futexEvent.notifyOne();
        waiter.pause();
        assertFalse(waiter.stop(), "it has looked, and lay down again");
    }

    @Test
    void aWaitTimesOutUnlessNotified() throws Exception {
        FutexWaiter waiter = withTimeout(MILLISECOND);
        waiter.start(Waiter.NO_TIMEOUT);
        assertTrue(waiter.pause());
        assertFalse(waiter.timedOut(), "it lay down");
        assertTrue(waiter.pause());
        assertTrue(waiter.timedOut());
        assertTrue(futexEvent.isArmed(), "it lies there still");
        waiter.stop();
        FutureTask<Boolean> sleep =
                new FutureTask<>(
                        () -> {
                            FutexWaiter woken = untimed();
                            woken.start(Waiter.NO_TIMEOUT);
                            while (woken.wakes() == 0) { // It may be notified before it parks.
                                woken.pause();
                            }
                            assertEquals(1, woken.sleeps());
                            return woken.timedOut();
                        });
        Thread.ofPlatform().daemon().start(sleep);
        while (!sleep.isDone()) {
            futexEvent.notifyOne();
        }
        assertFalse(sleep.get(30, TimeUnit.SECONDS));
    }

    @Test
    void theTimeIsLimited() throws Exception {
        FutexWaiter waiter = untimed();
        waiter.start(0);
        assertFalse(waiter.pause());
        assertFalse(waiter.stop());
        long start = System.nanoTime();
        waiter.start(30 * MILLISECOND);
        while (waiter.pause()) {}
        assertTrue(System.nanoTime() - start >= 30 * MILLISECOND);
        assertTrue(futexEvent.isArmed());
        assertFalse(waiter.stop());
        assertFalse(futexEvent.isArmed());
    }

    @Test
    void anInterruptIsDetectedBeforeAWaitAndAfterATimeout() throws Exception {
        FutexWaiter before = untimed();
        before.start(Waiter.NO_TIMEOUT);
        before.pause();
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, before::pause);
        assertFalse(Thread.interrupted(), "it was taken");
        assertEquals(0, before.sleeps());
        before.stop();
        FutureTask<Void> sleep =
                new FutureTask<>(
                        () -> {
                            FutexWaiter waiter = withTimeout(10 * MILLISECOND);
                            waiter.start(Waiter.NO_TIMEOUT);
                            while (waiter.pause()) {}
                            return null;
                        });
        Thread thread = Thread.ofPlatform().daemon().start(sleep);
        while (!futexEvent.isArmed()) {
            Thread.onSpinWait();
        }
        thread.interrupt();
        Exception e = assertThrows(ExecutionException.class, () -> sleep.get(30, TimeUnit.SECONDS));
        assertEquals(InterruptedException.class, e.getCause().getClass());
    }

    @Test
    void aWaitThatTimesOutBlocksAFewTimesAndHardlyRuns() throws Exception {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long limit = 500 * MILLISECOND;
        FutexWaiter waiter =
                new FutexWaiter(
                        futexEvent,
                        Waiter.Hook.NO_OP,
                        Membarrier::fenceAllThreads,
                        FutexWaiter.DEFAULT_MAX_SPINS);
        long start = System.nanoTime();
        long cpu = threads.getCurrentThreadCpuTime();
        waiter.start(limit);
        while (waiter.pause()) {}
        cpu = threads.getCurrentThreadCpuTime() - cpu;
        long most = (System.nanoTime() - start) / ParkTimeouts.FENCED.initial() + 1;
        waiter.stop();
        assertTrue(waiter.sleeps() <= most, () -> waiter.sleeps() + " sleeps");
        assertTrue(cpu < limit / 4, cpu + " ns of CPU time");
    }

    /** With the fence, eight timeouts take more than 300 ms on any machine. */
    @Test
    void withoutTheFenceTimeoutsAreShort() throws Exception {
        FutexWaiter waiter = new FutexWaiter(futexEvent, Waiter.Hook.NO_OP, () -> false, 0);
        long least = Long.MAX_VALUE;
        for (int attempt = 0; attempt < 50 && least > 300 * MILLISECOND; attempt++) {
            long start = System.nanoTime();
            waiter.start(Waiter.NO_TIMEOUT);
            for (int i = 0; i < 9; i++) {
                waiter.pause();
            }
            waiter.stop();
            least = Math.min(least, System.nanoTime() - start);
        }
        assertTrue(least < 300 * MILLISECOND, least + " ns");
    }

    @Test
    void aWaitIsOneCallAndItsPreparationOneFence() throws Exception {
        FutexWaiter waiter = withTimeout(1000);
        Membarrier.fenceAllThreads();
        futexEvent.await(0);
        var before = SyscallCounts.snapshot();
        waiter.start(Waiter.NO_TIMEOUT);
        for (int i = 0; i < 11; i++) {
            waiter.pause();
        }
        waiter.stop();
        var after = SyscallCounts.snapshot();
        assertEquals(before.get("membarrier") + 1, after.get("membarrier"));
        assertEquals(before.get("futex") + 10, after.get("futex"));
    }

    @Test
    void waitingAllocatesNothing() throws Exception {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        FutexWaiter waiter = withTimeout(1);
        long least = Long.MAX_VALUE;
        for (int attempt = 0; attempt < 40 && least > 0; attempt++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 2_000; i++) {
                waiter.start(Waiter.NO_TIMEOUT);
                waiter.pause(); // enqueues
                waiter.pause(); // parks
                futexEvent.notifyOne();
                waiter.pause(); // enqueues
                waiter.stop();
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertEquals(0, least);
        assertTrue(waiter.sleeps() >= 2_000);
    }

    @Test
    void aNumberOfSpinsBelowNoneIsRefused() {
        Exception e =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> new FutexWaiter(futexEvent, Waiter.Hook.NO_OP, () -> true, -1));
        assertTrue(e.getMessage().contains("spins=-1"), e.getMessage());
    }
}
