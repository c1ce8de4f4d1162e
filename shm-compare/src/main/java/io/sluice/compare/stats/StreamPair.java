package io.sluice.compare.stats;

import static java.util.Comparator.comparingDouble;
import static java.util.stream.Collectors.maxBy;
import static java.util.stream.Collectors.partitioningBy;

import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.result.Results;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Throughput, like with like: the fastest kernel mechanism and the ring, both with one message a
 * call, or both with several. A comparison of one message a call here with 256 there says how much
 * batching saves, not what the kernel costs.
 *
 * @param kernel the fastest stream through the kernel
 * @param ring the fastest stream through our shared memory
 */
public record StreamPair(Measurement kernel, Measurement ring) {
    private static final String RING = "sluice";

    /**
     * Returns the pairs of a message size, between the CPUs of the run.
     *
     * @return first the one of one message a call, then that of batches; what was not measured on
     *     both sides is absent
     */
    public static List<StreamPair> of(Results results, int size) {
        return Stream.of(false, true)
                .flatMap(batched -> pair(results, size, batched).stream())
                .toList();
    }

    private static Optional<StreamPair> pair(Results results, int size, boolean batched) {
        String placement = Measurements.mainPlacement(results);
        Bootstrap bootstrap = Bootstrap.of(results);
        Map<Boolean, Optional<Measurement>> fastest =
                results.measurements().stream()
                        .filter(Measurement::usable)
                        .filter(m -> m.factors().pattern() == Pattern.STREAM)
                        .filter(m -> Measurements.hasDefaultFactors(m.factors()))
                        .filter(m -> m.factors().size() == size)
                        .filter(m -> m.factors().batch() > 1 == batched)
                        .filter(m -> Objects.equals(m.factors().placement(), placement))
                        .filter(m -> isOfKernel(m) || RING.equals(m.factors().mechanism()))
                        .collect(partitioningBy(StreamPair::isOfKernel, maxBy(speed(bootstrap))));
        return fastest.get(true)
                .flatMap(kernel -> fastest.get(false).map(ring -> new StreamPair(kernel, ring)));
    }

    private static boolean isOfKernel(Measurement stream) {
        return stream.factors().waiting().isInKernel();
    }

    private static Comparator<Measurement> speed(Bootstrap bootstrap) {
        return comparingDouble(m -> bootstrap.median(Samples.messagesPerSecond(m)).value());
    }

    /** Returns both sides' messages a call: "1 message a call on both sides". */
    public String batches() {
        int theirs = kernel.factors().batch();
        int ours = ring.factors().batch();
        return theirs == ours
                ? "up to " + ours + (ours == 1 ? " message" : " messages") + " a call on both sides"
                : "up to " + theirs + " messages a call in the kernel, " + ours + " in the ring";
    }
}
