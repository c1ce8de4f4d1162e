package io.sluice.compare.rig;

import io.sluice.compare.result.Hdr;
import io.sluice.compare.result.Numbers;
import java.io.IOException;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;

/**
 * Round trips scheduled at fixed times. While one is delayed those after it are late: the service
 * time begins when a message is sent, the response time at its scheduled send time.
 */
record PacedRoundTrips(Conversation talk, Pace pace, Histogram service, Windows response)
        implements Traffic {
    @Override
    public long warmUp() throws IOException {
        return talk.roundTrips(64);
    }

    @Override
    public Supplier<EndpointResult> measure(double perNs, ForkDurations forkDurations)
            throws IOException {
        long n = pace.samples(forkDurations);
        service.reset();
        response.begin();
        long start = System.nanoTime();
        long end = start + forkDurations.limitNs();
        long done = 0;
        long sent = start;
        KeptRate kept = new KeptRate(n);
        while (done < n && sent < end) {
            long intended = start + (long) (done * pace.intervalNs());
            sent = Pause.until(intended);
            kept.add((done + 1) * pace.intervalNs(), sent - intended);
            talk.roundTrip();
            long now = System.nanoTime();
            Conversation.record(service, now - sent);
            response.record(now - intended);
            done++;
            response.cutAfter(done, n);
        }
        EndpointResult result = EndpointResult.of(done, System.nanoTime() - start);
        return () -> {
            result.times(response).times(service, response.all());
            result.hdr = Hdr.encode(service);
            return result.number(Numbers.ACHIEVED_RATE, kept.of(1e9 / pace.intervalNs()));
        };
    }
}
