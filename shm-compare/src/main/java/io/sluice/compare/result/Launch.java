package io.sluice.compare.result;

import java.util.Map;

/**
 * What one fresh pair of processes measured.
 *
 * @param n its number within the cell, from 0
 * @param messages pattern rtt: round trips (one message each way); pattern stream: messages
 *     received
 * @param durationNs pattern rtt: from the first send to the last reply; pattern stream: to the last
 *     message received. The counters of the ends cover the same messages
 * @param hdr pattern rtt: the round trips in nanoseconds, as {@link Hdr} writes them; null for
 *     stream
 * @param meanUntimedNs pattern rtt: the mean round trip of a block in which no single one was
 *     timed; pattern stream: the mean time a message; 0 if not measured
 * @param ends what each end counted, by {@link #INITIATOR} and {@link #RESPONDER}
 * @param lineRoundTripNs a cache line there and back between these two processes, median, measured
 *     right after the messages; 0 if not measured
 */
public record Launch(
        int n,
        long messages,
        long durationNs,
        String hdr,
        double meanUntimedNs,
        Map<String, EndCounters> ends,
        double lineRoundTripNs) {

    /** The end that sends first. */
    public static final String INITIATOR = "initiator";

    /** The end that replies, or only receives. */
    public static final String RESPONDER = "responder";

    /** Copies the map. */
    public Launch {
        ends = Copies.of(ends);
    }
}
