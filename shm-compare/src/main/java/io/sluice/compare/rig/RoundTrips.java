package io.sluice.compare.rig;

import java.io.IOException;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;

/** One message in flight at a time: a block without clock reads for the mean, then a timed one. */
final class RoundTrips implements Traffic {
    /** Round trips between two checks of what to do next. */
    private static final int CHUNK = 64;

    private final Conversation talk;
    private final Histogram unused = Conversation.histogram();
    private final Windows windows = new Windows();

    RoundTrips(Conversation talk) {
        this.talk = talk;
    }

    @Override
    public long warmUp() throws IOException {
        untimed();
        timed(unused);
        return 2 * CHUNK;
    }

    @Override
    public boolean isPaced() {
        return false;
    }

    @Override
    public Supplier<BlockResult> measure(double perNs, ForkDurations forkDurations)
            throws IOException {
        long start = System.nanoTime();
        long now;
        long untimed = 0;
        do {
            untimed();
            untimed += CHUNK;
            now = System.nanoTime();
        } while (now - start < forkDurations.blockNs() / 3);
        double mean = (now - start) / (double) untimed;
        windows.begin();
        long begun = now;
        long timed = 0;
        do {
            timed(windows.currentSlice());
            timed += CHUNK;
            now = System.nanoTime();
            windows.cutAfter(now - begun, forkDurations.blockNs());
        } while (now - begun < forkDurations.blockNs()
                || timed < forkDurations.minSamples() && now - begun < forkDurations.limitNs());
        long duration = now - start;
        long all = untimed + timed;
        return () -> BlockResult.timed(all, duration, windows).withMean(mean);
    }

    // Used by both the warm-up and the measurement, so that they are compiled when measured.

    private void untimed() throws IOException {
        for (int i = 0; i < CHUNK; i++) {
            talk.roundTrip();
        }
    }

    private void timed(Histogram histogram) throws IOException {
        for (int i = 0; i < CHUNK; i++) {
            long sent = System.nanoTime();
            talk.roundTrip();
            Conversation.record(histogram, System.nanoTime() - sent);
        }
    }
}
