package io.sluice.waiting;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.CountsCalls;
import io.sluice.memory.HeapMemory;
import io.sluice.memory.MappedMemory;
import io.sluice.memory.Memory;
import io.sluice.os.Calls;
import io.sluice.os.Descriptor;
import io.sluice.os.Mapping;
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
@CountsCalls
@Timeout(60)
class BellTest {
    private static final int SIZE = 8192;
    private static final int WORD = 4096; // On the second page, which a peer can truncate.
    private static final long MILLISECOND = 1_000_000;

    @TempDir Path directory;
    private Descriptor file;
    private Mapping mapping;
    private Memory memory;
    private Bell bell;
    private Bell peer;

    @BeforeEach
    void map() throws IOException {
        file = Descriptor.create(directory.resolve("file"));
        file.allocate(SIZE);
        mapping = Mapping.map(file, 0, SIZE);
        memory = MappedMemory.words(mapping.segment());
        bell = new Bell(memory, WORD);
        peer = new Bell(MappedMemory.words(Mapping.map(file, 0, SIZE).segment()), WORD);
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
        return Calls.made().getOrDefault("futex", 0L);
    }

    @Test
    void ringingWhileNobodySleepsIsNoCall() {
        Map<String, Long> before = Calls.made();
        for (int i = 0; i < 1_000_000; i++) {
            assertFalse(peer.ring());
        }
        assertFalse(Bell.isArmed(memory, WORD));
        assertEquals(before, Calls.made());
    }

    @Test
    void ringingWakesTheSleeperAndSaysSo() throws Exception {
        for (int i = 0; i < 100; i++) {
            bell.arm();
            assertTrue(Bell.isArmed(memory, WORD));
            FutureTask<Boolean> sleep = start(new FutureTask<>(() -> bell.sleep(Long.MAX_VALUE)));
            boolean woken = peer.ring();
            assertFalse(result(sleep), "it was rung");
            assertFalse(peer.ring(), "once");
            if (!woken) {
                assertFalse(bell.isArmed(), "it had not lain down, and did not");
            }
        }
    }

    /** The event of a dead end: the notifier learns that no thread waits, and notifies another. */
    @Test
    void ringingWhereNobodyLiesWakesNobody() {
        bell.arm();
        assertFalse(peer.ring());
        assertFalse(bell.isArmed());
        assertFalse(bell.disarm(), "it was rung");
    }

    @Test
    void whoGetsUpByItselfKnowsThatNobodyRang() {
        bell.arm();
        assertTrue(bell.disarm());
        assertFalse(bell.disarm());
        assertFalse(peer.ring());
    }

    @Test
    void aSleepIsOneCallAndEndsWhenItsTimeIsOver() {
        bell.arm();
        long before = futexCalls();
        long start = System.nanoTime();
        assertTrue(bell.sleep(20 * MILLISECOND), "nobody rang");
        assertTrue(System.nanoTime() - start >= 20 * MILLISECOND);
        assertEquals(before + 1, futexCalls());
        bell.disarm();
        assertFalse(bell.sleep(Long.MAX_VALUE), "it is not armed");
    }

    /** Another notifier comes between the check and the swap: only one makes the call. */
    @Test
    void ofTwoWhoRingAtOnceOnlyOneDoes() {
        for (Memory place : new Memory[] {memory, new HeapMemory(SIZE)}) {
            MemoryHook hook = new MemoryHook(place);
            Bell late = new Bell(hook, WORD);
            Bell quick = new Bell(place, WORD);
            boolean[] rang = new boolean[1];
            quick.arm();
            hook.afterNextRead(() -> rang[0] = quick.ring());
            long before = futexCalls();
            assertFalse(late.ring());
            assertEquals(place != memory, rang[0]);
            assertEquals(place == memory ? 1 : 0, futexCalls() - before);
        }
    }

    /** If the waiter has gone meanwhile, its word stays as it is. */
    @Test
    void whoRingsTooLateChangesNothing() {
        MemoryHook hook = new MemoryHook(memory);
        hook.afterNextRead(() -> memory.setLong(WORD, 77));
        bell.arm();
        long before = futexCalls();
        assertFalse(new Bell(hook, WORD).ring());
        assertEquals(77, memory.getLong(WORD));
        assertEquals(before, futexCalls());
    }

    @Test
    void anyOtherValueCountsAsDisarmedAndIsOverwritten() {
        for (long value : new long[] {2, -1, 1L << 32, (1L << 32) + 1, Long.MIN_VALUE + 1}) {
            memory.setLong(WORD, value);
            assertFalse(bell.isArmed());
            assertFalse(Bell.isArmed(memory, WORD));
            assertFalse(peer.ring());
            assertFalse(bell.disarm());
            assertEquals(value, memory.getLong(WORD));
            assertFalse(bell.sleep(MILLISECOND), "counts as rung");
            bell.arm();
            assertTrue(bell.isArmed());
        }
    }

    @Test
    void aPageThatIsCutOffIsAnErrorForItsSleeperAndItsWaker() throws Exception {
        bell.arm();
        FutureTask<Boolean> sleep =
                start(
                        new FutureTask<>(
                                () -> {
                                    while (bell.sleep(MILLISECOND)) {}
                                    return true;
                                }));
        file.resize(WORD);
        Throwable e =
                assertThrows(java.util.concurrent.ExecutionException.class, () -> result(sleep));
        assertEquals(InternalError.class, e.getCause().getClass());
        assertThrows(InternalError.class, peer::ring);
        assertThrows(InternalError.class, bell::arm);
    }

    @Test
    void whoSleepsBehindAClosedMappingIsUpWhenItsTimeIsOver() throws Exception {
        bell.arm();
        long before = futexCalls();
        FutureTask<Boolean> sleep = start(new FutureTask<>(() -> bell.sleep(100 * MILLISECOND)));
        while (futexCalls() == before) {
            Thread.onSpinWait();
        }
        mapping.close();
        assertFalse(result(sleep), "there is a zero");
        assertFalse(bell.ring());
        bell.arm();
        assertTrue(bell.sleep(MILLISECOND));
    }

    @Test
    void onTheHeapASleepIsANapAndNoCall() {
        Bell heap = new Bell(new HeapMemory(SIZE), WORD);
        Map<String, Long> before = Calls.made();
        heap.arm();
        assertTrue(heap.sleep(Long.MAX_VALUE), "a millisecond at most, and nobody rang");
        assertTrue(heap.ring());
        assertFalse(heap.isArmed());
        assertEquals(before, Calls.made());
    }
}
