package io.sluice.compare.report;

import io.sluice.compare.export.DataTable;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Fork;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Numbers;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.stats.CpuAtRate;
import io.sluice.compare.stats.Estimate;
import io.sluice.compare.stats.Samples;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What a receiver costs while messages come at a rate that it can easily carry: the usual state of
 * a program. A saturated run hides it, because there all use their CPUs.
 */
final class FixedRate {
    /** A pause between messages is a rate where the run has no such rate, up to this factor. */
    private static final double NEAR = 3;

    private final ReportModel model;
    private final List<Reading> readings = new ArrayList<>();

    /**
     * One mechanism at one rate.
     *
     * @param rate messages per second that the receiver gets
     * @param receiver CPUs that the receiver and helpers keep busy
     * @param both the same with what the sender’s calls take; not known in older results
     * @param time from when a message was due to when it was received; after a pause, a round trip
     */
    record Reading(Row row, double rate, Estimate receiver, Estimate both, Estimate time) {
        int size() {
            return row.size();
        }

        boolean isRoundTrip() {
            return Pattern.GAP.equals(row.measurement().factors().pattern());
        }
    }

    FixedRate(ReportModel model) {
        this.model = model;
        for (CpuAtRate each : CpuAtRate.of(model.results)) {
            model.row(each.measurement())
                    .ifPresent(
                            row ->
                                    readings.add(
                                            new Reading(
                                                    row,
                                                    each.ratePerSecond(),
                                                    each.receiver(),
                                                    each.both(),
                                                    time(row))));
        }
        List<Reading> paced = List.copyOf(readings);
        for (Row row : model.rows(Pattern.GAP)) {
            Long gap = row.measurement().factors().gapNs();
            if (gap != null
                    && gap > 0
                    && Objects.equals(
                            model.mainPlacement(), row.measurement().factors().placement())) {
                double rate = 1e9 / gap;
                if (paced.stream()
                        .noneMatch(
                                r ->
                                        r.size() == row.size()
                                                && Math.max(r.rate / rate, rate / r.rate) < NEAR)) {
                    readings.add(
                            new Reading(
                                    row,
                                    rate,
                                    model.bootstrap.median(receiver(row.measurement())),
                                    Estimate.NONE,
                                    row.summary().p50()));
                }
            }
        }
        readings.sort(Comparator.comparingInt(Reading::size).thenComparingDouble(Reading::rate));
    }

    private Estimate time(Row row) {
        return model.bootstrap.median(Samples.response(row.measurement(), 50));
    }

    /** Returns the CPUs that the receiver and helpers keep busy. */
    private static double[] receiver(Measurement measurement) {
        return measurement.forks().stream()
                .mapToDouble(
                        fork ->
                                fork.ends().containsKey(Fork.RESPONDER)
                                        ? (fork.ends().get(Fork.RESPONDER).cpuNs()
                                                        + fork.numbers()
                                                                .getOrDefault(
                                                                        Numbers.HELPER_CPU_NS, 0.0))
                                                / fork.durationNs()
                                        : Double.NaN)
                .toArray();
    }

    /** Returns all, by size and rate; those without a CPU time too. */
    List<Reading> readings() {
        return readings;
    }

    List<Integer> sizes() {
        return readings.stream().map(Reading::size).distinct().toList();
    }

    List<Double> rates(int size) {
        return readings.stream()
                .filter(r -> r.size() == size)
                .map(Reading::rate)
                .distinct()
                .toList();
    }

    List<Reading> at(int size, double rate) {
        return readings.stream()
                .filter(r -> r.size() == size && r.rate == rate && r.receiver.isKnown())
                .toList();
    }

    private int size() {
        int headline = model.headline().map(a -> a.size()).orElse(64);
        return readings.stream().anyMatch(r -> r.size() == headline)
                ? headline
                : readings.isEmpty() ? headline : readings.get(0).size();
    }

    /** Returns the second headline: what a sleeping and a spinning reader use; empty if unknown. */
    String headline() {
        for (double rate : rates(size())) {
            Optional<Reading> pipe = find(rate, "pipe", Factors.BLOCK);
            Optional<Reading> shared = find(rate, "sluice", Factors.SPIN);
            if (pipe.isPresent() && shared.isPresent()) {
                return "At "
                        + Units.perSecond(rate)
                        + " messages a second"
                        + (pipe.get().isRoundTrip() ? " (one after each pause)" : "")
                        + ", a receiver on a blocking pipe keeps "
                        + Units.value(pipe.get().receiver, Units::hundredths)
                        + " CPUs busy and one that spins on shared memory "
                        + Units.value(shared.get().receiver, Units::hundredths)
                        + ".";
            }
        }
        return "";
    }

    private Optional<Reading> find(double rate, String mechanism, String waiting) {
        return at(size(), rate).stream()
                .filter(r -> mechanism.equals(r.row.measurement().factors().mechanism()))
                .filter(r -> waiting.equals(r.row.measurement().factors().waiting()))
                .findFirst();
    }

    private static String variant(Reading reading) {
        return Units.tick(Units.rate(reading.rate));
    }

    Section screen() {
        Section section = new Section("cpu", "CPU at a fixed rate");
        List<Reading> shown =
                readings.stream().filter(r -> r.size() == size() && r.receiver.isKnown()).toList();
        if (shown.isEmpty()) {
            return section.note(
                    "CPU at a fixed rate was not measured in this run, so the page cannot say what"
                            + " a receiver uses while messages are few. --patterns oneway --rates"
                            + " 1000,30000 measures it.");
        }
        List<RowChart.Mark> marks =
                shown.stream()
                        .sorted(Comparator.comparingDouble(Reading::rate))
                        .map(r -> new RowChart.Mark(r.row.series(), variant(r), r.receiver))
                        .toList();
        RowChart chart =
                RowChart.spread(
                        "cpu-rate",
                        "CPUs that a receiver keeps busy, messages of " + Units.bytes(size()),
                        "CPUs busy, logarithmic scale — lower is better; 1 is a whole CPU",
                        Units::hundredths,
                        true,
                        marks);
        return section.figure(
                chart.figure(
                        headline(),
                        "The receiver’s CPU, and that of helpers such as a media driver, at rates"
                                + " that each carries easily"
                                + (shown.stream().map(FixedRate::variant).distinct().count() > 1
                                        ? "; the larger mark is the higher rate"
                                        : "")
                                + ". The sender looks at the clock until each message is due, which"
                                + " is no cost of the mechanism: the table adds only what its calls"
                                + " take. "
                                + (shown.stream().anyMatch(Reading::isRoundTrip)
                                        ? "Rates that come from pauses are round trips: the"
                                                + " receiver answers. "
                                        : "")
                                + Series.MARKS,
                        table(),
                        model.scope()));
    }

    private DataTable table() {
        return new DataTable.Columns<Reading>()
                .text("Mechanism", r -> r.row.name())
                .text("Message", r -> Units.bytes(r.size()))
                .number("rate", Units::rate, Reading::rate)
                .interval("receiver, CPUs", model.interval, Units::hundredths, Reading::receiver)
                .value("both ends, CPUs", Units::hundredths, Reading::both)
                .value("median time", Units::time, Reading::time)
                .text(
                        "time of",
                        r -> r.isRoundTrip() ? "a round trip" : "one way, from when it was due")
                .of("CPU at a fixed rate", readings);
    }
}
