package io.sluice.bench;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongPredicate;
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
 * Rate at which objects are handed over without a buffer: each of the two threads waits for the
 * other. An invocation starts both, so that they may be virtual ones; their start is spread over
 * many hand-overs.
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
    /** The kinds of threads. */
    static final List<String> THREADS = List.of("platform", "virtual");

    private static final int MESSAGES = 100_000;

    /** The number of hand-overs between two readings of the clock. */
    private static final int CLOCK_INTERVAL = 64;

    /** The measured subject. */
    @Param({"sluice", "sluice-spinning", "synchronous-queue", "exchanger"})
    public String subject;

    /** The kind of threads: platform or virtual. */
    @Param({"platform", "virtual"})
    public String threads;

    private HandoffSubject channel;

    /** Creates the subject. */
    @Setup
    public void open() {
        channel = HandoffSubjects.of(subject);
    }

    /**
     * Hands messages over.
     *
     * @return the number of messages
     * @throws InterruptedException never
     */
    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public int handOver() throws InterruptedException {
        handOver(channel, threads, MESSAGES);
        return MESSAGES;
    }

    /** Hands over the given number of messages, and checks that each arrives in sequence. */
    static void handOver(HandoffSubject channel, String threads, int messages)
            throws InterruptedException {
        handOver(channel, threads, count -> count < messages);
    }

    /** Hands messages over for the given time, and returns the rate in messages per second. */
    static double rate(HandoffSubject channel, String threads, long nanos)
            throws InterruptedException {
        long[] times = {0, 0};
        long count =
                handOver(
                        channel,
                        threads,
                        given -> {
                            if (given % CLOCK_INTERVAL != 0) {
                                return true;
                            }
                            times[1] = System.nanoTime();
                            if (given == 0) {
                                times[0] = times[1];
                            }
                            return times[1] - times[0] < nanos;
                        });
        return count * 1e9 / (times[1] - times[0]);
    }

    private static long handOver(HandoffSubject channel, String threads, LongPredicate goesOn)
            throws InterruptedException {
        boolean platform = threads.equals(THREADS.get(0));
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Tally tally = new Tally();
        Thread giver =
                builder(platform)
                        .unstarted(
                                () -> {
                                    if (platform) {
                                        Cpus.pinOther(0);
                                    }
                                    long given = 0;
                                    for (; goesOn.test(given); given++) {
                                        put(channel, Message.of(given), failure);
                                    }
                                    put(channel, Message.LAST, failure);
                                });
        Thread taker =
                builder(platform)
                        .unstarted(
                                () -> {
                                    if (platform) {
                                        Cpus.pinMeasured();
                                    }
                                    while (take(channel, tally, failure)) {}
                                });
        giver.start();
        taker.start();
        giver.join();
        taker.join();
        if (failure.get() != null) {
            throw new IllegalStateException("a thread failed", failure.get());
        }
        return tally.received();
    }

    private static Thread.Builder builder(boolean platform) {
        return platform ? Thread.ofPlatform().daemon() : Thread.ofVirtual();
    }

    private static void put(
            HandoffSubject channel, Message message, AtomicReference<Throwable> failure) {
        try {
            channel.put(message);
        } catch (InterruptedException e) {
            failure.compareAndSet(null, e);
        }
    }

    private static boolean take(
            HandoffSubject channel, Tally tally, AtomicReference<Throwable> failure) {
        Message message = null;
        try {
            message = channel.take();
            if (message != Message.LAST) {
                message.receive(tally); // Throws only what is caught below.
            }
        } catch (InterruptedException | IllegalStateException e) {
            failure.compareAndSet(null, e);
        }
        return message != Message.LAST;
    }
}
