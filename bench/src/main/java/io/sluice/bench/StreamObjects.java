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
 * How many references pass from one thread to another in a second. The measured thread is the
 * receiver, so only what was received counts.
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

    /** Who. */
    @Param({"sluice", "jctools", "disruptor", "array-blocking-queue", "linked-transfer-queue"})
    public String subject;

    /** How many senders and receivers. */
    @Param("1-1")
    public String topology;

    /** How many messages the channel holds. */
    @Param("1024")
    public int capacity;

    private ObjectSubject channel;
    private Stream stream;

    /** Starts the sender. */
    @Setup
    public void open() {
        Cpus.pinMeasured();
        channel = ObjectSubjects.of(subject, capacity);
        stream = new Stream(channel);
    }

    /**
     * Stops the sender.
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
        channel.receive(MESSAGES, stream);
        return MESSAGES;
    }
}
