package io.sluice.compare.rig;

import io.sluice.compare.result.Hdr;
import io.sluice.compare.result.Window;
import java.util.List;
import java.util.Map;

/**
 * What a pattern measured, in the words of {@link io.sluice.compare.result.Fork}.
 *
 * @param messages messages, or round trips where each is answered
 * @param durationNs how long they took
 * @param hdr round trips, or bursts; null if there are none
 * @param meanUntimedNs the mean of a block without clock reads; 0 if there was none
 * @param service from sending to having received; null if not measured
 * @param response from when it was to be sent; null if not measured
 * @param windows slices
 * @param numbers what only this pattern measures
 */
record BlockResult(
        long messages,
        long durationNs,
        String hdr,
        double meanUntimedNs,
        String service,
        String response,
        List<Window> windows,
        Map<String, Double> numbers) {

    /** Returns a block that was only counted. */
    static BlockResult of(long messages, long durationNs) {
        return new BlockResult(messages, durationNs, null, 0, null, null, List.of(), Map.of());
    }

    /** Returns a block whose round trips, or bursts, were timed. */
    static BlockResult timed(long messages, long durationNs, Windows windows) {
        return new BlockResult(
                messages,
                durationNs,
                Hdr.encode(windows.all()),
                0,
                null,
                null,
                windows.list(),
                Map.of());
    }

    BlockResult withMean(double ns) {
        return new BlockResult(messages, durationNs, hdr, ns, service, response, windows, numbers);
    }

    BlockResult withNumbers(Map<String, Double> more) {
        Map<String, Double> all = new java.util.TreeMap<>(numbers);
        all.putAll(more);
        return new BlockResult(
                messages, durationNs, hdr, meanUntimedNs, service, response, windows, all);
    }
}
