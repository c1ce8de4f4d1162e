package io.sluice.bench;

import io.sluice.memory.MappedMemory;
import io.sluice.memory.Memory;
import java.lang.foreign.Arena;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/** The lower bound of a round trip: one word in each direction, each on its own cache line. */
@State(Scope.Benchmark)
@Threads(1)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 3, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class Floor {
    private static final long THERE = 256;
    private static final long BACK = 512;
    private static final long STOP = -1;

    private final Memory words = MappedMemory.words(Arena.ofAuto().allocate(1024, 128));
    private Thread echo;
    private long sequence;

    /** Starts the other end. */
    @Setup
    public void open() {
        Cpus.pinMeasured();
        echo = Thread.ofPlatform().daemon().unstarted(this::echo);
        echo.start();
    }

    private void echo() {
        Cpus.pinOther(0);
        long last = 0;
        while (last != STOP) {
            long word;
            do {
                word = words.getLongAcquire(THERE);
            } while (word == last);
            last = word;
            words.setLongRelease(BACK, word);
        }
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
        while (words.getLongAcquire(BACK) != word) {}
        return word;
    }
}
