package io.sluice.compare.rig;

import java.io.IOException;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;

/**
 * One message in flight at a time. One chunk of four is not timed message by message: its mean is
 * without clock reads. The two take turns, so what changes while they run changes both.
 */
record RoundTrips(Conversation talk, Histogram unused, Windows windows) implements Traffic {
    /** Round trips between two checks of what to do next. */
    private static final int CHUNK = 64;

    private static final int TIMED_CHUNKS = 3;

    @Override
    public long warmUp() throws IOException {
        return talk.roundTrips(CHUNK) + timed(unused);
    }

    @Override
    public boolean isPaced() {
        return false;
    }

    @Override
    public Supplier<EndpointResult> measure(double perNs, ForkDurations forkDurations)
            throws IOException {
        long whole = forkDurations.blockNs() * 4 / 3;
        long limit = forkDurations.limitNs() + forkDurations.blockNs() / 3;
        windows.begin();
        long start = System.nanoTime();
        long now;
        long untimed = 0;
        long untimedNs = 0;
        long timed = 0;
        do {
            for (int i = 0; i < TIMED_CHUNKS; i++) {
                timed += timed(windows.currentSlice());
            }
            long begun = System.nanoTime();
            untimed += talk.roundTrips(CHUNK);
            now = System.nanoTime();
            untimedNs += now - begun;
            windows.cutAfter(now - start, whole);
        } while (now - start < whole || timed < forkDurations.minSamples() && now - start < limit);
        double mean = untimedNs / (double) untimed;
        long duration = now - start;
        long all = untimed + timed;
        return () -> EndpointResult.of(all, duration).times(windows).mean(mean);
    }

    // Used by both the warm-up and the measurement, so that it is compiled when measured.
    private long timed(Histogram histogram) throws IOException {
        for (int i = 0; i < CHUNK; i++) {
            long sent = System.nanoTime();
            talk.roundTrip();
            Conversation.record(histogram, System.nanoTime() - sent);
        }
        return CHUNK;
    }
}
