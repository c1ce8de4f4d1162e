package io.sluice.compare.rig;

import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.transport.Transport;
import java.util.List;

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

    /** Returns the same with other mechanisms; none named means all. */
    public Selection withMechanisms(List<String> ids) {
        return new Selection(
                ids,
                patterns,
                sizes,
                touches,
                batches,
                rates,
                schedules,
                loads,
                gapsNs,
                rttRates,
                placements);
    }

    /** Returns the same with other patterns. */
    public Selection withPatterns(List<Pattern> chosen) {
        return new Selection(
                mechanisms,
                chosen,
                sizes,
                touches,
                batches,
                rates,
                schedules,
                loads,
                gapsNs,
                rttRates,
                placements);
    }

    /** Returns the same with other sizes, in bytes. */
    public Selection withSizes(List<Integer> chosen) {
        return new Selection(
                mechanisms,
                patterns,
                chosen,
                touches,
                batches,
                rates,
                schedules,
                loads,
                gapsNs,
                rttRates,
                placements);
    }

    /** Returns the same with other parts of a message touched. */
    public Selection withTouches(List<String> chosen) {
        return new Selection(
                mechanisms,
                patterns,
                sizes,
                chosen,
                batches,
                rates,
                schedules,
                loads,
                gapsNs,
                rttRates,
                placements);
    }

    /** Returns the same with other numbers of messages per call, for pattern stream. */
    public Selection withBatches(List<Integer> chosen) {
        return new Selection(
                mechanisms,
                patterns,
                sizes,
                touches,
                chosen,
                rates,
                schedules,
                loads,
                gapsNs,
                rttRates,
                placements);
    }

    /**
     * Returns the same with other rates for pattern oneway, in messages per second, and no loads.
     */
    public Selection withRates(List<Double> chosen) {
        return new Selection(
                mechanisms,
                patterns,
                sizes,
                touches,
                batches,
                chosen,
                schedules,
                List.of(),
                gapsNs,
                rttRates,
                placements);
    }

    /** Returns the same with other times between messages: {@link Factors#FIXED} and the like. */
    Selection withSchedules(List<String> chosen) {
        return new Selection(
                mechanisms,
                patterns,
                sizes,
                touches,
                batches,
                rates,
                chosen,
                loads,
                gapsNs,
                rttRates,
                placements);
    }

    /** Returns the same with parts, 0 to 1, of what a mechanism can carry, for pattern oneway. */
    public Selection withLoads(List<Double> chosen) {
        return new Selection(
                mechanisms,
                patterns,
                sizes,
                touches,
                batches,
                rates,
                schedules,
                chosen,
                gapsNs,
                rttRates,
                placements);
    }

    /** Returns the same with other idle times, in nanoseconds, for pattern gap. */
    public Selection withGaps(List<Long> chosen) {
        return new Selection(
                mechanisms,
                patterns,
                sizes,
                touches,
                batches,
                rates,
                schedules,
                loads,
                chosen,
                rttRates,
                placements);
    }

    /** Returns the same with round trips at these rates, for pattern rtt. */
    public Selection withRttRates(List<Double> chosen) {
        return new Selection(
                mechanisms,
                patterns,
                sizes,
                touches,
                batches,
                rates,
                schedules,
                loads,
                gapsNs,
                chosen,
                placements);
    }

    /** Returns the same in other placements, of {@link Placement#PARTS}. */
    Selection withPlacements(List<String> chosen) {
        return new Selection(
                mechanisms,
                patterns,
                sizes,
                touches,
                batches,
                rates,
                schedules,
                loads,
                gapsNs,
                rttRates,
                chosen);
    }

    /** Tests whether it includes a mechanism. */
    boolean includes(Transport transport) {
        return mechanisms.isEmpty()
                || mechanisms.contains(transport.id())
                || mechanisms.contains(transport.name());
    }
}
