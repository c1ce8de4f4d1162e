package io.sluice.compare.report;

import static io.sluice.compare.export.Metric.BOTH_ENDS_CPUS;
import static io.sluice.compare.export.Metric.P50_NS;
import static io.sluice.compare.export.Metric.RECEIVER_CPUS;
import static io.sluice.compare.export.Metric.RESPONSE_P50_NS;
import static io.sluice.compare.export.Units.perSecond;
import static java.util.stream.Collectors.filtering;
import static java.util.stream.Collectors.groupingBy;

import io.sluice.compare.export.DataTable;
import io.sluice.compare.export.Metric;
import io.sluice.compare.export.Units;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.result.Waiting;
import io.sluice.compare.stats.Attribution;
import io.sluice.compare.stats.CpuAtRate;
import io.sluice.compare.stats.Estimate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

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
     * @param times from when a message was due to when it was received; after a pause, a round trip
     */
    record Reading(Row row, double rate, Metric times) implements Metric.MetricValues {
        @Override
        public Estimate get(Metric metric) {
            return row.get(metric);
        }

        Estimate time() {
            return row.get(times);
        }

        /** Returns the CPUs that the receiver and helpers keep busy. */
        Estimate receiver() {
            return get(RECEIVER_CPUS);
        }

        int size() {
            return row.size();
        }

        @Override
        public String name() {
            return row.name();
        }

        boolean isRoundTrip() {
            return row.factors().pattern() == Pattern.GAP;
        }

        private boolean hasReceiver() {
            return receiver().isKnown();
        }

        private Load load() {
            return new Load(size(), rate);
        }

        private boolean isNear(Reading other) {
            return size() == other.size() && Math.max(rate / other.rate, other.rate / rate) < NEAR;
        }

        private RowChart.Mark mark() {
            return new RowChart.Mark(row.series(), Units.tick(Units.rate(rate)), receiver());
        }
    }

    /** A size of messages and how many come a second. */
    record Load(int size, double rate) {}

    FixedRate(ReportModel model) {
        this.model = model;
        List<Reading> paced =
                model.rows(Pattern.ONEWAY).stream()
                        .filter(row -> row.isAt(model.mainPlacement))
                        .filter(row -> CpuAtRate.isAtRate(row.factors()))
                        .map(
                                row ->
                                        new Reading(
                                                row,
                                                row.factors().ratePerSecond(),
                                                RESPONSE_P50_NS))
                        .toList();
        readings.addAll(paced);
        model.afterPauses().stream()
                .filter(row -> row.isAt(model.mainPlacement) && row.factors().gapNs() > 0)
                .map(row -> new Reading(row, 1e9 / row.factors().gapNs(), P50_NS))
                .filter(reading -> paced.stream().noneMatch(reading::isNear))
                .forEach(readings::add);
        readings.sort(Comparator.comparingInt(Reading::size).thenComparingDouble(Reading::rate));
    }

    /** Returns all, by size and rate; those without a CPU time too. */
    List<Reading> readings() {
        return readings;
    }

    /** Returns the loads by size and rate, each with its readings that have a CPU time. */
    Map<Load, List<Reading>> loads() {
        var known = filtering(Reading::hasReceiver, Collectors.<Reading>toList());
        return readings.stream().collect(groupingBy(Reading::load, LinkedHashMap::new, known));
    }

    private int size() {
        int headline = model.headline().map(Attribution::size).orElse(64);
        List<Integer> sizes = readings.stream().map(Reading::size).toList();
        return sizes.isEmpty() || sizes.contains(headline) ? headline : sizes.getFirst();
    }

    /** Returns the second headline: what a sleeping and a spinning reader use; empty if unknown. */
    String headline() {
        return loads().values().stream()
                .filter(load -> load.stream().anyMatch(r -> r.size() == size()))
                .flatMap(load -> headline(load).stream())
                .findFirst()
                .orElse("");
    }

    private static Optional<String> headline(List<Reading> load) {
        Optional<Reading> shared = find(load, "sluice", Waiting.SPIN);
        return find(load, "pipe", Waiting.BLOCK)
                .flatMap(pipe -> shared.map(spinning -> headline(pipe, spinning)));
    }

    private static String headline(Reading pipe, Reading shared) {
        String paused = Text.when(pipe.isRoundTrip(), "rate.paused");
        String sleeping = pipe.text(RECEIVER_CPUS);
        String spinning = shared.text(RECEIVER_CPUS);
        return Text.of("rate.headline", perSecond(pipe.rate), paused, sleeping, spinning);
    }

    private static Optional<Reading> find(List<Reading> all, String mechanism, Waiting waiting) {
        return all.stream().filter(r -> r.row.is(mechanism, waiting)).findFirst();
    }

    Section screen() {
        Section section = new Section("cpu", "CPU at a fixed rate");
        int size = size();
        List<Reading> shown =
                readings.stream().filter(r -> r.size() == size && r.hasReceiver()).toList();
        if (shown.isEmpty()) {
            return section.note(Text.of("rate.none"));
        }
        List<RowChart.Mark> marks = shown.stream().map(Reading::mark).toList();
        boolean several = marks.stream().map(RowChart.Mark::variant).distinct().count() > 1;
        RowChart chart = RowChart.spread("cpu-rate", Units.bytes(size), RECEIVER_CPUS, marks);
        String caption =
                Text.join(
                        Text.of("rate.caption", Text.when(several, "rate.larger")),
                        Text.when(shown.stream().anyMatch(Reading::isRoundTrip), "rate.pauses"),
                        Series.MARKS);
        return section.figure(chart.figure(headline(), caption, table(), model.scope()));
    }

    private DataTable table() {
        return new DataTable.Columns<Reading>()
                .text("Mechanism", Reading::name)
                .text("Message", r -> Units.bytes(r.size()))
                .number("rate", Units::rate, Reading::rate)
                .interval("receiver, CPUs", model.interval, RECEIVER_CPUS)
                .values(BOTH_ENDS_CPUS)
                .value("median time", Units::time, Reading::time)
                .text("time of", r -> Text.of(r.isRoundTrip() ? "rate.trip" : "rate.way"))
                .of("CPU at a fixed rate", readings);
    }
}
