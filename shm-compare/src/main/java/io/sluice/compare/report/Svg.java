package io.sluice.compare.report;

import java.util.Locale;

/**
 * Builds one picture: role img, a title and a description, and a last line that says where it was
 * measured.
 */
final class Svg {
    static final int WIDTH = 720;

    private final Html html = new Html();
    private final int height;

    /** Begins a picture of a height in pixels, without the last line's. */
    Svg(String id, int height, String title, String description) {
        this.height = height;
        html.open(
                "svg",
                "role",
                "img",
                "viewBox",
                "0 0 " + WIDTH + " " + (height + 22),
                "aria-labelledby",
                id + "-title " + id + "-desc");
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
     * A rectangle with the hatching that tells it from its neighbour without colour. The lines are
     * drawn one by one: a pattern makes printed pages ten times as large.
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

    /** A mark, and what it says to those who point at it. */
    Svg mark(Series series, double x, double y, String says) {
        html.open(
                "path",
                "class",
                "mark " + series.color() + (series.sleeps() ? " hollow" : ""),
                "d",
                series.shape(x, y));
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

    /** Text at a baseline; the anchor is start, middle or end. */
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

    /**
     * An interval: a line with two ends, or nothing if it is shorter than the given number of
     * pixels.
     */
    Svg whisker(double from, double to, double y, double shortest) {
        if (to - from >= shortest) {
            line(from, y, to, y, "whisker");
            line(from, y - 4, from, y + 4, "whisker");
            line(to, y - 4, to, y + 4, "whisker");
        }
        return this;
    }

    /** Ends the picture. */
    String build(String scope) {
        text(0, height + 16, "start", "scope", scope);
        return html.close("svg").toString();
    }

    static String number(double value) {
        String text = String.format(Locale.ROOT, "%.1f", value);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }
}
