package io.sluice.compare.rig;

import java.io.IOException;
import java.util.List;
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
    Supplier<EndpointResult> measure(double perNs, ForkDurations forkDurations) throws IOException;

    /** Tests whether the measurement's pace differs from that of the warm-up. */
    default boolean isPaced() {
        return true;
    }

    /**
     * Returns the traffic of a pattern that needs only running ends.
     *
     * @param talks its side of each link; one, except for pattern fanout
     */
    static Traffic of(Workload workload, List<Conversation> talks, long seed) {
        Conversation talk = talks.get(0);
        return switch (workload.pattern()) {
            case STREAM, FANOUT -> new Streaming(talks);
            case ONEWAY -> new OpenLoop(talk, workload, seed);
            case BURST -> new Bursts(talk, workload.burst(), workload.gapNs(), new Windows());
            case GAP -> new Gaps(talk, workload.gapNs(), new Windows());
            case RTT, OVERSUB ->
                    workload.ratePerSecond() > 0
                            ? new PacedRoundTrips(
                                    talk,
                                    Pace.ofRate(workload.ratePerSecond()),
                                    Conversation.histogram(),
                                    new Windows())
                            : new RoundTrips(talk, Conversation.histogram(), new Windows());
            default ->
                    throw new IllegalArgumentException("there is no pattern " + workload.pattern());
        };
    }
}
