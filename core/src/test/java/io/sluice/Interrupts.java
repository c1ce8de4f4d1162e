package io.sluice;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Interrupts threads in turn, and less often while no message passes: two calls that must meet
 * never do if each is interrupted before the other has been woken, which takes long on some
 * machines.
 */
final class Interrupts {
    /** About the time that {@code parkNanos} takes at least. */
    private static final long SHORTEST_PARK_NANOS = 50_000;

    private static final long LONGEST_NANOS = 20_000_000;
    private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(Proof.size(60, 300));

    private Interrupts() {}

    /**
     * Interrupts until all of the threads have ended.
     *
     * @param threads the threads, which repeat what was interrupted
     * @param shortest the shortest time between two interrupts, in nanoseconds
     * @param passed returns the number of messages that have passed
     * @param state returns what a missed deadline reports
     */
    static void untilEnded(
            List<Thread> threads, long shortest, LongSupplier passed, Supplier<String> state)
            throws InterruptedException {
        long start = System.nanoTime();
        long pause = shortest;
        long before = 0;
        while (threads.stream().anyMatch(Thread::isAlive)) {
            for (Thread thread : threads) {
                thread.interrupt();
                pause(pause);
            }
            long now = passed.getAsLong();
            pause =
                    now > before
                            ? Math.max(pause / 2, shortest)
                            : Math.min(pause * 2, LONGEST_NANOS);
            before = now;
            assertTrue(
                    System.nanoTime() - start < DEADLINE_NANOS,
                    () -> now + " messages have passed; " + state.get());
        }
    }

    private static void pause(long nanos) throws InterruptedException {
        long start = System.nanoTime();
        do {
            if (nanos < SHORTEST_PARK_NANOS) {
                Thread.yield();
            } else {
                LockSupport.parkNanos(nanos);
            }
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        } while (System.nanoTime() - start < nanos);
    }
}
