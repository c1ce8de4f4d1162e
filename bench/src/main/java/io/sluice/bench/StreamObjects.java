package io.sluice.bench;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Throughput of references from one or two threads to one or two others, in messages per second.
 * The measured thread is a receiver, so only received messages count, those of all receivers.
 * Threads of the same role share a CPU if there are too few.
 */
@State(Scope.Benchmark)
@Threads(1)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(
        value = 3,
        jvmArgsAppend = {
            "--enable-native-access=ALL-UNNAMED",
            "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED"
        })
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class StreamObjects {
    private static final int MESSAGES = 10_000;

    /** The measured subject. */
    @Param({
        "sluice",
        "sluice-batch",
        "sluice-after-others",
        "sluice-pipe",
        "sluice-pipe-shared",
        "sluice-waiting",
        "sluice-waiting-spinning",
        "jctools",
        "jctools-relaxed",
        "jctools-batch",
        "jctools-after-others",
        "disruptor",
        "disruptor-batch",
        "array-blocking-queue",
        "sluice-unbounded",
        "concurrent-linked-queue",
        "linked-transfer-queue"
    })
    public String subject;

    /** The numbers of senders and receivers. */
    @Param({"1-1", "2-1", "1-2", "2-2"})
    public String topology;

    /** The capacity in messages; an unbounded channel ignores it. */
    @Param({"64", "1024", "65536"})
    public int capacity;

    private ObjectStream stream;

    /** Starts the others. */
    @Setup
    public void open() {
        Cpus.pinMeasured();
        Topology ends = Topology.of(topology);
        stream = new ObjectStream(ObjectSubjects.of(subject, ends, capacity), ends);
    }

    /**
     * Stops them.
     *
     * @throws InterruptedException never
     */
    @TearDown
    public void close() throws InterruptedException {
        stream.stop();
    }

    /**
     * Receives messages.
     *
     * @return how many
     */
    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public int receive() {
        stream.receive(MESSAGES);
        return MESSAGES;
    }
}
