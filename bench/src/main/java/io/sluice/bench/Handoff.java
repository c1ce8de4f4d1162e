package io.sluice.bench;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
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
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How many objects pass from hand to hand in a second, without a place between: each of the two
 * threads waits for the other. An invocation starts both, so that they may be virtual ones; their
 * start is spread over many hand-overs.
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
public class Handoff {
    private static final int MESSAGES = 100_000;

    /** Who. */
    @Param({"sluice", "sluice-spinning", "synchronous-queue", "exchanger"})
    public String subject;

    /** Between what kind of threads: platform or virtual. */
    @Param({"platform", "virtual"})
    public String threads;

    private HandoffSubject channel;

    /** Makes it. */
    @Setup
    public void open() {
        channel = HandoffSubjects.of(subject);
    }

    /**
     * Hands messages over.
     *
     * @return how many
     * @throws InterruptedException never
     */
    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public int handOver() throws InterruptedException {
        handOver(channel, threads, MESSAGES);
        return MESSAGES;
    }

    /** Hands so many over, and checks that each came in its turn. */
    static void handOver(HandoffSubject channel, String threads, int messages)
            throws InterruptedException {
        boolean platform = threads.equals("platform");
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread giver =
                builder(platform)
                        .unstarted(
                                () -> {
                                    if (platform) {
                                        Cpus.pinOther(0);
                                    }
                                    for (int i = 0; i < messages; i++) {
                                        give(channel, Message.of(i), failure);
                                    }
                                });
        Thread taker =
                builder(platform)
                        .unstarted(
                                () -> {
                                    if (platform) {
                                        Cpus.pinMeasured();
                                    }
                                    Tally tally = new Tally();
                                    for (int i = 0; i < messages; i++) {
                                        take(channel, tally, failure);
                                    }
                                });
        giver.start();
        taker.start();
        giver.join();
        taker.join();
        if (failure.get() != null) {
            throw new IllegalStateException("a thread failed", failure.get());
        }
    }

    private static Thread.Builder builder(boolean platform) {
        return platform ? Thread.ofPlatform().daemon() : Thread.ofVirtual();
    }

    private static void give(
            HandoffSubject channel, Message message, AtomicReference<Throwable> failure) {
        try {
            channel.give(message);
        } catch (InterruptedException e) {
            failure.compareAndSet(null, e);
        }
    }

    private static void take(
            HandoffSubject channel, Tally tally, AtomicReference<Throwable> failure) {
        try {
            channel.take().receive(tally); // Throws nothing that would leave the giver alone.
        } catch (InterruptedException | IllegalStateException e) {
            failure.compareAndSet(null, e);
        }
    }
}
