package io.sluice.compare.rig;

import io.sluice.compare.result.FloorReading;
import io.sluice.linux.Futex;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;

/**
 * Steps of the floor that take two threads of this process, one on each CPU of the pair, or both on
 * one. Between threads and between processes the hardware does the same.
 */
final class ThreadPair {
    private static final long DEADLINE_SECONDS = 20;

    /** If other threads are runnable on the CPUs, each hand-over may take a time slice. */
    private static final long LIMIT_NS = TimeUnit.MILLISECONDS.toNanos(200);

    private static final int COPIES = 400;
    private static final int COLD_COPIES = 50;
    private static final int WAKES = 300;
    private static final int YIELDS = 3000;
    private static final long WAKE_PERIOD_NS = 200_000;
    private static final long JITTER_NS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long JITTER_GAP_NS = 1000;
    private static final long FUTEX_TIMEOUT_NS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final VarHandle INT = ValueLayout.JAVA_INT.varHandle();

    private final Placement place;

    ThreadPair(Placement place) {
        this.place = place;
    }

    /** What is repeated: it gets the number of its repetition. */
    interface TimedStep {
        long run(long n) throws IOException;
    }

    /** What two threads alternate by. */
    private static final class Turns {
        private final AtomicLong turn = new AtomicLong();
        private volatile boolean isOver;

        private boolean isAwaited(long next) {
            return turn.get() < next && !isOver;
        }

        private void await(long next) {
            while (isAwaited(next)) {}
        }
    }

    /** Runs it in a thread on the first CPU. */
    <T> T runOnFirst(Callable<T> task) throws IOException {
        return get(runOn(place.cpu(0), task));
    }

    private static <T> FutureTask<T> runOn(int cpu, Callable<T> task) {
        FutureTask<T> pinned =
                new FutureTask<>(
                        () -> {
                            Placement.pin(cpu);
                            return task.call();
                        });
        Thread.ofPlatform().daemon().start(pinned);
        return pinned;
    }

    private static <T> T get(FutureTask<T> result) throws IOException {
        try {
            return result.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("a step of the floor failed: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /**
     * Repeats a step, while a thread on another CPU repeats its counterpart.
     *
     * @param step returns nanoseconds
     * @param cold how many of the first are not recorded
     */
    private static Histogram repeat(
            Turns turns, int cpu, TimedStep counterpart, TimedStep step, int cold, int n)
            throws IOException {
        FutureTask<Long> other =
                runOn(
                        cpu,
                        () -> {
                            try {
                                long i = 1;
                                while (!turns.isOver) {
                                    counterpart.run(i++);
                                }
                                return i;
                            } finally {
                                turns.isOver = true;
                            }
                        });
        Histogram histogram = Conversation.histogram();
        long limit = System.nanoTime() + LIMIT_NS;
        for (long i = 1; i <= n && System.nanoTime() < limit && !turns.isOver; i++) {
            long nanos = step.run(i);
            if (i > cold) {
                Conversation.record(histogram, nanos);
            }
        }
        turns.isOver = true;
        get(other);
        return histogram;
    }

    /** Measures copying what the other CPU has just written: medians, by bytes. */
    Map<Integer, Double> copyRemote(int[] sizes) throws IOException {
        Map<Integer, Double> times = new TreeMap<>();
        for (int size : place.separateCpus() ? sizes : new int[0]) {
            // The writer may still be in its last round when the reader is done.
            MemorySegment from = Arena.ofAuto().allocate(size, 64);
            MemorySegment to = Arena.ofAuto().allocate(size, 64);
            Turns turns = new Turns();
            TimedStep write =
                    i -> {
                        from.fill((byte) i);
                        turns.turn.set(2 * i - 1);
                        turns.await(2 * i);
                        return i;
                    };
            TimedStep read =
                    i -> {
                        turns.await(2 * i - 1);
                        long start = System.nanoTime();
                        MemorySegment.copy(from, 0, to, 0, size);
                        long nanos = System.nanoTime() - start;
                        turns.turn.set(2 * i);
                        return nanos;
                    };
            Histogram copies = repeat(turns, place.cpu(1), write, read, COLD_COPIES, COPIES);
            if (copies.getTotalCount() > 0) {
                times.put(size, (double) copies.getValueAtPercentile(50));
            }
        }
        return times;
    }

    /** Measures from a wake-up to the sleeper's next instruction on the other CPU, median. */
    double futexWake() throws IOException {
        if (!Futex.isAvailable() || !place.separateCpus()) {
            return 0;
        }
        MemorySegment word = Arena.ofAuto().allocate(64, 64);
        AtomicLong awakeAt = new AtomicLong();
        Turns turns = new Turns();
        TimedStep sleep =
                i -> {
                    turns.turn.set(2 * i - 1);
                    while ((int) INT.getVolatile(word, 0L) < i && !turns.isOver) {
                        Futex.wait(word, 0, (int) i - 1, FUTEX_TIMEOUT_NS);
                    }
                    awakeAt.set(System.nanoTime());
                    turns.turn.set(2 * i);
                    return i;
                };
        TimedStep wake =
                i -> {
                    turns.await(2 * i - 1);
                    Pause.until(System.nanoTime() + WAKE_PERIOD_NS); // now it sleeps
                    long start = System.nanoTime();
                    INT.setVolatile(word, 0L, (int) i);
                    Futex.wake(word, 0, 1);
                    turns.await(2 * i);
                    return awakeAt.get() - start;
                };
        return repeat(turns, place.cpu(1), sleep, wake, 0, WAKES).getValueAtPercentile(50);
    }

    /** Returns a round trip of two threads on the first CPU that yield to each other, median. */
    double yieldRoundTrip() throws IOException {
        Turns turns = new Turns();
        TimedStep answer =
                i -> {
                    while (turns.isAwaited(2 * i - 1)) {
                        Thread.yield();
                    }
                    turns.turn.set(2 * i);
                    return i;
                };
        TimedStep ask =
                i -> {
                    long start = System.nanoTime();
                    turns.turn.set(2 * i - 1);
                    while (turns.isAwaited(2 * i)) {
                        Thread.yield();
                    }
                    return System.nanoTime() - start;
                };
        return repeat(turns, place.cpu(0), answer, ask, 0, YIELDS).getValueAtPercentile(50);
    }

    /**
     * Returns the interruptions that a thread observes that only reads the clock (the idea of
     * jHiccup).
     */
    List<FloorReading.Jitter> jitter() throws IOException {
        List<FloorReading.Jitter> found = new ArrayList<>();
        for (int cpu : place.cpus().stream().distinct().toList()) {
            found.add(get(runOn(cpu, () -> measureJitter(cpu))));
        }
        return found;
    }

    private static FloorReading.Jitter measureJitter(int cpu) {
        LongSummaryStatistics gaps = new LongSummaryStatistics();
        long start = System.nanoTime();
        long last = start;
        while (last - start < JITTER_NS) {
            long now = System.nanoTime();
            if (now - last > JITTER_GAP_NS) {
                gaps.accept(now - last);
            }
            last = now;
        }
        long longest = Math.max(0, gaps.getMax());
        return new FloorReading.Jitter(cpu, last - start, gaps.getCount(), gaps.getSum(), longest);
    }
}
