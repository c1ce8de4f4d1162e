package io.sluice.compare.report;

import io.sluice.compare.export.DataTable;
import io.sluice.compare.stats.Estimate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleFunction;
import java.util.stream.Collectors;

/**
 * Rows of mechanisms with a mark for each variant: sizes of messages, or rates. A later variant has
 * a larger mark.
 *
 * @param variants what the marks stand for, in order
 * @param rows a value per variant, by series; a variant that was not measured is absent
 */
record SpreadChart(
        String id,
        String title,
        String axisLabel,
        DoubleFunction<String> unit,
        List<String> variants,
        Map<Series, Map<String, Estimate>> rows) {
    private static final double STEP = 0.3;

    /** Collects rows; the first series that has a value for a variant keeps its place. */
    static final class Rows {
        private final Map<Series, Map<String, Estimate>> rows = new LinkedHashMap<>();

        void put(Series series, String variant, Estimate value) {
            if (value.isKnown()) {
                rows.computeIfAbsent(series, s -> new LinkedHashMap<>()).put(variant, value);
            }
        }

        /** Returns them, sorted by their first value. */
        Map<Series, Map<String, Estimate>> sorted(boolean ascending) {
            Map<Series, Map<String, Estimate>> sorted = new LinkedHashMap<>();
            rows.entrySet().stream()
                    .sorted(
                            java.util.Comparator.comparingDouble(
                                    e ->
                                            (ascending ? 1 : -1)
                                                    * e.getValue()
                                                            .values()
                                                            .iterator()
                                                            .next()
                                                            .value()))
                    .forEach(e -> sorted.put(e.getKey(), e.getValue()));
            return sorted;
        }
    }

    /** Returns the chart with what belongs to it. */
    Figure figure(String takeaway, String caption, DataTable table, String scope) {
        return new Figure(id, title, takeaway, draw(scope), caption, table);
    }

    String draw(String scope) {
        List<Double> all = new ArrayList<>();
        rows.values()
                .forEach(
                        each ->
                                each.values()
                                        .forEach(
                                                e -> {
                                                    all.add(e.value());
                                                    all.add(e.lo());
                                                    all.add(e.hi());
                                                }));
        return new RowChart<Map.Entry<Series, Map<String, Estimate>>>(
                        id,
                        title,
                        axisLabel,
                        head(),
                        unit,
                        (from, to) -> Axis.log(all, from, to),
                        row ->
                                new String[] {
                                    row.getKey().mechanism(),
                                    row.getKey().qualifier(),
                                    shown().stream()
                                            .map(
                                                    v ->
                                                            Units.value(
                                                                    row.getValue()
                                                                            .getOrDefault(
                                                                                    v,
                                                                                    Estimate.NONE),
                                                                    unit))
                                            .collect(Collectors.joining(" · ")),
                                    ""
                                },
                        (svg, axis, row, y) -> paint(svg, axis, row.getKey(), row.getValue(), y))
                .draw(List.copyOf(rows.entrySet()), scope);
    }

    private String head() {
        return String.join(" · ", shown());
    }

    /** Returns the variants whose numbers stand at the right: two have room. */
    private List<String> shown() {
        return variants.size() < 3
                ? variants
                : List.of(variants.get(0), variants.get(variants.size() - 1));
    }

    private void paint(Svg svg, Axis axis, Series series, Map<String, Estimate> values, double y) {
        double[] ends =
                values.values().stream().mapToDouble(e -> axis.at(e.value())).sorted().toArray();
        svg.line(ends[0], y, ends[ends.length - 1], y, "stem thin " + series.color());
        values.forEach(
                (variant, value) -> {
                    svg.whisker(axis, value, y, 13);
                    svg.mark(
                            series,
                            axis.at(value.value()),
                            y,
                            0.7 + STEP * variants.indexOf(variant),
                            series.name() + ", " + variant + ": " + Units.both(value, unit));
                });
    }
}
