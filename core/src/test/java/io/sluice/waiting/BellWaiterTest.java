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
import io.sluice.os.Membarrier;
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
@CountsCalls
@Timeout(60)
class BellWaiterTest {
    private static final int WORD = 128;
    private static final long MILLISECOND = 1_000_000;

    private Memory memory;
    private Bell bell;

    @BeforeEach
    void allocate() {
        memory = MappedMemory.words(Arena.ofAuto().allocate(1024, 1024));
        bell = new Bell(memory, WORD);
    }

    private BellWaiter patient() {
        return PingPong.patient(bell, Membarrier::fenceAllThreads, 0);
    }

    /** Returns a waiter with these park timeouts. */
    private BellWaiter napping(long nanos) {
        Naps naps = new Naps(nanos, nanos);
        return new BellWaiter(bell, Rest.NOTHING, Membarrier::fenceAllThreads, 0, naps, naps);
    }

    @Test
    void whoLiesDownIsNoticedThenFencesThenLooksOnceMore() throws Exception {
        List<String> steps = new ArrayList<>();
        Rest rest =
                new Rest() {
                    @Override
                    public boolean lieDown() {
                        steps.add("noticed, armed " + bell.isArmed());
                        return false;
                    }

                    @Override
                    public void getUp() {
                        steps.add("up, armed " + bell.isArmed());
                    }
                };
        BellWaiter waiter = new BellWaiter(bell, rest, () -> steps.add("fenced"), 2);
        waiter.start(Waiter.NO_LIMIT);
        assertTrue(waiter.pause() && waiter.pause());
        assertEquals(List.of(), steps, "it spins");
        assertTrue(waiter.pause());
        assertEquals(List.of("noticed, armed true", "fenced"), steps);
        assertEquals(0, waiter.sleeps(), "it must look before it sleeps");
        bell.ring();
        assertTrue(waiter.pause());
        assertEquals(0, waiter.sleeps(), "it was rung: it lies down again, and looks");
        assertFalse(waiter.stop());
        assertEquals("up, armed false", steps.get(steps.size() - 1));
        assertEquals(5, steps.size(), steps::toString);
    }

    @Test
    void whoWasRungAndHasNotLookedSaysSo() throws Exception {
        BellWaiter waiter = patient();
        waiter.start(Waiter.NO_LIMIT);
        assertFalse(waiter.stop(), "it had not lain down");
        waiter.start(Waiter.NO_LIMIT);
        waiter.pause();
        bell.ring();
        assertTrue(waiter.stop());
        assertFalse(waiter.stop(), "once");
        waiter.start(Waiter.NO_LIMIT);
        waiter.pause();
        bell.ring();
        waiter.pause();
        assertFalse(waiter.stop(), "it has looked, and lay down again");
    }

    @Test
    void aNapThatNobodyEndedIsOverAndOneThatWasRungIsNot() throws Exception {
        BellWaiter waiter = napping(MILLISECOND);
        waiter.start(Waiter.NO_LIMIT);
        assertTrue(waiter.pause());
        assertFalse(waiter.napOver(), "it lay down");
        assertTrue(waiter.pause());
        assertTrue(waiter.napOver());
        assertTrue(bell.isArmed(), "it lies there still");
        waiter.stop();
        FutureTask<Boolean> sleep =
                new FutureTask<>(
                        () -> {
                            BellWaiter woken = patient();
                            woken.start(Waiter.NO_LIMIT);
                            while (woken.wakes() == 0) { // It may be notified before it parks.
                                woken.pause();
                            }
                            assertEquals(1, woken.sleeps());
                            return woken.napOver();
                        });
        Thread.ofPlatform().daemon().start(sleep);
        while (!sleep.isDone()) {
            bell.ring();
        }
        assertFalse(sleep.get(30, TimeUnit.SECONDS));
    }

    @Test
    void theTimeIsLimited() throws Exception {
        BellWaiter waiter = patient();
        waiter.start(0);
        assertFalse(waiter.pause());
        assertFalse(waiter.stop());
        long start = System.nanoTime();
        waiter.start(30 * MILLISECOND);
        while (waiter.pause()) {}
        assertTrue(System.nanoTime() - start >= 30 * MILLISECOND);
        assertTrue(bell.isArmed());
        assertFalse(waiter.stop());
        assertFalse(bell.isArmed());
    }

    @Test
    void interruptionIsNoticedBeforeItSleepsAndAfterANap() throws Exception {
        BellWaiter before = patient();
        before.start(Waiter.NO_LIMIT);
        before.pause();
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, before::pause);
        assertFalse(Thread.interrupted(), "it was taken");
        assertEquals(0, before.sleeps());
        before.stop();
        FutureTask<Void> sleep =
                new FutureTask<>(
                        () -> {
                            BellWaiter waiter = napping(10 * MILLISECOND);
                            waiter.start(Waiter.NO_LIMIT);
                            while (waiter.pause()) {}
                            return null;
                        });
        Thread thread = Thread.ofPlatform().daemon().start(sleep);
        while (!bell.isArmed()) {
            Thread.onSpinWait();
        }
        thread.interrupt();
        Exception e = assertThrows(ExecutionException.class, () -> sleep.get(30, TimeUnit.SECONDS));
        assertEquals(InterruptedException.class, e.getCause().getClass());
    }

    @Test
    void whoWaitsInVainSleepsAFewNapsAndHardlyRuns() throws Exception {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long limit = 500 * MILLISECOND;
        BellWaiter waiter = new BellWaiter(bell, Rest.NOTHING, Membarrier::fenceAllThreads);
        long start = System.nanoTime();
        long cpu = threads.getCurrentThreadCpuTime();
        waiter.start(limit);
        while (waiter.pause()) {}
        cpu = threads.getCurrentThreadCpuTime() - cpu;
        long most = (System.nanoTime() - start) / Naps.FENCED.first() + 1;
        waiter.stop();
        assertTrue(waiter.sleeps() <= most, () -> waiter.sleeps() + " sleeps");
        assertTrue(cpu < limit / 4, cpu + " ns of CPU time");
    }

    /** With the fence, eight timeouts take more than 300 ms on any machine. */
    @Test
    void withoutTheFenceNapsAreShort() throws Exception {
        BellWaiter waiter = new BellWaiter(bell, Rest.NOTHING, () -> false, 0);
        long least = Long.MAX_VALUE;
        for (int attempt = 0; attempt < 50 && least > 300 * MILLISECOND; attempt++) {
            long start = System.nanoTime();
            waiter.start(Waiter.NO_LIMIT);
            for (int i = 0; i < 9; i++) {
                waiter.pause();
            }
            waiter.stop();
            least = Math.min(least, System.nanoTime() - start);
        }
        assertTrue(least < 300 * MILLISECOND, least + " ns");
    }

    @Test
    void aSleepIsOneCallAndLyingDownIsOneFence() throws Exception {
        BellWaiter waiter = napping(1000);
        Membarrier.fenceAllThreads();
        bell.sleep(0);
        var before = Calls.made();
        waiter.start(Waiter.NO_LIMIT);
        for (int i = 0; i < 11; i++) {
            waiter.pause();
        }
        waiter.stop();
        var after = Calls.made();
        assertEquals(before.get("membarrier") + 1, after.get("membarrier"));
        assertEquals(before.get("futex") + 10, after.get("futex"));
    }

    @Test
    void sleepingAllocatesNothing() throws Exception {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        BellWaiter waiter = napping(1);
        long least = Long.MAX_VALUE;
        for (int attempt = 0; attempt < 40 && least > 0; attempt++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 2_000; i++) {
                waiter.start(Waiter.NO_LIMIT);
                waiter.pause(); // enqueues
                waiter.pause(); // parks
                bell.ring();
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
                        () -> new BellWaiter(bell, Rest.NOTHING, () -> true, -1));
        assertTrue(e.getMessage().contains("spins=-1"), e.getMessage());
    }
}
