package io.sluice.compare.report;

import io.sluice.compare.export.DataTable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.function.Function;

/**
 * A chart with one row per line of data: names at the left, marks along one axis, numbers at the
 * right; on a narrow picture names and numbers stand above the marks. Static: it prints, and needs
 * no script.
 *
 * @param id the anchor
 * @param title what it shows
 * @param axisLabel quantity, unit, scale, and which direction is better
 * @param head what stands above the numbers
 * @param unit writes a number of the axis
 * @param axis the axis between two pixels
 * @param words name, second line, number, second line of a row
 * @param painter draws the marks of a row
 */
record RowChart<R>(
        String id,
        String title,
        String axisLabel,
        String head,
        DoubleFunction<String> unit,
        AxisFactory axis,
        Function<R, String[]> words,
        Painter<R> painter) {
    private static final double LEFT = 250;
    private static final double RIGHT = 588;
    private static final double ROW = 31;
    private static final double NARROW_ROW = 56;
    private static final double NAME_CHARACTER = 6.8;
    private static final double DETAIL_CHARACTER = 6.2;

    /** What goes on an axis between two pixels. */
    interface AxisFactory {
        Axis create(double from, double to);
    }

    /** Draws one row, whose middle is at y. */
    interface Painter<R> {
        void paint(Svg svg, Axis axis, R row, double y);
    }

    /** Returns the chart of these rows with what belongs to it. */
    Figure figure(List<R> rows, String takeaway, String caption, DataTable table, String scope) {
        return new Figure(id, title, takeaway, draw(rows, scope), caption, table);
    }

    /** Draws it in both widths. */
    String draw(List<R> rows, String scope) {
        return Figure.both(width -> draw(width, rows, scope));
    }

    private String draw(int width, List<R> rows, String scope) {
        Svg svg =
                new Svg(
                        width,
                        id,
                        title,
                        axisLabel + ". The numbers are in the table below the picture.");
        boolean narrow = svg.isNarrow();
        Axis scale = narrow ? axis.create(14, width - 14) : axis.create(LEFT, RIGHT);
        double height = narrow ? NARROW_ROW : ROW;
        double top = head.isEmpty() ? 8 : 24;
        double bottom = top + rows.size() * height + 4;
        svg.text(width, 13, "end", "tick strong", head);
        double last = svg.axis(scale, top, bottom, unit, axisLabel);
        List<double[]> places = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            double y = top + i * height;
            places.add(new double[] {y + (narrow ? 45 : height / 2)});
            double line = narrow ? y + 15 : places.get(i)[0] - 1;
            double room = narrow ? width - 96 : LEFT - 8;
            String[] text = words.apply(rows.get(i));
            boolean two = !text[1].isEmpty() || !text[3].isEmpty();
            double shift = two || narrow ? 0 : 5;
            svg.text(
                    0,
                    line + shift,
                    "start",
                    "name",
                    Svg.shorten(text[0], (int) (room / NAME_CHARACTER)));
            if (!text[1].isEmpty()) {
                svg.text(
                        0,
                        line + 13,
                        "start",
                        "detail",
                        Svg.shorten(text[1], (int) (room / DETAIL_CHARACTER)));
            }
            svg.text(width, line + shift, "end", "number", text[2]);
            if (!text[3].isEmpty()) {
                svg.text(width, line + 13, "end", "detail", text[3]);
            }
        }
        for (int i = 0; i < rows.size(); i++) {
            painter.paint(svg, scale, rows.get(i), places.get(i)[0]);
        }
        return svg.build(last, scope);
    }
}
