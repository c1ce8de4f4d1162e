package io.sluice.compare.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.compare.export.DataTable;
import io.sluice.compare.export.Units;
import io.sluice.compare.stats.Estimate;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Curves that uPlot draws when the page is opened: with a cursor, zoom, and a switch for each. The
 * page carries their data. Curves that have one x value in common are rows instead.
 *
 * @param kind what the axes are
 * @param title what it shows
 */
record Curves(String id, CurveKind kind, String title, List<Curve> curves) {
    /** More curves than these are there, and switched off. */
    private static final int SHOWN = 8;

    private static final ObjectMapper JSON = new ObjectMapper();

    /** What the script reads, in this order: that of a map would differ between JVMs. */
    private record Data(Scale x, Scale y, List<Drawn> curves, String scope) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record Drawn(
            String name,
            int color,
            int dash,
            boolean on,
            List<Number> x,
            List<Number> y,
            List<Number> lo,
            List<Number> hi) {}

    /**
     * An axis.
     *
     * @param label quantity and which direction is better
     * @param unit how the script writes its numbers: "time", "rate", or "nines" of percentiles
     * @param logarithmic whether equal distances are equal ratios
     */
    private record Scale(String label, String unit, boolean logarithmic) {}

    /** What the curves show; y is a time on a logarithmic axis. */
    enum CurveKind {
        LOAD("rate", true, Units::rate),
        GAP("time", true, Units::time),
        TIMELINE("time", false, Units::time),
        PERCENTILES("nines", false, nines -> Units.exactPercent(1 - Math.pow(10, -nines)));

        private final Scale x;
        private final DoubleFunction<String> unit;

        CurveKind(String id, boolean logarithmic, DoubleFunction<String> unit) {
            x = new Scale(text("x"), id, logarithmic);
            this.unit = unit;
        }

        /** Makes curves of this kind. */
        Curves of(String id, List<Curve> curves, Object... about) {
            return new Curves(id, this, text("title", about), curves);
        }

        private String text(String what, Object... about) {
            return Text.of("curves." + name().toLowerCase(Locale.ROOT) + "." + what, about);
        }
    }

    /** A point; the interval is drawn as a band. */
    record Point(double x, Estimate y) {}

    /**
     * A curve.
     *
     * @param series its name and color
     * @param dash 0 for a solid line; other numbers look different. The next that is free, if
     *     another curve of the color has it
     */
    record Curve(Series series, int dash, List<Point> points) {
        Curve {
            points = points.stream().filter(p -> p.y.isKnown() && Double.isFinite(p.x)).toList();
        }

        /** Makes the curve of two numbers of the same things. */
        static <T> Curve of(
                Series series,
                int dash,
                List<T> things,
                ToDoubleFunction<T> x,
                Function<T, Estimate> y) {
            return new Curve(
                    series,
                    dash,
                    things.stream().map(t -> new Point(x.applyAsDouble(t), y.apply(t))).toList());
        }

        private Point first() {
            return points.getFirst();
        }

        private RowChart.ChartLine row() {
            Estimate value = first().y;
            String tip = series.name() + ": " + Units.both(value, Units::time);
            return RowChart.ChartLine.of(
                    series,
                    Units.value(value, Units::time),
                    "",
                    (svg, axis, middle) -> svg.estimate(axis, series, value, middle, 1, tip));
        }

        /** Returns its data; of the looks, which are color and dash, it takes one. */
        private Drawn drawn(boolean on, Set<List<Integer>> looks) {
            int color = series.index() % Series.COLORS;
            int sleeps = series.sleep() == Series.Sleep.NEVER ? 0 : 1;
            int look = dash + sleeps + series.index() / Series.COLORS;
            while (!looks.add(List.of(color, look))) {
                look++;
            }
            boolean band = points.stream().allMatch(p -> p.y.hasInterval());
            return new Drawn(
                    series.name(),
                    color,
                    look,
                    on,
                    numbers(Point::x),
                    numbers(p -> p.y.value()),
                    band ? numbers(p -> p.y.lo()) : null,
                    band ? numbers(p -> p.y.hi()) : null);
        }

        /** Rounds to four digits: a page has thousands of points. */
        private List<Number> numbers(ToDoubleFunction<Point> number) {
            return points.stream().map(p -> rounded(number.applyAsDouble(p))).toList();
        }

        private static Number rounded(double number) {
            double rounded = new BigDecimal(number).round(new MathContext(4)).doubleValue();
            return rounded == Math.rint(rounded) ? (Number) (long) rounded : (Number) rounded;
        }
    }

    Curves {
        curves = curves.stream().filter(curve -> !curve.points.isEmpty()).toList();
    }

    boolean isEmpty() {
        return curves.isEmpty();
    }

    Figure figure(String takeaway, DataTable table, String scope) {
        String caption = kind.text("caption");
        long different =
                curves.stream().flatMap(c -> c.points.stream()).map(Point::x).distinct().count();
        return different == 1
                ? rows().figure(takeaway, caption, table, scope)
                : new Figure(id, title, takeaway, data(scope), caption, table);
    }

    private RowChart rows() {
        List<Double> all = curves.stream().map(curve -> curve.first().y.value()).toList();
        return new RowChart(
                id,
                title,
                kind.text("y") + ", logarithmic scale",
                kind.x.label.replaceFirst(",.*", "")
                        + ": "
                        + kind.unit.apply(curves.getFirst().first().x),
                Units::time,
                Axis.log(all, 0, 1),
                curves.stream().map(Curve::row).toList());
    }

    private String data(String scope) {
        Set<List<Integer>> looks = new HashSet<>();
        List<Drawn> drawn =
                IntStream.range(0, curves.size())
                        .mapToObj(i -> curves.get(i).drawn(i < SHOWN, looks))
                        .toList();
        try {
            Scale y = new Scale(kind.text("y"), "time", true);
            String json = JSON.writeValueAsString(new Data(kind.x, y, drawn, scope));
            return "<script type=\"application/json\">%s</script>"
                    .formatted(json.replace("<", "\\u003c"));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
