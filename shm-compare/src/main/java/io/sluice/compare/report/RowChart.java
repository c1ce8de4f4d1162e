package io.sluice.compare.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.function.Function;

/**
 * The frame of a chart with one row per cell: names, an axis below, numbers at the right, a heading
 * for each size. The caller paints the rows.
 */
final class RowChart {
    private static final int ROW = 38;
    private static final int REACH = 9;
    private static final int HEADING = 32;
    private static final int LINE = 18;

    private final List<ReportModel.ReportRow> reportRows;
    private final RowLayout layout;
    private final Axis axis;
    private final double top;

    /** Paints one row, whose middle is at y. */
    interface Painter {
        void paint(Svg svg, ReportModel.ReportRow reportRow, double y);
    }

    /** What goes on an axis between two pixels. */
    interface AxisFactory {
        Axis create(double from, double to);
    }

    RowChart(
            ChartWidth chartWidth,
            List<ReportModel.ReportRow> reportRows,
            AxisFactory axisFactory) {
        this.reportRows = reportRows;
        layout = RowLayout.of(chartWidth, 240, 600, ROW, REACH);
        axis = axisFactory.create(layout.left(), layout.right());
        // On a narrow picture the head of the numbers has a line of its own.
        top = chartWidth.pick(34, 34 + LINE);
    }

    Axis axis() {
        return axis;
    }

    double left() {
        return layout.left();
    }

    private double bottom() {
        long sizes = reportRows.stream().map(ReportModel.ReportRow::size).distinct().count();
        return top + reportRows.size() * layout.height() + sizes * HEADING;
    }

    /** Draws the axis; returns the baseline of its last line of text. */
    double axis(Svg svg, String label, DoubleFunction<String> unit) {
        return layout.axis(svg, axis, top - 4, bottom(), unit, label);
    }

    /** Draws a line through all rows, with its name above. */
    void reference(Svg svg, double number, String name) {
        double x = axis.at(number);
        if (layout.format().isNarrow()) {
            // Interrupted where the names of the rows are.
            svg.line(x, top - 6, x, top, "reference");
            middles().forEach(y -> svg.line(x, y - REACH - 3, x, y + REACH + 3, "reference"));
        } else {
            svg.line(x, top - 6, x, bottom(), "reference");
        }
        boolean right = x > layout.format().pixels() / 2.0;
        svg.text(
                right ? x + 6 : Math.max(0, x - 6),
                top - 11,
                right ? "end" : "start",
                "tick strong",
                name);
    }

    private List<Double> middles() {
        List<Double> middles = new ArrayList<>();
        double y = top;
        int size = -1;
        for (ReportModel.ReportRow reportRow : reportRows) {
            y += reportRow.size() == size ? 0 : HEADING;
            size = reportRow.size();
            middles.add(layout.middle(y));
            y += layout.height();
        }
        return middles;
    }

    void rows(
            Svg svg,
            String columnHead,
            Function<ReportModel.ReportRow, String[]> column,
            Painter painter) {
        double above = layout.format().pick(top - 11, top - 11 - LINE);
        svg.text(layout.format().pixels(), above, "end", "tick strong", columnHead);
        double y = top;
        int size = -1;
        for (ReportModel.ReportRow reportRow : reportRows) {
            if (reportRow.size() != size) {
                size = reportRow.size();
                svg.text(0, y + 24, "start", "heading", "Messages of " + Units.bytes(size));
                y += HEADING;
            }
            String[] numbers = column.apply(reportRow);
            layout.words(
                    svg,
                    y,
                    reportRow.series().name(layout.nameLength()),
                    reportRow.series().detail(),
                    numbers[0],
                    numbers[1]);
            painter.paint(svg, reportRow, layout.middle(y));
            y += layout.height();
        }
    }
}
