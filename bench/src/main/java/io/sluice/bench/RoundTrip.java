package io.sluice.bench;

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
 * Round-trip time of a byte message and its reply, one in flight at a time. Sampled: compare the
 * percentiles with {@link Floor} in the same run. A closed loop: not response times under load.
 * Each end has a CPU to itself. The subclasses select the subjects.
 */
@State(Scope.Benchmark)
@Threads(1)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 3,
        jvmArgsAppend = {
            "--enable-native-access=ALL-UNNAMED",
            "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED"
        })
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public abstract class RoundTrip {
    /** The payload's length, in bytes, a multiple of 8. */
    @Param("32")
    public int size;

    private ByteSubject there;
    private ByteSubject back;
    private Counterpart echo;
    private long sequence;

    /** Permits the classes of this package only. */
    RoundTrip() {}

    /** Returns the name of the measured subject. */
    abstract String subject();

    /** Starts the echo. */
    @Setup
    public void open() {
        there = ByteSubjects.of(subject(), size);
        back = ByteSubjects.of(subject(), size);
        Cpus.pinMeasured(); // After the subjects have started their own threads, unpinned.
        echo = new Echo(there, back);
    }

    /** Starts the echo in another process. */
    void openBetweenProcesses() {
        PeerProcess peer = new PeerProcess();
        echo = peer;
        List<ByteSubject> ends = peer.exchangeWith(subject(), size);
        there = ends.getFirst();
        back = ends.getLast();
        Cpus.pinMeasured();
    }

    /**
     * Stops the echo.
     *
     * @throws InterruptedException never
     */
    @TearDown
    public void close() throws InterruptedException {
        echo.stop();
        there.close();
        back.close();
    }

    /**
     * Sends a message and waits for the reply.
     *
     * @return its number
     */
    @Benchmark
    public long roundTrip() {
        while (!there.trySend(sequence)) {
            Thread.onSpinWait();
        }
        int idle = 0;
        while (back.poll(1) == 0) {
            if (++idle % (1 << 16) == 0) {
                echo.check();
            }
        }
        return sequence++;
    }
}
