package io.sluice.compare.report;

import gg.jte.html.escape.Escape;
import gg.jte.output.StringOutput;
import io.sluice.compare.export.Units;
import io.sluice.compare.stats.Estimate;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/** Builds a picture. Text is escaped. */
final class Svg {
    /** Pixels of a picture for a page, and for a phone. */
    static final int WIDE = 720;

    static final int NARROW = 320;

    private static final double CHARACTER = 6.4;
    private static final double LINE = 14;

    private final StringBuilder out = new StringBuilder(1 << 13);
    private final int width;
    private final String id;

    Svg(int width, String id, String title, String description) {
        this.width = width;
        this.id = id + (isNarrow() ? "-narrow" : "");
        add(
                "<title id=\"%s-title\">%s</title><desc id=\"%s-desc\">%s</desc>\n",
                this.id, title, this.id, description);
    }

    static String escape(String text) {
        StringOutput escaped = new StringOutput();
        Escape.htmlAttribute(
                String.valueOf(text).replaceAll("[\\p{Cntrl}&&[^\n\t]]", "?"), escaped);
        return escaped.toString().replace("<", "&lt;").replace(">", "&gt;");
    }

    static String shorten(String text, int length) {
        return text.length() <= length ? text : text.substring(0, length - 1) + "…";
    }

    boolean isNarrow() {
        return width == NARROW;
    }

    int width() {
        return width;
    }

    /** Adds an element: a template with numbers, and texts that are escaped. */
    private Svg add(String template, Object... values) {
        Stream<String> texts =
                Stream.of(values).map(v -> v instanceof Double d ? number(d) : escape((String) v));
        out.append(template.formatted(texts.toArray()));
        return this;
    }

    Svg line(double x1, double y1, double x2, double y2, String style) {
        return path(
                points(y1 == y2 ? "M%s,%sH%s" : "M%s,%sV%s", x1, y1, y1 == y2 ? x2 : y2), style);
    }

    Svg rect(double x, double y, double w, double h, String style) {
        return add(
                "<rect class=\"%s\" x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\"/>\n",
                style, x, y, w, h);
    }

    Svg path(String d, String style) {
        return add("<path class=\"%s\" d=\"%s\"/>\n", style, d);
    }

    /** Draws text at a baseline; the anchor is "start", "middle" or "end". */
    Svg text(double x, double y, String anchor, String style, String text) {
        String to = anchor.equals("start") ? "" : " text-anchor=\"" + anchor + "\"";
        String element = "<text class=\"%s\" x=\"%s\" y=\"%s\"" + to + ">%s</text>\n";
        return text.isEmpty() ? this : add(element, style, x, y, text);
    }

    /**
     * Draws text in as many lines as needed.
     *
     * @return the last baseline
     */
    double lines(double x, double y, String anchor, String style, String text) {
        double room = anchor.equals("middle") ? 2 * Math.min(x, width - x) : width - x;
        int most = (int) (room / CHARACTER);
        List<String> lines = text.replaceAll("(.{1," + most + "})(?: |$)", "$1\n").lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            text(x, y + i * LINE, anchor, style, lines.get(i));
        }
        return y + Math.max(0, lines.size() - 1) * LINE;
    }

    /** Draws a mark, larger or smaller than usual, that shows a text to a pointer or a key. */
    Svg mark(Series series, double x, double y, double scale, String tip) {
        String place = points("translate(%s %s)", x, y);
        String scaled = scale == 1 ? "" : points(" scale(%s)", scale);
        return add(
                "<path class=\"mark %s\" d=\"%s\" transform=\"%s\"><title>%s</title></path>\n",
                series.style(), series.shape(), place + scaled, tip);
    }

    /** Draws the mark of an estimate, and its interval, beside a horizontal axis. */
    Svg estimate(Axis axis, Series series, Estimate value, double y, double scale, String tip) {
        return whisker(axis, value, y, 13).mark(series, axis.at(value.value()), y, scale, tip);
    }

    /** Draws an interval beside a horizontal axis. An end beyond the axis is an arrow. */
    Svg whisker(Axis axis, Estimate estimate, double y, double shortest) {
        double from = axis.at(estimate.lo());
        double to = axis.at(estimate.hi());
        boolean cutLow = axis.isBeyond(estimate.lo());
        boolean cutHigh = axis.isBeyond(estimate.hi());
        return estimate.hasInterval() && (cutLow || cutHigh || to - from >= shortest)
                ? path(
                        points("M%s,%sH%s", from, y, to)
                                + end(from, y, cutLow, 5)
                                + end(to, y, cutHigh, -5),
                        "whisker" + (cutLow ? " arrow" : "") + (cutHigh ? " arrow" : ""))
                : this;
    }

    private static String end(double x, double y, boolean cut, double back) {
        return cut
                ? points("M%s,%sL%s,%sl%s,4", x + back, y - 4, x, y, back)
                : points("M%s,%sv8", x, y - 4);
    }

    /** Draws a horizontal axis below the rows, and its grid; returns its last line of text. */
    double axis(Axis axis, double top, double bottom, DoubleFunction<String> unit, String label) {
        StringBuilder grid = new StringBuilder();
        for (double tick : axis.ticks(50)) {
            double x = axis.at(tick);
            grid.append(points("M%s,%sV%s", x, top, bottom));
            String text = Units.tick(unit.apply(tick));
            if (x > width - 20) {
                text(width, bottom + 15, "end", "tick", text);
            } else {
                text(x < 16 ? 0 : x, bottom + 15, x < 16 ? "start" : "middle", "tick", text);
            }
        }
        path(grid.toString(), "grid").line(axis.from(), bottom, axis.to(), bottom, "axis");
        double middle = isNarrow() ? width / 2.0 : (axis.from() + axis.to()) / 2;
        return lines(middle, bottom + 34, "middle", "axis-label", label);
    }

    /** Ends the picture with its scope, in the line below the last baseline. */
    String build(double bottom, String scope) {
        double height = lines(0, bottom + 24, "start", "scope", scope) + 6;
        return "<svg role=\"img\" class=\"%s\" viewBox=\"0 0 %d %s\" aria-labelledby=\"%s-title %s-desc\">\n%s</svg>\n"
                .formatted(isNarrow() ? "narrow" : "wide", width, number(height), id, id, out);
    }

    /** Returns the data of a path: a template with a place for each number. */
    static String points(String template, double... numbers) {
        return template.formatted(DoubleStream.of(numbers).mapToObj(Svg::number).toArray());
    }

    static String number(double value) {
        String text = String.format(Locale.ROOT, "%.1f", value);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }
}
