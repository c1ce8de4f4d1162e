package io.sluice.bench;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
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
 * Throughput of byte messages from one thread to all receivers of a broadcast, in messages per
 * second: the sum of what the receivers get, without what they lose. One thread, the measured one,
 * polls all receivers in turn, so that two CPUs are enough. Every message is read completely.
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
public class BroadcastBytes {
    private static final int MESSAGES = 10_000;

    /** The measured subject. */
    @Param({"sluice-gated", "sluice-lossy", "aeron-ipc", "aeron-ipc-64k", "agrona"})
    public String subject;

    /** The number of receivers. */
    @Param({"1", "2", "3"})
    public int receivers;

    /** The payload's length, in bytes, a multiple of 8. */
    @Param("32")
    public int size;

    private ByteBroadcast channel;
    private SubjectReceiver all;
    private SenderThread sender;

    /** Adds the receivers, and starts the sender. */
    @Setup
    public void open() {
        channel = ByteBroadcasts.of(subject, size); // Its own threads are not pinned.
        all = inTurn(channel::addReceiver, receivers);
        Cpus.pinMeasured();
        sender = new SenderThread(channel);
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

    /** Adds receivers, and returns one that polls each of them for its share of the messages. */
    static SubjectReceiver inTurn(Supplier<SubjectReceiver> add, int receivers) {
        SubjectReceiver[] ends = new SubjectReceiver[receivers];
        Arrays.setAll(ends, i -> add.get());
        return new SubjectReceiver() {
            @Override
            public int poll(int limit) {
                int count = 0;
                for (int i = 0; i < ends.length; i++) {
                    // Rounded up: at the end each is asked for the last one, or all wait.
                    count += ends[i].poll(Math.ceilDiv(limit - count, ends.length - i));
                }
                return count;
            }

            @Override
            public void detach() {
                for (SubjectReceiver end : ends) {
                    end.detach();
                }
            }
        };
    }

    long messagesPerLap() {
        return channel.messagesPerLap() * receivers;
    }

    /**
     * Receives messages.
     *
     * @return how many
     */
    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public int receive() {
        all.receive(MESSAGES, sender);
        return MESSAGES;
    }
}
