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
 * @param cpu which CPU it ran on at the end
 * @param capacityBytes what the link holds
 * @param counters what it used
 */
record EndpointResult(
        long messages,
        long durationNs,
        String hdr,
        double meanUntimedNs,
        int cpu,
        long capacityBytes,
        EndCounters counters) {}
