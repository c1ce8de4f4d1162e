package io.sluice.compare.rig;

import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.transport.Transport;
import java.util.List;
import java.util.function.Consumer;

/**
 * The factors to vary: every mechanism with every pattern, and each pattern with the factors that
 * affect it.
 *
 * @param mechanisms the ids of the mechanisms, or ids with a slash and a way to wait; empty for all
 * @param patterns how messages are exchanged
 * @param sizes how long they are, in bytes
 * @param touches how much of a message is touched
 * @param batches messages per call, for pattern stream
 * @param rates messages per second, for pattern oneway
 * @param schedules whether those times are fixed or random, for pattern oneway
 * @param loads parts of a mechanism's maximum rate, for pattern oneway
 * @param gapsNs idle times, for pattern gap
 * @param rttRates round trips per second, for pattern rtt; empty for as many as possible
 * @param placements where the ends run, of {@link Placement#PARTS}; empty for the run's pair
 */
public record Selection(
        List<String> mechanisms,
        List<Pattern> patterns,
        List<Integer> sizes,
        List<String> touches,
        List<Integer> batches,
        List<Double> rates,
        List<String> schedules,
        List<Double> loads,
        List<Long> gapsNs,
        List<Double> rttRates,
        List<String> placements) {
    /** Copies the lists. */
    public Selection {
        mechanisms = List.copyOf(mechanisms);
        patterns = List.copyOf(patterns);
        sizes = List.copyOf(sizes);
        touches = List.copyOf(touches);
        batches = List.copyOf(batches);
        rates = List.copyOf(rates);
        schedules = List.copyOf(schedules);
        loads = List.copyOf(loads);
        gapsNs = List.copyOf(gapsNs);
        rttRates = List.copyOf(rttRates);
        placements = List.copyOf(placements);
    }

    /**
     * Returns one with nothing varied beyond mechanisms, patterns and sizes: every byte is touched,
     * and what else a pattern takes has its usual value.
     *
     * @param mechanisms as the record's
     * @param patterns as the record's
     * @param sizes as the record's, in bytes
     * @return the selection
     */
    public static Selection of(
            List<String> mechanisms, List<Pattern> patterns, List<Integer> sizes) {
        return new Selection(
                mechanisms,
                patterns,
                sizes,
                List.of(Factors.FULL),
                List.of(Workload.DEFAULT_BATCH),
                List.of(10_000.0),
                List.of(Factors.FIXED, Factors.EXPONENTIAL),
                List.of(),
                List.of(1_000_000L),
                List.of(),
                List.of());
    }

    /** Returns the same with some components changed. */
    public Selection with(Consumer<Builder> change) {
        Builder builder = new Builder(this);
        change.accept(builder);
        return new Selection(
                builder.mechanisms,
                builder.patterns,
                builder.sizes,
                builder.touches,
                builder.batches,
                builder.rates,
                builder.schedules,
                builder.loads,
                builder.gapsNs,
                builder.rttRates,
                builder.placements);
    }

    /** Its components, named as those of the record. */
    public static final class Builder {
        /** As the record's. */
        public List<String> mechanisms;

        /** As the record's. */
        public List<Pattern> patterns;

        /** As the record's. */
        public List<Integer> sizes;

        /** As the record's. */
        public List<String> touches;

        /** As the record's. */
        public List<Integer> batches;

        /** As the record's. */
        public List<Double> rates;

        /** As the record's. */
        public List<String> schedules;

        /** As the record's. */
        public List<Double> loads;

        /** As the record's. */
        public List<Long> gapsNs;

        /** As the record's. */
        public List<Double> rttRates;

        /** As the record's. */
        public List<String> placements;

        private Builder(Selection from) {
            mechanisms = from.mechanisms;
            patterns = from.patterns;
            sizes = from.sizes;
            touches = from.touches;
            batches = from.batches;
            rates = from.rates;
            schedules = from.schedules;
            loads = from.loads;
            gapsNs = from.gapsNs;
            rttRates = from.rttRates;
            placements = from.placements;
        }
    }

    /** Tests whether it includes a mechanism. */
    boolean includes(Transport transport) {
        return mechanisms.isEmpty()
                || mechanisms.contains(transport.id())
                || mechanisms.contains(transport.name());
    }
}
