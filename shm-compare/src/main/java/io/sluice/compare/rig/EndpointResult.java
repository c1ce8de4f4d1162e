package io.sluice.compare.rig;

import io.sluice.compare.result.EndCounters;

/**
 * What one end found, as it tells the coordinator.
 *
 * @param messages messages, or round trips, in the measured blocks
 * @param durationNs how long the measured blocks took, a stream's up to the last message consumed;
 *     0 from the responder
 * @param hdr the round trips' histogram; null for a stream and for the responder
 * @param meanUntimedNs the mean round trip of the block without clock reads; 0 for a stream
 * @param wallNs how long the counters ran
 * @param cpu which CPU it ran on at the end
 * @param capacityBytes what the link holds
 * @param counters what it used
 * @param lineRoundTripNs the floor between the two ends; 0 from the responder
 */
record EndpointResult(
        long messages,
        long durationNs,
        String hdr,
        double meanUntimedNs,
        long wallNs,
        int cpu,
        long capacityBytes,
        EndCounters counters,
        double lineRoundTripNs) {
    EndpointResult withFloor(double ns) {
        return new EndpointResult(
                messages, durationNs, hdr, meanUntimedNs, wallNs, cpu, capacityBytes, counters, ns);
    }
}
