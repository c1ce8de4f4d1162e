package io.sluice.compare.report;

import static java.util.Comparator.comparingDouble;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toList;
import static java.util.stream.Collectors.toMap;

import io.sluice.compare.export.DataTable;
import io.sluice.compare.export.Metric;
import io.sluice.compare.export.Units;
import io.sluice.compare.stats.Estimate;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleFunction;

/**
 * A chart with one line per row of data: names at the left, marks along one axis, numbers at the
 * right; on a narrow picture names and numbers stand above the marks. Static: it prints, and needs
 * no script.
 *
 * @param id the anchor
 * @param title what it shows
 * @param axisLabel quantity, unit, scale, and which direction is better
 * @param head what stands above the numbers
 * @param unit writes a number of the axis
 * @param axis the axis, between any pixels
 * @param lines the rows, from above
 */
record RowChart(
        String id,
        String title,
        String axisLabel,
        String head,
        DoubleFunction<String> unit,
        Axis axis,
        List<ChartLine> lines) {
    private static final double LEFT = 250;
    private static final double RIGHT = 588;
    private static final double ROW = 31;
    private static final double NARROW_ROW = 56;
    private static final double NAME_CHARACTER = 6.8;
    private static final double DETAIL_CHARACTER = 6.2;

    /** A row: name and number, a second line of each, which may be empty, and its marks. */
    record ChartLine(String name, String detail, String number, String second, Painter painter) {
        /** Makes the row of a series. */
        static ChartLine of(Series series, String number, String second, Painter painter) {
            return new ChartLine(series.mechanism(), series.qualifier(), number, second, painter);
        }
    }

    /** Draws the marks of a row, whose middle is at y. */
    interface Painter {
        void paint(Svg svg, Axis axis, double y);
    }

    /** A value of one variant of a series: of a size of messages, or of a rate. */
    record Mark(Series series, String variant, Estimate value) {
        private double at(Axis axis) {
            return axis.at(value.value());
        }

        private String tip(DoubleFunction<String> unit) {
            return series.name() + ", " + variant + ": " + Units.both(value, unit);
        }
    }

    /**
     * Returns a row for each series with a mark for each variant, sorted by the first of them. A
     * later variant has a larger mark. Of several marks for one the last is drawn. Two variants
     * have room for their numbers at the right.
     *
     * @param about what the title says after the name of the metric
     * @param marks in the order of the variants
     */
    static RowChart spread(String id, String about, Metric metric, List<Mark> marks) {
        String key = "chart." + metric.name().toLowerCase(Locale.ROOT);
        String title = Text.of(key, about);
        String axisLabel = Text.of(key + ".axis");
        DoubleFunction<String> unit = metric.unit();
        List<String> variants = marks.stream().map(Mark::variant).distinct().toList();
        Map<List<Object>, Mark> known = new LinkedHashMap<>();
        marks.stream()
                .filter(mark -> mark.value.isKnown())
                .forEach(mark -> known.put(List.of(mark.series, mark.variant), mark));
        Map<Series, List<Mark>> rows =
                known.values().stream()
                        .collect(groupingBy(Mark::series, LinkedHashMap::new, toList()));
        List<String> shown = shown(variants, rows.values());
        Comparator<List<Mark>> order = comparingDouble(row -> row.getFirst().value.value());
        List<ChartLine> lines =
                rows.values().stream()
                        .sorted(metric.isHigherBetter() ? order.reversed() : order)
                        .map(row -> spread(row, unit, variants, shown))
                        .toList();
        Axis axis = Axis.of(known.values().stream().map(Mark::value).toList(), 0, 1);
        return new RowChart(id, title, axisLabel, String.join(" · ", shown), unit, axis, lines);
    }

    /** Returns two variants, the first and the last of those that most rows have. */
    private static List<String> shown(List<String> variants, Collection<List<Mark>> rows) {
        List<String> usual =
                variants.stream()
                        .filter(
                                v ->
                                        2 * rows.stream().filter(row -> has(row, v)).count()
                                                > rows.size())
                        .toList();
        List<String> some = usual.size() < 2 ? variants : usual;
        return some.size() < 3 ? some : List.of(some.getFirst(), some.getLast());
    }

    private static boolean has(List<Mark> row, String variant) {
        return row.stream().anyMatch(mark -> mark.variant.equals(variant));
    }

    private static ChartLine spread(
            List<Mark> row,
            DoubleFunction<String> unit,
            List<String> variants,
            List<String> shown) {
        Series series = row.getFirst().series;
        Map<String, String> numbers =
                row.stream().collect(toMap(Mark::variant, m -> Units.value(m.value, unit)));
        Mark last = row.getLast();
        String number =
                shown.stream().noneMatch(numbers::containsKey)
                        ? last.variant + ": " + numbers.get(last.variant)
                        : shown.stream()
                                .map(v -> numbers.getOrDefault(v, Units.DASH))
                                .collect(joining(" · "));
        Painter painter =
                (svg, axis, y) -> {
                    var ends = row.stream().mapToDouble(mark -> mark.at(axis)).summaryStatistics();
                    svg.line(ends.getMin(), y, ends.getMax(), y, "stem thin " + series.color());
                    for (Mark mark : row) {
                        double scale = 0.7 + 0.3 * variants.indexOf(mark.variant);
                        svg.estimate(axis, series, mark.value, y, scale, mark.tip(unit));
                    }
                };
        return ChartLine.of(series, number, "", painter);
    }

    /** Returns the chart with what belongs to it. */
    Figure figure(String takeaway, String caption, DataTable table, String scope) {
        return new Figure(id, title, takeaway, draw(scope), caption, table);
    }

    /** Draws it in both widths. */
    String draw(String scope) {
        return Figure.both(width -> draw(width, scope));
    }

    private String draw(int width, String scope) {
        Svg svg = new Svg(width, id, title, Text.of("chart.description", axisLabel));
        boolean narrow = svg.isNarrow();
        Axis scale = narrow ? axis.between(14, width - 14) : axis.between(LEFT, RIGHT);
        double height = narrow ? NARROW_ROW : ROW;
        double top = head.isEmpty() ? 8 : 24;
        svg.text(width, 13, "end", "tick strong", head);
        double last = svg.axis(scale, top, top + lines.size() * height + 4, unit, axisLabel);
        for (int i = 0; i < lines.size(); i++) {
            words(svg, lines.get(i), top + i * height + (narrow ? 15 : height / 2 - 1));
        }
        for (int i = 0; i < lines.size(); i++) {
            double middle = top + i * height + (narrow ? 45 : height / 2);
            lines.get(i).painter.paint(svg, scale, middle);
        }
        return svg.build(last, scope);
    }

    private static void words(Svg svg, ChartLine line, double y) {
        double room = svg.isNarrow() ? svg.width() - 96 : LEFT - 8;
        boolean alone = line.detail.isEmpty() && line.second.isEmpty() && !svg.isNarrow();
        double first = alone ? y + 5 : y;
        String name = Svg.shorten(line.name, (int) (room / NAME_CHARACTER));
        double words = NAME_CHARACTER * (name.length() + line.number.length());
        boolean below = words > svg.width() && line.second.isEmpty();
        double beside = below ? room - NAME_CHARACTER * line.number.length() : room;
        String detail = Svg.shorten(line.detail, (int) (beside / DETAIL_CHARACTER));
        svg.text(0, first, "start", "name", name).text(0, y + 13, "start", "detail", detail);
        // The style sheet anchors numbers at their end: there are hundreds.
        svg.text(svg.width(), below ? y + 13 : first, "start", "number", line.number);
        svg.text(svg.width(), y + 13, "end", "detail", line.second);
    }
}
