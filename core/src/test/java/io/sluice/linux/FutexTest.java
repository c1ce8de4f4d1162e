package io.sluice.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.sluice.CountsSyscalls;
import io.sluice.linux.Futex.FutexSet;
import io.sluice.linux.Futex.WaitResult;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Waiting on words of a mapped file, and waking through another mapping of it. */
@CountsSyscalls
@Timeout(60)
class FutexTest {
    private static final int SIZE = 8192;
    private static final int WORD = 4096; // On the second page, which a peer can cut off.
    private static final long MILLISECOND = 1_000_000;

    @TempDir Path directory;
    private Descriptor file;
    private Mapping mapping;
    private MemorySegment one;
    private MemorySegment other;

    @BeforeEach
    void map() throws IOException {
        file = Descriptor.create(directory.resolve("file"));
        file.allocate(0, SIZE);
        mapping = Mapping.map(file, 0, SIZE);
        one = mapping.segment();
        other = Mapping.map(file, 0, SIZE).segment();
    }

    @AfterEach
    void close() {
        file.close();
    }

    private static FutureTask<WaitResult> start(FutureTask<WaitResult> sleep) {
        Thread.ofPlatform().daemon().start(sleep);
        return sleep;
    }

    private FutureTask<WaitResult> waiter(long nanos) {
        return start(new FutureTask<>(() -> Futex.wait(one, WORD, 0, nanos)));
    }

    private static WaitResult waitResult(FutureTask<WaitResult> sleep) throws Exception {
        return sleep.get(30, TimeUnit.SECONDS);
    }

    @Test
    void aWakeUpThroughAnotherMappingEndsTheWait() throws Exception {
        FutureTask<WaitResult> sleep = waiter(Long.MAX_VALUE);
        while (Futex.wake(other, WORD, 1) == 0) {
            Thread.onSpinWait();
        }
        assertEquals(WaitResult.WOKEN, waitResult(sleep));
        assertEquals(0, Futex.wake(other, WORD, 1), "no waiter is left");
    }

    @Test
    void noMoreAreWokenThanRequested() throws Exception {
        FutureTask<WaitResult> first = waiter(Long.MAX_VALUE);
        FutureTask<WaitResult> second = waiter(Long.MAX_VALUE);
        for (int woken = 0; woken < 2; ) {
            int now = Futex.wake(other, WORD, 1);
            assertTrue(now <= 1, () -> now + " were woken");
            woken += now;
        }
        assertEquals(WaitResult.WOKEN, waitResult(first));
        assertEquals(WaitResult.WOKEN, waitResult(second));
    }

    @Test
    void anUnexpectedValuePreventsTheWait() throws Exception {
        other.set(ValueLayout.JAVA_INT, WORD, 7);
        assertEquals(WaitResult.VALUE_CHANGED, Futex.wait(one, WORD, 0, Long.MAX_VALUE));
        assertEquals(WaitResult.TIMED_OUT, Futex.wait(one, WORD, 7, MILLISECOND));
    }

    @Test
    void theTimeoutHoldsAndZeroDoesNotBlock() throws Exception {
        long start = System.nanoTime();
        assertEquals(WaitResult.TIMED_OUT, Futex.wait(one, WORD, 0, 20 * MILLISECOND));
        assertTrue(System.nanoTime() - start >= 20 * MILLISECOND);
        assertEquals(WaitResult.TIMED_OUT, Futex.wait(one, WORD, 0, 0));
        assertEquals(WaitResult.TIMED_OUT, Futex.wait(one, WORD, 0, Long.MIN_VALUE));
    }

    @Test
    void aTruncatedWordIsAnError() throws Exception {
        file.resize(WORD);
        String message = "EFAULT";
        Exception e =
                assertThrows(
                        SystemCallException.class, () -> Futex.wait(one, WORD, 0, Long.MAX_VALUE));
        assertTrue(e.getMessage().contains(message), e.getMessage());
        e = assertThrows(SystemCallException.class, () -> Futex.wake(one, WORD, 1));
        assertTrue(e.getMessage().contains(message), e.getMessage());
    }

    @Test
    void aClosedMappingReadsZeroAndIsNeverWoken() throws Exception {
        one.set(ValueLayout.JAVA_INT, WORD, 1);
        mapping.close();
        assertEquals(WaitResult.VALUE_CHANGED, Futex.wait(one, WORD, 1, Long.MAX_VALUE));
        assertEquals(WaitResult.TIMED_OUT, Futex.wait(one, WORD, 0, MILLISECOND));
        assertEquals(0, Futex.wake(one, WORD, 1));
    }

    @Test
    void aWordThatIsUnalignedOrOnTheHeapIsRefused() {
        MemorySegment heap = MemorySegment.ofArray(new int[1]);
        assertThrows(IllegalArgumentException.class, () -> Futex.wake(heap, 0, 1));
        assertThrows(IllegalArgumentException.class, () -> Futex.wake(one, 2, 1));
        assertThrows(IndexOutOfBoundsException.class, () -> Futex.wake(one, SIZE, 1));
        assertThrows(IndexOutOfBoundsException.class, () -> Futex.wait(one, -4, 0, 0));
    }

    @Test
    void aWaitOnManyWordsEndsAtAnyOfThem() throws Exception {
        for (int word = 0; word < FutexSet.CAPACITY; word += FutexSet.CAPACITY - 1) {
            FutureTask<WaitResult> sleep =
                    start(
                            new FutureTask<>(
                                    () -> {
                                        FutexSet set = new FutexSet();
                                        for (int i = 0; i < FutexSet.CAPACITY; i++) {
                                            set.add(one, 4L * i, 0);
                                        }
                                        return set.await(Long.MAX_VALUE);
                                    }));
            while (Futex.wake(other, 4L * word, 1) == 0) {
                Thread.onSpinWait();
            }
            assertEquals(WaitResult.WOKEN, waitResult(sleep));
        }
    }

    @Test
    void aWaitOnManyWordsComparesThemAllAndTimesOut() throws Exception {
        FutexSet set = new FutexSet();
        set.add(one, 0, 0);
        set.add(one, WORD, -1);
        assertEquals(WaitResult.VALUE_CHANGED, set.await(Long.MAX_VALUE));
        other.set(ValueLayout.JAVA_INT, WORD, -1);
        long start = System.nanoTime();
        assertEquals(WaitResult.TIMED_OUT, set.await(20 * MILLISECOND));
        assertTrue(System.nanoTime() - start >= 20 * MILLISECOND);
        assertEquals(WaitResult.TIMED_OUT, set.await(-1));
        file.resize(WORD);
        assertThrows(SystemCallException.class, () -> set.await(Long.MAX_VALUE));
    }

    @Test
    void aSetHoldsNoMoreThanTheKernelTakes() {
        FutexSet set = new FutexSet();
        assertThrows(SystemCallException.class, () -> set.await(0), "empty");
        for (int i = 0; i < FutexSet.CAPACITY; i++) {
            set.add(one, 0, 0);
        }
        assertThrows(IllegalStateException.class, () -> set.add(one, 0, 0));
        assertEquals(FutexSet.CAPACITY, set.size());
        set.clear();
        assertEquals(0, set.size());
    }

    @Test
    void callsAreCounted() throws Exception {
        FutexSet set = new FutexSet();
        set.add(one, 0, 0);
        Map<String, Long> before = Libc.callCounts();
        Futex.wait(one, WORD, 0, 0);
        Futex.wake(one, WORD, 1);
        set.await(0);
        Map<String, Long> after = Libc.callCounts();
        assertEquals(before.get("futex") + 2, after.get("futex"));
        assertEquals(before.get("futex_waitv") + 1, after.get("futex_waitv"));
    }

    @Test
    void aCallAllocatesNothing() throws Exception {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        FutexSet set = new FutexSet();
        long least = Long.MAX_VALUE;
        for (int attempt = 0; attempt < 40 && least > 0; attempt++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 5_000; i++) {
                Futex.wait(one, WORD, 0, 0);
                Futex.wait(one, WORD, 1, 0);
                Futex.wake(one, WORD, 1);
                set.clear();
                set.add(one, WORD, 0);
                set.await(0);
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertEquals(0, least);
    }

    @Test
    void memoryOfAnArenaWillDoAsWell() throws Exception {
        try (Arena arena = Arena.ofConfined()) {
            assertEquals(WaitResult.TIMED_OUT, Futex.wait(arena.allocate(4, 4), 0, 0, 0));
        }
    }
}
