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
 * Throughput of 32-byte messages from two threads to one, in messages per second. The measured
 * thread is the receiver; every message is read completely and must be the next of its sender. With
 * two CPUs the senders share one, so they contend less often than they would on three.
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
public class FanIn {
    private static final int MESSAGES = 10_000;

    /** The measured subject. */
    @Param({
        "sluice",
        "agrona-many-to-one",
        "aeron-ipc-concurrent",
        "aeron-ipc-exclusive",
        "aeron-ipc-exclusive-64k",
        "disruptor",
        "disruptor-batch"
    })
    public String subject;

    private FanInSubject channel;
    private final SenderThread[] senderThreads = new SenderThread[FanInSubject.SENDERS];

    /** Starts the senders. */
    @Setup
    public void open() {
        channel = FanInSubjects.of(subject); // Its own threads are not pinned.
        Cpus.pinMeasured();
        for (int i = 0; i < senderThreads.length; i++) {
            senderThreads[i] = new SenderThread(channel.sender(i), i);
        }
    }

    /**
     * Stops the senders.
     *
     * @throws InterruptedException never
     */
    @TearDown
    public void close() throws InterruptedException {
        for (SenderThread senderThread : senderThreads) {
            senderThread.stop();
        }
        channel.close();
    }

    long messagesPerLap() {
        return channel.messagesPerLap();
    }

    /**
     * Receives messages.
     *
     * @return how many
     */
    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public int receive() {
        channel.receive(MESSAGES, senderThreads);
        return MESSAGES;
    }
}
