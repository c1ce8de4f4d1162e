package io.sluice.compare.rig;

import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Hdr;
import io.sluice.compare.result.Numbers;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;

/**
 * Messages in one direction, each sent on schedule, independent of earlier ones. The receiver
 * records each arrival time in memory that both processes map, and both read the same clock. The
 * service time begins when a message is sent, the response time at its scheduled send time (the
 * idea of wrk2, against coordinated omission).
 */
final class OpenLoop implements Traffic {
    private static final int CHUNK = 200;

    private final Conversation talk;
    private final Workload workload;
    private final Arrivals arrivals;
    private final long seed;
    private long[] sent = new long[CHUNK];

    OpenLoop(Conversation talk, Workload workload, Arrivals arrivals, long seed) {
        this.talk = talk;
        this.workload = workload;
        this.arrivals = arrivals;
        this.seed = seed;
    }

    @Override
    public long warmUp() throws IOException {
        for (int i = 0; i < CHUNK; i++) {
            sent[i] = System.nanoTime();
            talk.send();
        }
        return CHUNK;
    }

    @Override
    public Supplier<BlockResult> measure(double perNs, ForkDurations forkDurations)
            throws IOException {
        double rate =
                workload.load() > 0 ? perNs * 1e9 * workload.load() : workload.ratePerSecond();
        int n = (int) Math.min(Arrivals.CAPACITY, Pace.ofRate(rate).samples(forkDurations));
        long first = talk.sequence();
        sent = new long[Math.max(n, CHUNK)];
        long[] intended = schedule(n, 1e9 / rate, new SplittableRandom(seed));
        long start = System.nanoTime();
        long end = start + forkDurations.limitNs();
        int done = 0;
        long sending = 0;
        while (done < n) {
            intended[done] += start;
            long now = Pause.until(intended[done]);
            if (now - end > 0) {
                break;
            }
            sent[done] = now;
            talk.send();
            sending += System.nanoTime() - now;
            done++;
        }
        long inCalls = sending;
        long lastSent = System.nanoTime();
        talk.exchange(Marker.CONSUMED);
        long duration = System.nanoTime() - start;
        int all = done;
        return () -> combine(all, first, intended, start, lastSent, duration, rate, inCalls);
    }

    /** Combines each message's scheduled time, send time and arrival time. */
    private BlockResult combine(
            int done,
            long first,
            long[] intended,
            long start,
            long lastSent,
            long duration,
            double rate,
            long sending) {
        Histogram service = Conversation.histogram();
        Histogram response = Conversation.histogram();
        for (int i = 0; i < done; i++) {
            long arrived = arrivals.get(first + i);
            Conversation.record(service, arrived - sent[i]);
            Conversation.record(response, arrived - intended[i]);
        }
        double achieved = done > 1 ? (done - 1) * 1e9 / (lastSent - start) : 0;
        return new BlockResult(
                done,
                duration,
                null,
                0,
                Hdr.encode(service),
                Hdr.encode(response),
                List.of(),
                Map.of(
                        Numbers.SENDING_NS,
                        (double) sending,
                        Numbers.ACHIEVED_RATE,
                        achieved,
                        Numbers.TARGET_RATE,
                        rate * scheduled(intended, start, done, rate)));
    }

    /**
     * Returns the schedule's mean rate as a part of the nominal rate: a random schedule has its own
     * mean, which the sender has to achieve.
     */
    private static double scheduled(long[] intended, long start, int done, double rate) {
        return done > 1 ? (done - 1) * 1e9 / (intended[done - 1] - start) / rate : 1;
    }

    /** Returns each message's scheduled time, relative to the beginning. */
    private long[] schedule(int n, double intervalNs, SplittableRandom random) {
        long[] times = new long[n];
        double time = 0;
        for (int i = 0; i < n; i++) {
            boolean exponential = workload.schedule().equals(Factors.EXPONENTIAL);
            time += exponential ? -Math.log(1 - random.nextDouble()) * intervalNs : intervalNs;
            times[i] = (long) time;
        }
        return times;
    }
}
