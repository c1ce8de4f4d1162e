package io.sluice.compare.report;

import java.util.List;
import java.util.function.Function;

/**
 * The frame of a chart with one row a cell: names at the left, an axis below, numbers at the right,
 * a heading for each size. What a row shows is painted by the caller.
 */
final class RowChart {
    static final double LEFT = 150;
    static final double RIGHT = 590;
    private static final int TOP = 34;
    private static final int ROW = 38;
    private static final int HEADING = 32;

    private final List<Measured.Row> rows;
    private final Axis axis;

    /** Paints one row, whose middle is at y. */
    interface Painter {
        void paint(Svg svg, Measured.Row row, double y);
    }

    RowChart(List<Measured.Row> rows, Axis axis) {
        this.rows = rows;
        this.axis = axis;
    }

    private int bottom() {
        long sizes = rows.stream().map(Measured.Row::size).distinct().count();
        return TOP + rows.size() * ROW + (int) sizes * HEADING;
    }

    Svg begin(String id, String title, String description) {
        return new Svg(id, bottom() + 44, title, description);
    }

    void axis(Svg svg, String label, Function<Double, String> unit) {
        double bottom = bottom();
        for (double tick : axis.ticks()) {
            double x = axis.at(tick);
            svg.line(x, TOP - 4, x, bottom, "grid");
            svg.text(x, bottom + 15, "middle", "tick", Units.tick(unit.apply(tick)));
        }
        svg.line(LEFT, bottom, RIGHT, bottom, "axis");
        svg.text((LEFT + RIGHT) / 2, bottom + 34, "middle", "axis-label", label);
    }

    /** A line through all rows, with its name above. */
    void reference(Svg svg, double number, String name) {
        double x = axis.at(number);
        svg.line(x, TOP - 6, x, bottom(), "reference");
        svg.text(Math.max(x, LEFT - 20), TOP - 11, "start", "tick strong", name);
    }

    void rows(
            Svg svg, String columnHead, Function<Measured.Row, String[]> column, Painter painter) {
        svg.text(Svg.WIDTH, TOP - 11, "end", "tick strong", columnHead);
        double y = TOP;
        int size = -1;
        for (Measured.Row row : rows) {
            if (row.size() != size) {
                size = row.size();
                svg.text(0, y + 24, "start", "heading", "Messages of " + Units.bytes(size));
                y += HEADING;
            }
            double middle = y + ROW / 2.0;
            svg.text(0, middle - 1, "start", "name", Measured.shorten(row.series().name(), 19));
            svg.text(
                    0, middle + 13, "start", "detail", Measured.shorten(row.series().detail(), 26));
            painter.paint(svg, row, middle);
            String[] numbers = column.apply(row);
            svg.text(Svg.WIDTH, middle - 1, "end", "number", numbers[0]);
            svg.text(Svg.WIDTH, middle + 13, "end", "detail", numbers[1]);
            y += ROW;
        }
    }
}
