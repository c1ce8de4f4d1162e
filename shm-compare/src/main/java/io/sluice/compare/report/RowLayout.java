package io.sluice.compare.report;

import java.util.function.DoubleFunction;

/**
 * Where the rows of a chart have their names, marks and numbers: side by side on a wide picture,
 * one above the other on a narrow one.
 *
 * @param format which of the two
 * @param left the pixel where the axis begins
 * @param right the pixel where it ends
 * @param height of a row, in pixels
 * @param reach how far a mark reaches above and below its middle
 */
record RowLayout(ChartWidth format, double left, double right, double height, double reach) {
    private static final double APART = 50;
    private static final double NAME_CHARACTER = 7.4;
    private static final double DETAIL_CHARACTER = 6.3;
    private static final double NUMBERS = 96;
    private static final double MARGIN = 14;
    private static final double TWO_LINES = 36;
    private static final double BELOW = 9;

    /**
     * Returns the layout of the wide picture as given; a narrow one uses its whole width for the
     * axis.
     */
    static RowLayout of(
            ChartWidth chartWidth, double left, double right, double height, double reach) {
        return chartWidth.isNarrow()
                ? new RowLayout(
                        chartWidth,
                        MARGIN,
                        chartWidth.pixels() - MARGIN,
                        TWO_LINES + 2 * reach + BELOW,
                        reach)
                : new RowLayout(chartWidth, left, right, height, reach);
    }

    /** Returns the middle of the marks of a row that begins at y. */
    double middle(double y) {
        return y + (format.isNarrow() ? TWO_LINES + reach : height / 2);
    }

    /** Draws the words of a row that begins at y: what it is, and what was measured. */
    void words(Svg svg, double y, String name, String detail, String number, String more) {
        double line = format.isNarrow() ? y + 14 : middle(y) - 1;
        svg.text(0, line, "start", "name", ReportModel.shorten(name, nameLength()));
        svg.text(
                0,
                line + 14,
                "start",
                "detail",
                ReportModel.shorten(detail, (int) (wordRoom() / DETAIL_CHARACTER)));
        svg.text(format.pixels(), line, "end", "number", number);
        svg.text(format.pixels(), line + 14, "end", "detail", more);
    }

    /** Returns how many characters of a name fit. */
    int nameLength() {
        return (int) (wordRoom() / NAME_CHARACTER);
    }

    private double wordRoom() {
        return format.isNarrow() ? format.pixels() - NUMBERS : left - 4;
    }

    /**
     * Draws the axis below the rows, with a line upwards at each tick.
     *
     * @return where its last line of text stands
     */
    double axis(
            Svg svg,
            Axis axis,
            double top,
            double bottom,
            DoubleFunction<String> unit,
            String label) {
        for (double tick : axis.ticks(APART)) {
            double x = axis.at(tick);
            svg.line(x, top, x, bottom, "grid");
            svg.tick(x, bottom + 15, Units.tick(unit.apply(tick)));
        }
        svg.line(left, bottom, right, bottom, "axis");
        return svg.lines((left + right) / 2, bottom + 34, "middle", "axis-label", label);
    }
}
