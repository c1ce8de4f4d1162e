package io.sluice.compare.stats;

import static java.util.Comparator.comparingDouble;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.result.Results;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Throughput, like with like: the fastest kernel mechanism and a ring, both with one message a
 * call, or both with the same number of several, and with about the same capacity. A comparison of
 * one message a call here with 256 there says how much batching saves, and one of a queue of ten
 * messages with a ring of a thousand says how often a sender waits, not what the kernel costs.
 *
 * @param kernel the fastest stream through the kernel
 * @param ring the fastest stream through our shared memory
 */
public record StreamPair(Measurement kernel, Measurement ring) {
    /**
     * Returns the pairs of a message size, between the CPUs of the run.
     *
     * @return first the one of one message a call, then that of the largest batch that there is on
     *     both sides; what was not measured on both sides is absent
     */
    public static List<StreamPair> of(Results results, int size) {
        Map<Integer, List<Measurement>> byBatch =
                candidates(results, size)
                        .collect(groupingBy(m -> m.factors().batch(), TreeMap::new, toList()));
        List<StreamPair> pairs =
                byBatch.values().stream()
                        .flatMap(streams -> fastest(streams, Bootstrap.of(results)).stream())
                        .toList();
        return pairs.size() <= 2 ? pairs : List.of(pairs.getFirst(), pairs.getLast());
    }

    private static Stream<Measurement> candidates(Results results, int size) {
        String placement = Measurements.mainPlacement(results);
        return results.measurements().stream()
                .filter(Measurement::usable)
                .filter(m -> m.factors().pattern() == Pattern.STREAM)
                .filter(m -> Measurements.hasDefaultFactors(m.factors()))
                .filter(m -> m.factors().size() == size)
                .filter(m -> Objects.equals(m.factors().placement(), placement))
                .filter(m -> isOfKernel(m) || Measurements.isRing(m.factors()));
    }

    /** Returns the fastest of the kernel that has a ring of its capacity, and the fastest such. */
    private static Optional<StreamPair> fastest(List<Measurement> streams, Bootstrap bootstrap) {
        Comparator<Measurement> speed = speed(bootstrap);
        return streams.stream()
                .filter(StreamPair::isOfKernel)
                .flatMap(
                        kernel ->
                                beside(kernel, streams).max(speed).stream()
                                        .map(ring -> new StreamPair(kernel, ring)))
                .max(Comparator.comparing(StreamPair::kernel, speed));
    }

    private static Stream<Measurement> beside(Measurement kernel, List<Measurement> streams) {
        return streams.stream()
                .filter(ring -> !isOfKernel(ring))
                .filter(ring -> ring.factors().fitsAsMuchAs(kernel.factors()));
    }

    private static boolean isOfKernel(Measurement stream) {
        return stream.factors().waiting().isInKernel();
    }

    private static Comparator<Measurement> speed(Bootstrap bootstrap) {
        return comparingDouble(m -> bootstrap.median(Samples.messagesPerSecond(m)).value());
    }

    /** Returns both sides' messages a call: "up to 1 message a call on both sides". */
    public String batches() {
        int batch = ring.factors().batch();
        return "up to " + batch + (batch == 1 ? " message" : " messages") + " a call on both sides";
    }
}
