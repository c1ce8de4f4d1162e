package io.sluice.compare.rig;

import io.sluice.compare.result.Numbers;
import java.io.IOException;
import java.util.function.Supplier;

/** Several messages at once, then none for a while: the time until the last one is consumed. */
record Bursts(Conversation talk, int burst, long periodNs, Windows windows) implements Traffic {
    private static final long MIN_BURSTS = 200;

    @Override
    public long warmUp() throws IOException {
        one();
        return burst;
    }

    @Override
    public Supplier<EndpointResult> measure(double perNs, ForkDurations forkDurations)
            throws IOException {
        long fitting = forkDurations.blockNs() / Math.max(1, periodNs);
        long n = Math.max(Math.min(MIN_BURSTS, forkDurations.minSamples()), fitting);
        windows.begin();
        long start = System.nanoTime();
        long end = start + forkDurations.limitNs();
        long done = 0;
        long next = start;
        while (done < n && next - end < 0) {
            Pause.until(next);
            windows.record(one());
            next = Math.max(next + periodNs, System.nanoTime());
            windows.cutAfter(++done, n);
        }
        EndpointResult result = EndpointResult.of(done * burst, System.nanoTime() - start);
        return () ->
                result.times(windows)
                        .number(Numbers.BURST_MESSAGES, burst)
                        .number(
                                Numbers.BURST_NS_PER_MESSAGE,
                                windows.all().getValueAtPercentile(50) / (double) burst);
    }

    /** Returns the nanoseconds until the other end had the last message: it has the same clock. */
    private long one() throws IOException {
        long start = System.nanoTime();
        for (int i = 0; i < burst; i++) {
            talk.send();
        }
        talk.exchange(Marker.CONSUMED);
        return talk.words.get(Responder.LAST_ARRIVAL) - start;
    }
}
