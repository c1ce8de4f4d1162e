package io.sluice.compare.rig;

import io.sluice.compare.result.Numbers;
import io.sluice.compare.result.Schedule;
import java.io.IOException;
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
    private final long seed;
    private long[] sent = new long[CHUNK];

    OpenLoop(Conversation talk, Workload workload, long seed) {
        this.talk = talk;
        this.workload = workload;
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
    public Supplier<EndpointResult> measure(double perNs, ForkDurations forkDurations)
            throws IOException {
        double rate =
                workload.load() > 0 ? perNs * 1e9 * workload.load() : workload.ratePerSecond();
        int n = (int) Math.min(Arrivals.CAPACITY, Pace.ofRate(rate).samples(forkDurations));
        long first = talk.sequence;
        sent = new long[Math.max(n, CHUNK)];
        long[] intended = schedule(n, 1e9 / rate);
        long start = System.nanoTime();
        long end = start + forkDurations.limitNs();
        int done = 0;
        long sending = 0;
        KeptRate kept = new KeptRate(n);
        while (done < n) {
            intended[done] += start;
            long now = Pause.until(intended[done]);
            if (now - end > 0) {
                break;
            }
            sent[done] = now;
            kept.add(intended[done] - start, now - intended[done]);
            talk.send();
            sending += System.nanoTime() - now;
            done++;
        }
        talk.exchange(Marker.CONSUMED);
        EndpointResult result =
                EndpointResult.of(done, System.nanoTime() - start)
                        .number(Numbers.SENDING_NS, sending);
        return () -> {
            int last = (int) result.messages - 1;
            // A random schedule has its own mean, which the sender has to achieve.
            double target = last > 0 ? (last + 1) * 1e9 / (intended[last] - start) : rate;
            return combine(result, first, intended)
                    .number(Numbers.ACHIEVED_RATE, kept.of(target))
                    .number(Numbers.TARGET_RATE, target);
        };
    }

    /** Adds the times of each message from its send time, and from its scheduled one. */
    private EndpointResult combine(EndpointResult result, long first, long[] intended) {
        Histogram service = Conversation.histogram();
        Histogram response = Conversation.histogram();
        for (int i = 0; i < result.messages; i++) {
            long arrived = talk.arrivals.get(first + i);
            Conversation.record(service, arrived - sent[i]);
            Conversation.record(response, arrived - intended[i]);
        }
        return result.times(service, response);
    }

    /** Returns each message's scheduled time, relative to the beginning. */
    private long[] schedule(int n, double intervalNs) {
        SplittableRandom random = new SplittableRandom(seed);
        boolean exponential = workload.schedule() == Schedule.EXPONENTIAL;
        long[] times = new long[n];
        double time = 0;
        for (int i = 0; i < n; i++) {
            time += exponential ? -Math.log(1 - random.nextDouble()) * intervalNs : intervalNs;
            times[i] = (long) time;
        }
        return times;
    }
}
