package io.sluice.compare.rig;

import java.io.IOException;
import java.util.function.Supplier;

/** The messages of one pattern, as sent by the end with the clock. */
interface Traffic {
    /**
     * Runs the code that is measured, for a short time.
     *
     * @return how many messages it sent
     */
    long warmUp() throws IOException;

    /**
     * Measures. When this returns the last message has been consumed; the result is computed later,
     * so that its computation is not measured.
     *
     * @param perNs messages per nanosecond at the end of warming up
     * @param forkDurations how long
     */
    Supplier<BlockResult> measure(double perNs, ForkDurations forkDurations) throws IOException;

    /** Tests whether the measurement's pace differs from that of the warm-up. */
    default boolean isPaced() {
        return true;
    }

    /** Returns the traffic of a pattern that needs only two running ends. */
    static Traffic of(Workload workload, Conversation talk, Arrivals arrivals, long seed) {
        switch (workload.pattern()) {
            case STREAM:
                return new Streaming(talk);
            case ONEWAY:
                return new OpenLoop(talk, workload, arrivals, seed);
            case BURST:
                return new Bursts(talk, workload);
            case GAP:
                return new Gaps(talk, workload.gapNs());
            case RTT:
            case OVERSUB:
                return workload.ratePerSecond() > 0
                        ? new PacedRoundTrips(talk, workload.ratePerSecond())
                        : new RoundTrips(talk);
            default:
                throw new IllegalArgumentException("there is no pattern " + workload.pattern());
        }
    }
}
