package io.sluice.compare.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.compare.export.DataTable;
import io.sluice.compare.stats.Estimate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleFunction;
import java.util.function.ToDoubleFunction;

/**
 * Curves that uPlot draws when the page is opened: with a cursor, zoom, and a switch for each. The
 * page carries their data. Curves that have one x value in common are rows instead.
 */
record Curves(String id, String title, Scale x, Scale y, List<Curve> curves) {
    /** More curves than these are there, and switched off. */
    private static final int SHOWN = 8;

    private static final ObjectMapper JSON = new ObjectMapper();

    /** What the script reads, in this order: that of a map would differ between JVMs. */
    private record Data(Scale x, Scale y, List<Map<String, Object>> curves, String scope) {}

    /**
     * An axis.
     *
     * @param label quantity and which direction is better
     * @param unit how the script writes its numbers: "time", "bytes", "rate", "bandwidth", or
     *     "nines" of percentiles
     * @param logarithmic whether equal distances are equal ratios
     */
    record Scale(String label, String unit, boolean logarithmic) {
        DoubleFunction<String> units() {
            return switch (unit) {
                case "time" -> Units::time;
                case "bytes" -> bytes -> Units.bytes((long) bytes);
                case "rate" -> Units::rate;
                case "bandwidth" -> Units::bytesPerSecond;
                default -> nines -> Units.exactPercent(1 - Math.pow(10, -nines));
            };
        }
    }

    /** A point; the interval is drawn as a band. */
    record Point(double x, Estimate y) {}

    /**
     * A curve.
     *
     * @param series its name and color
     * @param dash 0 for a solid line; other numbers look different
     */
    record Curve(Series series, int dash, List<Point> points) {
        Curve {
            points = points.stream().filter(p -> p.y.isKnown() && Double.isFinite(p.x)).toList();
        }
    }

    Curves {
        curves = curves.stream().filter(curve -> !curve.points.isEmpty()).toList();
    }

    boolean isEmpty() {
        return curves.isEmpty();
    }

    private boolean hasOneX() {
        return curves.stream()
                        .flatMap(c -> c.points.stream())
                        .mapToDouble(p -> p.x)
                        .distinct()
                        .count()
                == 1;
    }

    Figure figure(String caption, DataTable table, String scope) {
        return new Figure(id, title, "", hasOneX() ? rows(scope) : data(scope), caption, table);
    }

    private String rows(String scope) {
        List<Double> all = new ArrayList<>();
        curves.forEach(curve -> all.add(curve.points.get(0).y.value()));
        double at = curves.get(0).points.get(0).x;
        return new RowChart<Curve>(
                        id,
                        title,
                        y.label + (y.logarithmic ? ", logarithmic scale" : ""),
                        x.label.replaceFirst(",.*", "") + ": " + x.units().apply(at),
                        y.units(),
                        (from, to) ->
                                y.logarithmic
                                        ? Axis.log(all, from, to)
                                        : Axis.linear(
                                                all.stream().mapToDouble(v -> v).max().orElse(1),
                                                from,
                                                to),
                        curve ->
                                new String[] {
                                    curve.series.mechanism(),
                                    curve.series.qualifier(),
                                    Units.value(curve.points.get(0).y, y.units()),
                                    ""
                                },
                        (svg, axis, curve, middle) -> {
                            Estimate value = curve.points.get(0).y;
                            svg.whisker(axis, value, middle, 13);
                            svg.mark(
                                    curve.series,
                                    axis.at(value.value()),
                                    middle,
                                    curve.series.name() + ": " + Units.both(value, y.units()));
                        })
                .draw(curves, scope);
    }

    private String data(String scope) {
        List<Map<String, Object>> all = new ArrayList<>();
        for (Curve curve : curves) {
            Map<String, Object> each = new LinkedHashMap<>();
            each.put("name", curve.series.name());
            each.put("color", curve.series.index() % Series.COLORS);
            int sleeps = curve.series.sleep() == Series.Sleep.NEVER ? 0 : 1;
            each.put("dash", curve.dash + sleeps + curve.series.index() / Series.COLORS);
            each.put("on", all.size() < SHOWN);
            each.put("x", numbers(curve, Point::x));
            each.put("y", numbers(curve, p -> p.y.value()));
            if (curve.points.stream().allMatch(p -> p.y.hasInterval())) {
                each.put("lo", numbers(curve, p -> p.y.lo()));
                each.put("hi", numbers(curve, p -> p.y.hi()));
            }
            all.add(each);
        }
        try {
            return "<script type=\"application/json\">"
                    + JSON.writeValueAsString(new Data(x, y, all, scope)).replace("<", "\\u003c")
                    + "</script>";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Rounds to four digits: a page has thousands of points. */
    private static List<Number> numbers(Curve curve, ToDoubleFunction<Point> number) {
        return curve.points.stream()
                .map(
                        p -> {
                            double value = number.applyAsDouble(p);
                            double rounded =
                                    new java.math.BigDecimal(value)
                                            .round(new java.math.MathContext(4))
                                            .doubleValue();
                            return rounded == Math.rint(rounded)
                                    ? (Number) (long) rounded
                                    : (Number) rounded;
                        })
                .toList();
    }
}
