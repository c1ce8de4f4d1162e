package io.sluice.compare.rig;

import io.sluice.compare.result.EndCounters;
import io.sluice.compare.result.Numbers;
import io.sluice.compare.result.SystemCounters;
import io.sluice.compare.transport.Link;
import io.sluice.compare.transport.Payload;
import io.sluice.linux.Platform;
import java.io.IOException;
import java.util.Map;

/**
 * The result of one end, as it reports it to the coordinator.
 *
 * @param block what its pattern measured; from an end without a clock, only how many messages
 * @param counters what it used
 * @param system what the machine did meanwhile; CPU time of the ends still included
 * @param wallNs how long the counters ran
 * @param cpu which CPU it ran on at the end
 * @param capacityBytes what the link holds
 * @param lineRoundTripNs the floor between the two ends; 0 from the responder, or if they share a
 *     CPU
 */
record EndpointResult(
        BlockResult block,
        EndCounters counters,
        SystemCounters system,
        long wallNs,
        int cpu,
        long capacityBytes,
        double lineRoundTripNs) {
    /** Returns what an end measured and what its meter counted meanwhile. */
    static EndpointResult of(
            BlockResult block, EndMeter meter, Payload incoming, SystemCounters system, Link link)
            throws IOException {
        return new EndpointResult(
                block.withNumbers(meter.helped()),
                meter.counters(block.messages(), incoming),
                system,
                meter.wallNs(),
                Platform.currentCpu(),
                link.capacity(),
                0);
    }

    EndpointResult withNumber(String name, double number) {
        return withNumbers(Map.of(name, number));
    }

    EndpointResult withNumbers(Map<String, Double> numbers) {
        return new EndpointResult(
                block.withNumbers(numbers),
                counters,
                system,
                wallNs,
                cpu,
                capacityBytes,
                lineRoundTripNs);
    }

    EndpointResult withFloor(CacheLineFloor.Result floor) {
        BlockResult known =
                block.withNumbers(Map.of(Numbers.CLOCK_OFFSET_NS, floor.clockOffsetNs()));
        return new EndpointResult(
                known, counters, system, wallNs, cpu, capacityBytes, floor.roundTripNs());
    }
}
