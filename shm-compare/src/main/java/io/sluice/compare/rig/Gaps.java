package io.sluice.compare.rig;

import java.io.IOException;
import java.util.function.Supplier;

/** Round trips with idle time before each: the cost of waking a receiver that certainly sleeps. */
record Gaps(Conversation talk, long gapNs, Windows windows) implements Traffic {
    @Override
    public long warmUp() throws IOException {
        return talk.roundTrips(64);
    }

    @Override
    public Supplier<EndpointResult> measure(double perNs, ForkDurations forkDurations)
            throws IOException {
        long n = Pace.ofGap(gapNs).samples(forkDurations);
        windows.begin();
        long start = System.nanoTime();
        for (long i = 0; i < n; i++) {
            long sent = Pause.until(System.nanoTime() + gapNs);
            talk.roundTrip();
            windows.record(System.nanoTime() - sent);
            windows.cutAfter(i + 1, n);
        }
        EndpointResult result = EndpointResult.of(n, System.nanoTime() - start);
        return () -> result.times(windows);
    }
}
