package io.sluice.bench;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import io.sluice.memory.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The reference for long messages: one thread fills 256 KiB, then the other reads them,
 * alternately, with the same copy and sums as a stream of 4 KiB messages. One operation is a block
 * of 4 KiB, so the rate is comparable with {@link StreamBytes} with {@code size=4096}; bytes per
 * second are counted too.
 *
 * <p>Not an upper bound: here only one thread works at a time; both ends of a stream do.
 */
@State(Scope.Benchmark)
@Threads(1)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(value = 3, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class BulkHandOver {
    static final int BLOCK = 4096;
    static final int BLOCKS = 64;

    private static final long ASKED = 256;
    private static final long FILLED = 512;
    private static final long STOP = -1;

    private final Memory words = Memory.words(Arena.ofAuto().allocate(1024, 128));
    private final MemorySegment memory = Arena.ofAuto().allocate(BLOCKS * BLOCK, BLOCK);
    private final byte[] source = new byte[BLOCK];
    private Thread filler;
    private long round;

    /** Starts the thread that fills. */
    @Setup
    public void open() {
        Cpus.pinMeasured();
        filler = Thread.ofPlatform().daemon().name("filler").unstarted(this::fill);
        filler.start();
    }

    private void fill() {
        try {
            Cpus.pinOther(0);
            fillUntilStopped();
        } finally {
            words.setLongRelease(FILLED, STOP); // Else the reader would wait for a dead thread.
        }
    }

    private void fillUntilStopped() {
        long last = 0;
        while (true) {
            long asked;
            do {
                asked = words.getLongAcquire(ASKED);
            } while (asked == last);
            if (asked == STOP) {
                return;
            }
            last = asked;
            for (int i = 0; i < BLOCKS; i++) {
                MemorySegment.copy(source, 0, memory, JAVA_BYTE, (long) i * BLOCK, BLOCK);
                memory.set(JAVA_LONG_UNALIGNED, (long) i * BLOCK, asked);
            }
            words.setLongRelease(FILLED, asked);
        }
    }

    /**
     * Stops the thread that fills.
     *
     * @throws InterruptedException never
     */
    @TearDown
    public void close() throws InterruptedException {
        words.setLongRelease(ASKED, STOP);
        filler.join();
    }

    /**
     * Lets the other thread fill the memory, and reads it.
     *
     * @param count counts its bytes
     * @return a sum
     */
    @Benchmark
    @OperationsPerInvocation(BLOCKS)
    public long handOver(Bytes count) {
        long asked = ++round;
        words.setLongRelease(ASKED, asked);
        for (long filled; (filled = words.getLongAcquire(FILLED)) != asked; ) {
            if (filled == STOP) {
                throw new IllegalStateException("the thread that fills has ended");
            }
        }
        long sum = 0;
        for (int i = 0; i < BLOCKS; i++) {
            sum += block((long) i * BLOCK, asked);
        }
        count.bytes += BLOCKS * BLOCK;
        return sum;
    }

    private long block(long offset, long asked) {
        if (memory.get(JAVA_LONG_UNALIGNED, offset) != asked) {
            throw new IllegalStateException("a block of another round than " + asked);
        }
        long sum = 0;
        for (int i = 0; i < BLOCK; i += 8) {
            sum += memory.get(JAVA_LONG_UNALIGNED, offset + i);
        }
        return sum;
    }
}
