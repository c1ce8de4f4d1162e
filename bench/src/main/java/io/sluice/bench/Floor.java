package io.sluice.bench;

import io.sluice.memory.Memory;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The lower bound of a round trip: one word in each direction, in several ways. Which is the
 * fastest differs between machines, and where the CPUs are; the least is the floor.
 */
@State(Scope.Benchmark)
@Threads(1)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 3, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class Floor {
    /** All ways. */
    static final List<String> WAYS =
            List.of("two-lines", "two-lines-pause", "one-line", "one-line-pause");

    private static final long THERE = 256;
    private static final long STOP = -1;

    /**
     * Whether each direction has a cache line of its own, or both have the same; and whether there
     * is a PAUSE between two reads.
     */
    @Param({"two-lines", "two-lines-pause", "one-line", "one-line-pause"})
    public String way = "two-lines";

    private final Memory words = Memory.words(Arena.ofAuto().allocate(1024, 128));
    private long back;
    private boolean pause;
    private Thread echo;
    private long sequence;

    /** Starts the other end. */
    @Setup
    public void open() {
        back = way.startsWith("one-line") ? THERE + Long.BYTES : 2 * THERE;
        pause = way.endsWith("-pause");
        Cpus.pinMeasured();
        echo = Thread.ofPlatform().daemon().unstarted(this::echo);
        echo.start();
    }

    private void echo() {
        Cpus.pinOther(0);
        long last = 0;
        while (last != STOP) {
            last = pause ? awaitChangePausing(last) : awaitChange(last);
            words.setLongRelease(back, last);
        }
    }

    private long awaitChange(long last) {
        long word;
        do {
            word = words.getLongAcquire(THERE);
        } while (word == last);
        return word;
    }

    private long awaitChangePausing(long last) {
        long word;
        while ((word = words.getLongAcquire(THERE)) == last) {
            Thread.onSpinWait();
        }
        return word;
    }

    /**
     * Stops the other end.
     *
     * @throws InterruptedException never
     */
    @TearDown
    public void close() throws InterruptedException {
        words.setLongRelease(THERE, STOP);
        echo.join();
    }

    /**
     * Measures one round trip of a cache line.
     *
     * @return the word
     */
    @Benchmark
    public long lineRoundTrip() {
        long word = ++sequence;
        words.setLongRelease(THERE, word);
        if (pause) {
            while (words.getLongAcquire(back) != word) {
                Thread.onSpinWait();
            }
        } else {
            while (words.getLongAcquire(back) != word) {}
        }
        return word;
    }
}
