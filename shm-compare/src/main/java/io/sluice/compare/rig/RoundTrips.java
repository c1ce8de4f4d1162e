package io.sluice.compare.rig;

import java.io.IOException;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;

/** One message in flight at a time: a block without clock reads for the mean, then a timed one. */
record RoundTrips(Conversation talk, Histogram unused, Windows windows) implements Traffic {
    /** Round trips between two checks of what to do next. */
    private static final int CHUNK = 64;

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
        long start = System.nanoTime();
        long now;
        long untimed = 0;
        do {
            untimed += talk.roundTrips(CHUNK);
            now = System.nanoTime();
        } while (now - start < forkDurations.blockNs() / 3);
        double mean = (now - start) / (double) untimed;
        windows.begin();
        long begun = now;
        long timed = 0;
        do {
            timed += timed(windows.currentSlice());
            now = System.nanoTime();
            windows.cutAfter(now - begun, forkDurations.blockNs());
        } while (now - begun < forkDurations.blockNs()
                || timed < forkDurations.minSamples() && now - begun < forkDurations.limitNs());
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
