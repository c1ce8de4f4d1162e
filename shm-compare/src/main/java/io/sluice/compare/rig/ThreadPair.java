package io.sluice.compare.rig;

import io.sluice.compare.result.FloorReading;
import io.sluice.linux.Futex;
import io.sluice.linux.Platform;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;

/**
 * Steps of the floor that take two threads of this process, one on each CPU of the pair, or both on
 * one. Between threads and between processes the hardware does the same.
 */
final class ThreadPair {
    private static final long DEADLINE_SECONDS = 20;
    private static final int COPIES = 400;
    private static final int COLD_COPIES = 50;

    /** If other threads are runnable on the CPUs, each hand-over may take a time slice. */
    private static final long COPIES_LIMIT_NS = TimeUnit.MILLISECONDS.toNanos(200);

    private static final int WAKES = 300;
    private static final long WAKES_LIMIT_NS = TimeUnit.MILLISECONDS.toNanos(400);
    private static final int OVER = Integer.MAX_VALUE;
    private static final int YIELDS = 3000;

    /** If other threads are runnable on the CPU, each turn may take a time slice. */
    private static final long YIELDS_LIMIT_NS = TimeUnit.MILLISECONDS.toNanos(200);

    private static final long END = -1;
    private static final long WAKE_PERIOD_NS = 200_000;
    private static final long JITTER_NS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long JITTER_GAP_NS = 1000;
    private static final long FUTEX_TIMEOUT_NS = TimeUnit.MILLISECONDS.toNanos(50);

    private final List<Integer> cpus;

    ThreadPair(List<Integer> cpus) {
        this.cpus = cpus;
    }

    /** An action that may throw. */
    interface PairTask<A, B> {
        B run(A input) throws IOException;
    }

    /** Runs it in a thread on the first CPU. */
    <A, B> B runOnFirst(A input, PairTask<A, B> step) throws IOException {
        return get(runOn(cpu(0), input, step));
    }

    private int cpu(int end) {
        return cpus.isEmpty() ? -1 : cpus.get(end % cpus.size());
    }

    private boolean separateCpus() {
        return cpus.size() == 2 && !cpus.get(0).equals(cpus.get(1));
    }

    private static <A, B> CompletableFuture<B> runOn(int cpu, A input, PairTask<A, B> step) {
        CompletableFuture<B> result = new CompletableFuture<>();
        Thread.ofPlatform()
                .daemon()
                .start(
                        () -> {
                            try {
                                if (cpu >= 0) {
                                    Platform.pinCurrentThread(cpu);
                                }
                                result.complete(step.run(input));
                            } catch (IOException | RuntimeException | LinkageError e) {
                                result.completeExceptionally(e);
                            }
                        });
        return result;
    }

    private static <B> B get(CompletableFuture<B> result) throws IOException {
        try {
            return result.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("a step of the floor failed: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** Measures copying what the other CPU has just written: medians, by bytes. */
    Map<Integer, Double> copyRemote(int[] sizes) throws IOException {
        Map<Integer, Double> times = new TreeMap<>();
        if (!separateCpus()) {
            return times;
        }
        for (int size : sizes) {
            // The writer may still be in its last round when the reader is done.
            MemorySegment from = Arena.ofAuto().allocate(size, 64);
            MemorySegment to = Arena.ofAuto().allocate(size, 64);
            AtomicLong turn = new AtomicLong();
            AtomicBoolean isOver = new AtomicBoolean();
            CompletableFuture<Void> writer =
                    runOn(
                            cpu(1),
                            from,
                            memory -> {
                                for (long i = 1; !isOver.get(); i++) {
                                    memory.fill((byte) i);
                                    turn.set(2 * i - 1);
                                    while (turn.get() != 2 * i && !isOver.get()) {}
                                }
                                return null;
                            });
            Histogram histogram = Conversation.histogram();
            long limit = System.nanoTime() + COPIES_LIMIT_NS;
            for (long i = 1; i <= COPIES && System.nanoTime() < limit; i++) {
                while (turn.get() != 2 * i - 1) {
                    if (writer.isCompletedExceptionally()) {
                        get(writer);
                    }
                }
                long start = System.nanoTime();
                MemorySegment.copy(from, 0, to, 0, size);
                long nanos = System.nanoTime() - start;
                if (i > COLD_COPIES) {
                    Conversation.record(histogram, nanos);
                }
                turn.set(2 * i);
            }
            isOver.set(true);
            get(writer);
            if (histogram.getTotalCount() > 0) {
                times.put(size, (double) histogram.getValueAtPercentile(50));
            }
        }
        return times;
    }

    /** Measures from a wake-up to the sleeper's next instruction on the other CPU, median. */
    double futexWake() throws IOException {
        if (!Futex.isAvailable() || !separateCpus()) {
            return 0;
        }
        MemorySegment word = Arena.ofAuto().allocate(64, 64);
        AtomicLong wokenAt = new AtomicLong();
        AtomicLong asleep = new AtomicLong();
        CompletableFuture<Histogram> sleeper =
                runOn(
                        cpu(1),
                        word,
                        memory -> {
                            Histogram histogram = Conversation.histogram();
                            for (int i = 1; i <= WAKES; i++) {
                                asleep.set(i);
                                while (value(memory) < i) {
                                    Futex.wait(memory, 0, i - 1, FUTEX_TIMEOUT_NS);
                                }
                                if (value(memory) == OVER) {
                                    break;
                                }
                                Conversation.record(histogram, System.nanoTime() - wokenAt.get());
                            }
                            return histogram;
                        });
        long limit = System.nanoTime() + WAKES_LIMIT_NS;
        for (int i = 1; i <= WAKES && System.nanoTime() < limit; i++) {
            while (asleep.get() != i && !sleeper.isDone()) {
                Thread.onSpinWait();
            }
            Pause.until(System.nanoTime() + WAKE_PERIOD_NS); // now it sleeps
            wokenAt.set(System.nanoTime());
            INT.setVolatile(word, 0L, i);
            Futex.wake(word, 0, 1);
        }
        INT.setVolatile(word, 0L, OVER);
        Futex.wake(word, 0, 1);
        return get(sleeper).getValueAtPercentile(50);
    }

    private static final java.lang.invoke.VarHandle INT = ValueLayout.JAVA_INT.varHandle();

    private static int value(MemorySegment word) {
        return (int) INT.getVolatile(word, 0L);
    }

    /** Returns a round trip of two threads on the first CPU that yield to each other, median. */
    double yieldRoundTrip() throws IOException {
        AtomicLong turn = new AtomicLong();
        CompletableFuture<Void> other =
                runOn(
                        cpu(0),
                        turn,
                        word -> {
                            for (long i = 1; word.get() != END; i++) {
                                while (word.get() != 2 * i - 1 && word.get() != END) {
                                    Thread.yield();
                                }
                                word.compareAndSet(2 * i - 1, 2 * i);
                            }
                            return null;
                        });
        Histogram histogram = Conversation.histogram();
        long limit = System.nanoTime() + YIELDS_LIMIT_NS;
        for (long i = 1; i <= YIELDS && System.nanoTime() < limit; i++) {
            long start = System.nanoTime();
            turn.set(2 * i - 1);
            while (turn.get() != 2 * i && !other.isDone()) {
                Thread.yield();
            }
            Conversation.record(histogram, System.nanoTime() - start);
        }
        turn.set(END);
        get(other);
        return histogram.getValueAtPercentile(50);
    }

    /**
     * Returns the interruptions that a thread observes that only reads the clock (the idea of
     * jHiccup).
     */
    List<FloorReading.Jitter> jitter() throws IOException {
        List<FloorReading.Jitter> found = new ArrayList<>();
        for (int cpu : cpus.stream().distinct().toList()) {
            found.add(get(runOn(cpu, cpu, ThreadPair::measureJitter)));
        }
        return found;
    }

    private static FloorReading.Jitter measureJitter(int cpu) {
        long start = System.nanoTime();
        long last = start;
        long gaps = 0;
        long lost = 0;
        long longest = 0;
        while (last - start < JITTER_NS) {
            long now = System.nanoTime();
            if (now - last > JITTER_GAP_NS) {
                gaps++;
                lost += now - last;
                longest = Math.max(longest, now - last);
            }
            last = now;
        }
        return new FloorReading.Jitter(cpu, last - start, gaps, lost, longest);
    }
}
