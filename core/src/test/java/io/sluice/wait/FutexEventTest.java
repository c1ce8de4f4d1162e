package io.sluice.wait;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.CountsSyscalls;
import io.sluice.linux.Descriptor;
import io.sluice.linux.Mapping;
import io.sluice.linux.SyscallCounts;
import io.sluice.memory.HeapMemory;
import io.sluice.memory.Memory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A futex event: arming and disarming, the result of a notification, hostile peers. */
@CountsSyscalls
@Timeout(60)
class FutexEventTest {
    private static final int SIZE = 8192;
    private static final int WORD = 4096; // On the second page, which a peer can truncate.
    private static final long MILLISECOND = 1_000_000;

    @TempDir Path directory;
    private Descriptor file;
    private Mapping mapping;
    private Memory memory;
    private FutexEvent futexEvent;
    private FutexEvent peer;

    @BeforeEach
    void map() throws IOException {
        file = Descriptor.create(directory.resolve("file"));
        file.allocate(0, SIZE);
        mapping = Mapping.map(file, 0, SIZE);
        memory = Memory.words(mapping.segment());
        futexEvent = new FutexEvent(memory, WORD);
        peer = new FutexEvent(Memory.words(Mapping.map(file, 0, SIZE).segment()), WORD);
    }

    @AfterEach
    void close() {
        file.close();
    }

    private static <T> FutureTask<T> start(FutureTask<T> task) {
        Thread.ofPlatform().daemon().start(task);
        return task;
    }

    private static <T> T result(FutureTask<T> task) throws Exception {
        return task.get(30, TimeUnit.SECONDS);
    }

    private static long futexCalls() {
        return SyscallCounts.snapshot().getOrDefault("futex", 0L);
    }

    @Test
    void notifyWithoutAWaiterIsNoCall() {
        Map<String, Long> before = SyscallCounts.snapshot();
        for (int i = 0; i < 1_000_000; i++) {
            assertFalse(peer.notifyOne());
        }
        assertFalse(FutexEvent.isArmed(memory, WORD));
        assertEquals(before, SyscallCounts.snapshot());
    }

    @Test
    void notifyWakesTheWaiterAndReturnsTrue() throws Exception {
        for (int i = 0; i < 100; i++) {
            futexEvent.prepareWait();
            assertTrue(FutexEvent.isArmed(memory, WORD));
            FutureTask<Boolean> sleep =
                    start(new FutureTask<>(() -> futexEvent.await(Long.MAX_VALUE)));
            boolean woken = peer.notifyOne();
            assertFalse(result(sleep), "it was notified");
            assertFalse(peer.notifyOne(), "once");
            if (!woken) {
                assertFalse(futexEvent.isArmed(), "it had not lain down, and did not");
            }
        }
    }

    /** The event of a dead end: the notifier learns that no thread waits, and notifies another. */
    @Test
    void notifyWithoutABlockedThreadWakesNone() {
        futexEvent.prepareWait();
        assertFalse(peer.notifyOne());
        assertFalse(futexEvent.isArmed());
        assertFalse(futexEvent.cancelWait(), "it was notified");
    }

    @Test
    void cancelWaitReturnsTrueIfNotNotified() {
        futexEvent.prepareWait();
        assertTrue(futexEvent.cancelWait());
        assertFalse(futexEvent.cancelWait());
        assertFalse(peer.notifyOne());
    }

    @Test
    void awaitIsOneCallAndTimesOut() {
        futexEvent.prepareWait();
        long before = futexCalls();
        long start = System.nanoTime();
        assertTrue(futexEvent.await(20 * MILLISECOND), "not notified");
        assertTrue(System.nanoTime() - start >= 20 * MILLISECOND);
        assertEquals(before + 1, futexCalls());
        futexEvent.cancelWait();
        assertFalse(futexEvent.await(Long.MAX_VALUE), "it is not armed");
    }

    /** Another notifier comes between the check and the swap: only one makes the call. */
    @Test
    void ofTwoConcurrentNotifiersOneSucceeds() {
        for (Memory place : new Memory[] {memory, new HeapMemory(SIZE)}) {
            MemoryHook hook = new MemoryHook(place);
            FutexEvent late = new FutexEvent(hook, WORD);
            FutexEvent quick = new FutexEvent(place, WORD);
            boolean[] notified = new boolean[1];
            quick.prepareWait();
            hook.afterNextRead(() -> notified[0] = quick.notifyOne());
            long before = futexCalls();
            assertFalse(late.notifyOne());
            assertEquals(place != memory, notified[0]);
            assertEquals(place == memory ? 1 : 0, futexCalls() - before);
        }
    }

    /** If the waiter has gone meanwhile, its word stays as it is. */
    @Test
    void aLateNotifyChangesNothing() {
        MemoryHook hook = new MemoryHook(memory);
        hook.afterNextRead(() -> memory.setLong(WORD, 77));
        futexEvent.prepareWait();
        long before = futexCalls();
        assertFalse(new FutexEvent(hook, WORD).notifyOne());
        assertEquals(77, memory.getLong(WORD));
        assertEquals(before, futexCalls());
    }

    @Test
    void anyOtherValueCountsAsDisarmedAndIsOverwritten() {
        for (long value : new long[] {2, -1, 1L << 32, (1L << 32) + 1, Long.MIN_VALUE + 1}) {
            memory.setLong(WORD, value);
            assertFalse(futexEvent.isArmed());
            assertFalse(FutexEvent.isArmed(memory, WORD));
            assertFalse(peer.notifyOne());
            assertFalse(futexEvent.cancelWait());
            assertEquals(value, memory.getLong(WORD));
            assertFalse(futexEvent.await(MILLISECOND), "counts as notified");
            futexEvent.prepareWait();
            assertTrue(futexEvent.isArmed());
        }
    }

    @Test
    void aTruncatedPageIsAnErrorForItsWaiterAndItsWaker() throws Exception {
        futexEvent.prepareWait();
        FutureTask<Boolean> sleep =
                start(
                        new FutureTask<>(
                                () -> {
                                    while (futexEvent.await(MILLISECOND)) {}
                                    return true;
                                }));
        file.resize(WORD);
        Throwable e =
                assertThrows(java.util.concurrent.ExecutionException.class, () -> result(sleep));
        assertEquals(InternalError.class, e.getCause().getClass());
        assertThrows(InternalError.class, peer::notifyOne);
        assertThrows(InternalError.class, futexEvent::prepareWait);
    }

    @Test
    void awaitOnAClosedMappingTimesOut() throws Exception {
        futexEvent.prepareWait();
        long before = futexCalls();
        FutureTask<Boolean> sleep =
                start(new FutureTask<>(() -> futexEvent.await(100 * MILLISECOND)));
        while (futexCalls() == before) {
            Thread.onSpinWait();
        }
        mapping.close();
        assertFalse(result(sleep), "there is a zero");
        assertFalse(futexEvent.notifyOne());
        futexEvent.prepareWait();
        assertTrue(futexEvent.await(MILLISECOND));
    }

    @Test
    void onTheHeapAwaitIsAShortParkAndNoCall() {
        FutexEvent heap = new FutexEvent(new HeapMemory(SIZE), WORD);
        Map<String, Long> before = SyscallCounts.snapshot();
        heap.prepareWait();
        assertTrue(heap.await(Long.MAX_VALUE), "a millisecond at most, not notified");
        assertTrue(heap.notifyOne());
        assertFalse(heap.isArmed());
        assertEquals(before, SyscallCounts.snapshot());
    }
}
