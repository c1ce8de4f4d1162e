package io.sluice.compare.report;

import io.sluice.compare.stats.Estimate;
import java.util.Locale;

/**
 * Builds one picture: role img, a title and a description, and a last line that names where it was
 * measured.
 */
final class Svg {
    private static final double LINE = 15;
    private static final double CHARACTER = 7;
    private static final double SMALL_CHARACTER = 6.2;
    private static final double EDGE = 24;

    private final Html html = new Html();
    private final ChartWidth chartWidth;
    private final String id;

    /** Begins a picture. Its id is that of the wide one; the narrow one's is derived. */
    Svg(ChartWidth chartWidth, String name, String title, String description) {
        this.chartWidth = chartWidth;
        id = chartWidth.isNarrow() ? name + "-narrow" : name;
        html.element("title", title, "id", id + "-title");
        html.element("desc", description, "id", id + "-desc");
    }

    Svg line(double x1, double y1, double x2, double y2, String style) {
        html.open(
                "line",
                "class",
                style,
                "x1",
                number(x1),
                "y1",
                number(y1),
                "x2",
                number(x2),
                "y2",
                number(y2));
        html.close("line");
        return this;
    }

    Svg rect(double x, double y, double width, double rectHeight, String style) {
        html.open(
                "rect",
                "class",
                style,
                "x",
                number(x),
                "y",
                number(y),
                "width",
                number(Math.max(0, width)),
                "height",
                number(rectHeight));
        html.close("rect");
        return this;
    }

    /**
     * Draws a rectangle with hatching, which distinguishes it from its neighbor without color. The
     * lines are drawn one by one: a pattern makes printed pages ten times as large.
     */
    Svg hatched(double x, double y, double width, double rectHeight, String style) {
        rect(x, y, width, rectHeight, style);
        StringBuilder lines = new StringBuilder();
        for (double foot = x - rectHeight + 3; foot < x + width; foot += 6) {
            double left = Math.max(foot, x);
            double right = Math.min(foot + rectHeight, x + width);
            lines.append('M')
                    .append(number(left))
                    .append(',')
                    .append(number(y + rectHeight - (left - foot)));
            lines.append('L')
                    .append(number(right))
                    .append(',')
                    .append(number(y + rectHeight - (right - foot)));
        }
        return lines.isEmpty() ? this : path(lines.toString(), "hatch");
    }

    Svg path(String d, String style) {
        html.open("path", "class", style, "d", d).close("path");
        return this;
    }

    /** Draws a mark with its tooltip. */
    Svg mark(Series series, double x, double y, String says) {
        html.open("path", "class", "mark " + series.style(), "d", series.shape(x, y));
        if (says != null) {
            html.element("title", says);
        }
        html.close("path");
        return this;
    }

    Svg mark(Series series, double x, double y) {
        return mark(series, x, y, null);
    }

    /** Begins what belongs to one series and may be hidden together. */
    Svg group(String series) {
        html.open("g", "data-series", series);
        return this;
    }

    Svg end() {
        html.close("g");
        return this;
    }

    /** Draws text at a baseline; the anchor is start, middle or end. */
    Svg text(double x, double y, String anchor, String style, String text) {
        html.element(
                "text",
                text,
                "class",
                style,
                "x",
                number(x),
                "y",
                number(y),
                "text-anchor",
                anchor);
        return this;
    }

    /** Draws a label of the horizontal axis. At the edge of the picture it is moved inwards. */
    Svg tick(double x, double y, String text) {
        if (x < EDGE) {
            return text(0, y, "start", "tick", text);
        }
        return x > chartWidth.pixels() - EDGE
                ? text(chartWidth.pixels(), y, "end", "tick", text)
                : text(x, y, "middle", "tick", text);
    }

    /**
     * Draws text in as many lines as needed.
     *
     * @param y the first baseline
     * @return the last baseline
     */
    double lines(double x, double y, String anchor, String style, String text) {
        boolean small = style.equals("scope");
        double room =
                anchor.equals("middle")
                        ? 2 * Math.min(x, chartWidth.pixels() - x)
                        : chartWidth.pixels() - x;
        int most = (int) (room / (small ? SMALL_CHARACTER : CHARACTER));
        StringBuilder line = new StringBuilder();
        for (String word : text.split(" ")) {
            if (!line.isEmpty() && line.length() + 1 + word.length() > most) {
                text(x, y, anchor, style, line.toString());
                line.setLength(0);
                y += LINE;
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        text(x, y, anchor, style, line.toString());
        return y;
    }

    /** Draws one entry of a legend: a mark and its name, at a baseline. */
    Svg entry(Series series, double x, double y, String name) {
        mark(series, x + 6, y - 4);
        int most = (int) ((chartWidth.pixels() - x - 18) / CHARACTER);
        return text(x + 18, y, "start", "detail", ReportModel.shorten(name, most));
    }

    /**
     * Draws an interval beside the horizontal axis: a line with two ends, or nothing if it is
     * shorter than the given number of pixels. An end beyond the axis is an arrow.
     */
    Svg whisker(Axis axis, Estimate estimate, double y, double shortest) {
        if (estimate.hasInterval()) {
            double from = axis.at(estimate.lo());
            double to = axis.at(estimate.hi());
            boolean cut = axis.isBeyond(estimate.lo()) || axis.isBeyond(estimate.hi());
            if (cut || to - from >= shortest) {
                line(from, y, to, y, "whisker");
                end(from, y, axis.isBeyond(estimate.lo()), 5);
                end(to, y, axis.isBeyond(estimate.hi()), -5);
            }
        }
        return this;
    }

    private void end(double x, double y, boolean cut, double back) {
        if (cut) {
            String head =
                    "M%s,%s L%s,%s L%s,%s"
                            .formatted(
                                    number(x + back),
                                    number(y - 4),
                                    number(x),
                                    number(y),
                                    number(x + back),
                                    number(y + 4));
            path(head, "whisker arrow");
        } else {
            line(x, y - 4, x, y + 4, "whisker");
        }
    }

    /**
     * Ends the picture.
     *
     * @param bottom the last baseline
     * @param scope what stands in the last line
     */
    String build(double bottom, String scope) {
        double height = lines(0, bottom + 26, "start", "scope", scope) + 6;
        return new Html()
                .open(
                        "svg",
                        "role",
                        "img",
                        "class",
                        chartWidth.isNarrow() ? "narrow" : "wide",
                        "viewBox",
                        "0 0 " + chartWidth.pixels() + " " + number(height),
                        "aria-labelledby",
                        id + "-title " + id + "-desc")
                .raw(html.toString())
                .close("svg")
                .toString();
    }

    static String number(double value) {
        String text = String.format(Locale.ROOT, "%.1f", value);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }
}
