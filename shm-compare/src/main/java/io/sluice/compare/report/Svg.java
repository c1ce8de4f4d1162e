package io.sluice.compare.report;

import gg.jte.html.escape.Escape;
import gg.jte.output.StringOutput;
import io.sluice.compare.stats.Estimate;
import java.util.Locale;

/** Builds a picture. Text is escaped. */
final class Svg {
    /** Pixels of a picture for a page, and for a phone. */
    static final int WIDE = 720;

    static final int NARROW = 320;

    private static final double CHARACTER = 6.4;
    private static final double LINE = 14;

    private final StringBuilder out = new StringBuilder(1 << 13);
    private final int width;

    Svg(int width, String id, String title, String description) {
        this.width = width;
        String own = id + (isNarrow() ? "-narrow" : "");
        out.append("<title id=\"").append(own).append("-title\">").append(escape(title));
        out.append("</title><desc id=\"").append(own).append("-desc\">");
        out.append(escape(description)).append("</desc>\n");
        this.id = own;
    }

    private final String id;

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

    Svg line(double x1, double y1, double x2, double y2, String style) {
        return path(
                "M"
                        + number(x1)
                        + ","
                        + number(y1)
                        + (y1 == y2 ? "H" + number(x2) : "V" + number(y2)),
                style);
    }

    Svg rect(double x, double y, double w, double h, String style) {
        out.append("<rect class=\"").append(style).append("\" x=\"").append(number(x));
        out.append("\" y=\"").append(number(y)).append("\" width=\"").append(number(w));
        out.append("\" height=\"").append(number(h)).append("\"/>\n");
        return this;
    }

    Svg path(String d, String style) {
        out.append("<path class=\"").append(style).append("\" d=\"").append(d).append("\"/>\n");
        return this;
    }

    /** Draws text at a baseline; the anchor is "start", "middle" or "end". */
    Svg text(double x, double y, String anchor, String style, String text) {
        if (text.isEmpty()) {
            return this;
        }
        out.append("<text class=\"").append(style).append("\" x=\"").append(number(x));
        out.append("\" y=\"").append(number(y)).append('"');
        out.append(anchor.equals("start") ? "" : " text-anchor=\"" + anchor + "\"");
        out.append('>').append(escape(text)).append("</text>\n");
        return this;
    }

    /**
     * Draws text in as many lines as needed.
     *
     * @return the last baseline
     */
    double lines(double x, double y, String anchor, String style, String text) {
        double room = anchor.equals("middle") ? 2 * Math.min(x, width - x) : width - x;
        int most = (int) (room / CHARACTER);
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

    /** Draws a mark that shows a text to a pointer or a key. */
    Svg mark(Series series, double x, double y, String tip) {
        return mark(series, x, y, 1, tip);
    }

    /** Draws a mark of another size than usual. */
    Svg mark(Series series, double x, double y, double scale, String tip) {
        out.append("<path class=\"mark ").append(series.style()).append("\" d=\"");
        out.append(series.shape()).append("\" transform=\"translate(").append(number(x));
        out.append(' ').append(number(y)).append(')');
        out.append(scale == 1 ? "" : " scale(" + number(scale) + ")").append("\"><title>");
        out.append(escape(tip)).append("</title></path>\n");
        return this;
    }

    /** Draws an interval beside a horizontal axis. An end beyond the axis is an arrow. */
    Svg whisker(Axis axis, Estimate estimate, double y, double shortest) {
        if (!estimate.hasInterval()) {
            return this;
        }
        boolean cutLow = axis.isBeyond(estimate.lo());
        boolean cutHigh = axis.isBeyond(estimate.hi());
        double from = axis.at(estimate.lo());
        double to = axis.at(estimate.hi());
        return cutLow || cutHigh || to - from >= shortest
                ? path(
                        "M"
                                + number(from)
                                + ","
                                + number(y)
                                + "H"
                                + number(to)
                                + end(from, y, cutLow, 5)
                                + end(to, y, cutHigh, -5),
                        "whisker" + (cutLow ? " arrow" : "") + (cutHigh ? " arrow" : ""))
                : this;
    }

    private static String end(double x, double y, boolean cut, double back) {
        return cut
                ? "M"
                        + number(x + back)
                        + ","
                        + number(y - 4)
                        + "L"
                        + number(x)
                        + ","
                        + number(y)
                        + "l"
                        + number(back)
                        + ",4"
                : "M" + number(x) + "," + number(y - 4) + "v8";
    }

    /** Draws a horizontal axis below the rows, and its grid; returns its last line of text. */
    double axis(
            Axis axis,
            double top,
            double bottom,
            java.util.function.DoubleFunction<String> unit,
            String label) {
        StringBuilder grid = new StringBuilder();
        for (double tick : axis.ticks(50)) {
            double x = axis.at(tick);
            grid.append("M")
                    .append(number(x))
                    .append(",")
                    .append(number(top))
                    .append("V")
                    .append(number(bottom));
            String anchor = x > width - 20 ? "end" : x < 16 ? "start" : "middle";
            text(
                    anchor.equals("end") ? width : anchor.equals("start") ? 0 : x,
                    bottom + 15,
                    anchor,
                    "tick",
                    Units.tick(unit.apply(tick)));
        }
        path(grid.toString(), "grid").line(axis.from(), bottom, axis.to(), bottom, "axis");
        return lines(
                isNarrow() ? width / 2.0 : (axis.from() + axis.to()) / 2,
                bottom + 34,
                "middle",
                "axis-label",
                label);
    }

    /** Ends the picture with its scope, in the line below the last baseline. */
    String build(double bottom, String scope) {
        double height = lines(0, bottom + 24, "start", "scope", scope) + 6;
        return "<svg role=\"img\" class=\"%s\" viewBox=\"0 0 %d %s\" aria-labelledby=\"%s-title %s-desc\">\n%s</svg>\n"
                .formatted(isNarrow() ? "narrow" : "wide", width, number(height), id, id, out);
    }

    static String number(double value) {
        String text = String.format(Locale.ROOT, "%.1f", value);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }
}
