package io.sluice.wait;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.Proof;
import io.sluice.linux.Membarrier;
import io.sluice.memory.HeapMemory;
import io.sluice.memory.Memory;
import java.lang.foreign.Arena;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two threads wake each other thousands of times, or try to miss each other. */
@Timeout(120)
class LostWakeUpTest {
    private static final long TURN_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final int ROUNDS = Proof.size(500, 10_000);
    private static final int ATTEMPTS = Proof.size(1_000, 20_000);

    @AfterAll
    static void noRegistrationIsLeft() {
        FutexPollerTest.awaitNoRegistrations(FutexPoller.ofProcess());
    }

    private static Memory memory() {
        return Memory.words(Arena.ofAuto().allocate(PingPong.SIZE, PingPong.SIZE));
    }

    private static void play(int rounds, PingPong one, PingPong two, Thread.Builder kind)
            throws Exception {
        FutureTask<Integer> answers = new FutureTask<>(() -> two.play(rounds, TURN_TIMEOUT_NANOS));
        FutureTask<Integer> strokes = new FutureTask<>(() -> one.play(rounds, TURN_TIMEOUT_NANOS));
        kind.start(answers);
        kind.start(strokes);
        assertEquals(rounds, strokes.get(60, TimeUnit.SECONDS), () -> one + "; " + two);
        assertEquals(rounds, answers.get(60, TimeUnit.SECONDS), () -> one + "; " + two);
    }

    private static void play(int rounds, Memory memory, int spins, Thread.Builder kind)
            throws Exception {
        PingPong one = PingPong.untimed(memory, 0, spins, Membarrier::fenceAllThreads);
        PingPong two = PingPong.untimed(memory, 1, spins, Membarrier::fenceAllThreads);
        play(rounds, one, two, kind);
    }

    @Test
    void noneIsLostBetweenThreadsThatBlockAtOnce() throws Exception {
        play(ROUNDS, memory(), 0, Thread.ofPlatform().daemon());
    }

    @Test
    void noneIsLostBetweenThreadsThatSpinFirst() throws Exception {
        play(ROUNDS, memory(), 100, Thread.ofPlatform().daemon());
    }

    @Test
    void noneIsLostBetweenVirtualThreads() throws Exception {
        play(ROUNDS, memory(), 0, Thread.ofVirtual());
        play(ROUNDS, memory(), 100, Thread.ofVirtual());
    }

    @Test
    void onTheHeapATimeoutBoundsTheWait() throws Exception {
        play(500, new HeapMemory(PingPong.SIZE), 0, Thread.ofPlatform().daemon());
        play(500, new HeapMemory(PingPong.SIZE), 0, Thread.ofVirtual());
    }

    @Test
    void withoutTheFenceATimeoutBoundsTheWait() throws Exception {
        Memory memory = memory();
        for (Thread.Builder kind :
                new Thread.Builder[] {Thread.ofPlatform().daemon(), Thread.ofVirtual()}) {
            memory.setLong(0, 0);
            PingPong one = PingPong.timed(memory, 0, 10, () -> false);
            PingPong two = PingPong.timed(memory, 1, 10, () -> false);
            play(2_000, one, two, kind);
        }
    }

    /**
     * The store-load order that a processor does not keep by itself: a waker stores and notifies
     * while a waiter enqueues and checks; at least one of them sees the other.
     */
    @Test
    void aWaiterAndAWakerNeverMissEachOther() throws Exception {
        Memory memory = memory();
        int message = 0;
        int start = 512;
        int done = 1024;
        FutexEvent futexEvent = new FutexEvent(memory, 2048);
        FutureTask<Void> waker =
                new FutureTask<>(
                        () -> {
                            FutexEvent notifier = new FutexEvent(memory, 2048);
                            for (int i = 1; i <= ATTEMPTS; i++) {
                                while (memory.getLongAcquire(start) != i) {
                                    Thread.onSpinWait();
                                }
                                memory.setLongRelease(message, i);
                                notifier.notifyOne();
                                memory.setLongRelease(done, i);
                            }
                            return null;
                        });
        Thread.ofPlatform().daemon().start(waker);
        FutexWaiter waiter =
                new FutexWaiter(futexEvent, Waiter.Hook.NO_OP, Membarrier::fenceAllThreads, 0);
        int missed = 0;
        int seen = 0;
        for (int i = 1; i <= ATTEMPTS; i++) {
            waiter.start(Waiter.NO_TIMEOUT);
            memory.setLongRelease(start, i);
            for (int delay = i % 64; delay > 0; delay--) {
                memory.getLongAcquire(start);
            }
            waiter.pause(); // enqueues
            boolean found = memory.getLongAcquire(message) == i;
            while (memory.getLongAcquire(done) != i) {
                Thread.onSpinWait();
            }
            if (found) {
                seen++;
            } else if (futexEvent.isArmed()) {
                missed++;
            }
            waiter.stop();
        }
        waker.get(60, TimeUnit.SECONDS);
        System.out.println(seen + " of " + ATTEMPTS + " messages were seen by the last look");
        assertEquals(0, missed, "of " + ATTEMPTS);
    }
}
