package io.sluice.compare.result;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * What one fresh pair of processes measured.
 *
 * @param n its number within the measurement, from 0
 * @param messages pattern rtt and gap: round trips (one message each way); elsewhere: messages
 *     received
 * @param durationNs pattern rtt: from the first send to the last reply; pattern stream: to the last
 *     message received. The counters of the ends cover the same messages
 * @param hdr pattern rtt and gap: the round trips in nanoseconds, as {@link Hdr} writes them;
 *     pattern burst: from a burst's first send to its last message received; null elsewhere
 * @param meanUntimedNs pattern rtt: the mean round trip of a block in which no single one was
 *     timed; pattern stream: the mean time a message; 0 if not measured
 * @param ends what each end counted, by {@link #INITIATOR} and {@link #RESPONDER}; where several
 *     ends have that part, a point and a number follow: "initiator.1"
 * @param lineRoundTripNs a cache line there and back between these two processes, median, measured
 *     right after the messages; 0 if not measured
 * @param service the nanoseconds from sending to having received, as {@link Hdr} writes them; null
 *     if not measured
 * @param response the same from the scheduled send time, so that a delayed sender counts too; null
 *     if not measured
 * @param system what the rest of the machine did meanwhile; null if not measured
 * @param windows the same measurement in slices of time, in order
 * @param numbers what only some patterns measure, by the names in {@link Numbers}
 */
@RecordBuilder
public record Fork(
        int n,
        long messages,
        long durationNs,
        String hdr,
        double meanUntimedNs,
        Map<String, EndCounters> ends,
        double lineRoundTripNs,
        String service,
        String response,
        SystemCounters system,
        List<Window> windows,
        Map<String, Double> numbers) {

    /** The end that sends first. */
    public static final String INITIATOR = "initiator";

    /** The end that replies, or only receives. */
    public static final String RESPONDER = "responder";

    /** Copies the collections. */
    public Fork {
        ends = Copies.of(ends);
        windows = Copies.of(windows);
        numbers = Copies.of(numbers);
    }

    /**
     * Returns what the ends of one side counted.
     *
     * @param side {@link #INITIATOR} or {@link #RESPONDER}
     */
    public List<EndCounters> ends(String side) {
        return ends.entrySet().stream()
                .filter(end -> (end.getKey() + ".").startsWith(side + "."))
                .map(Map.Entry::getValue)
                .toList();
    }

    /** Returns one of the numbers that only some patterns measure, or another if it has none. */
    public double number(String name, double otherwise) {
        return numbers.getOrDefault(name, otherwise);
    }

    /** Returns the sum of what all ends counted. */
    public double sum(ToDoubleFunction<EndCounters> counter) {
        return ends.values().stream().mapToDouble(counter).sum();
    }
}
