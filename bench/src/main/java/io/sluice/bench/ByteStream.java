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
 * Throughput of byte messages from one thread to another, in messages per second. The measured
 * thread is the receiver, so only received messages count; every message is read completely and
 * must be the next in sequence. The subclasses select the subjects.
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
public abstract class ByteStream {
    private static final int MESSAGES = 10_000;

    /** The payload's length, in bytes, a multiple of 8. */
    @Param("32")
    public int size;

    private ByteSubject channel;
    private Counterpart sender;

    /** Permits the classes of this package only. */
    ByteStream() {}

    /** Returns the name of the measured subject. */
    abstract String subject();

    /** Starts the sender. */
    @Setup
    public void open() {
        channel = ByteSubjects.of(subject(), size); // Its own threads are not pinned.
        Cpus.pinMeasured();
        sender = new SenderThread(channel);
    }

    /** Starts the sender in another process. */
    void openBetweenProcesses() {
        PeerProcess peer = new PeerProcess();
        sender = peer;
        channel = peer.receiveFrom(subject(), size);
        Cpus.pinMeasured();
    }

    /**
     * Stops the sender.
     *
     * @throws InterruptedException never
     */
    @TearDown
    public void close() throws InterruptedException {
        sender.stop();
        channel.close();
    }

    long messagesPerLap() {
        return channel.messagesPerLap();
    }

    boolean growsAndShrinks() {
        return channel.growsAndShrinks();
    }

    /**
     * Receives messages.
     *
     * @param count counts their bytes
     * @return how many
     */
    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public int receive(Bytes count) {
        channel.receive(MESSAGES, sender);
        count.bytes += (long) MESSAGES * size;
        return MESSAGES;
    }
}
