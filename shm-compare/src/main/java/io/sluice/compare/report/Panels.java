package io.sluice.compare.report;

import io.sluice.compare.stats.Estimate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.DoubleFunction;

/**
 * Small multiples: several frames with the same axes, in each of them some lines. A line is a shape
 * and a dash as well as a color, and has its name at its end.
 */
final class Panels {
    /** A place on a line; the interval is drawn if there is one. */
    record PlotPoint(double x, Estimate y) {}

    /** A line; one that is dashed has no marks. */
    record Line(Series series, String name, boolean dashed, List<PlotPoint> points) {
        Line {
            points =
                    points.stream()
                            .filter(p -> p.y.isKnown() && p.y.value() > 0)
                            .sorted(Comparator.comparingDouble(PlotPoint::x))
                            .toList();
        }

        private PlotPoint last() {
            return points.get(points.size() - 1);
        }
    }

    /** A frame. */
    record Panel(String title, List<Line> lines) {
        Panel {
            lines = lines.stream().filter(line -> !line.points.isEmpty()).toList();
        }
    }

    /**
     * What an axis is called and how its numbers are written.
     *
     * @param label its words, with the unit and which way is better
     * @param unit writes a number
     * @param logarithmic whether equal distances are equal ratios
     */
    record AxisScale(String label, DoubleFunction<String> unit, boolean logarithmic) {}

    /** As many as the style sheet has. */
    private static final int DASHES = 3;

    private static final double WIDTH = 350;
    private static final double LEFT = 64;
    private static final double TOP = 30;
    private static final double HEIGHT = 150;
    private static final double BELOW = 36;
    private static final double LABEL = 14;
    private static final double ENTRY = 17;
    private static final double CHARACTER = 6.5;
    private static final double TICK = 44;

    private final List<Panel> panels;
    private final AxisScale xScale;
    private final AxisScale yScale;
    private final List<Double> xs = new ArrayList<>();
    private final Axis y;

    /** Creates the chart; the places that lines have in common are the ticks of the axis across. */
    Panels(List<Panel> panels, AxisScale across, AxisScale up) {
        this.panels = panels.stream().filter(panel -> !panel.lines.isEmpty()).toList();
        this.xScale = across;
        this.yScale = up;
        List<Double> ys = new ArrayList<>();
        for (Panel panel : this.panels) {
            for (Line line : panel.lines) {
                for (PlotPoint plotPoint : line.points) {
                    xs.add(plotPoint.x);
                    ys.add(plotPoint.y.value());
                }
            }
        }
        y = Axis.log(ys, TOP + HEIGHT, TOP);
    }

    boolean isEmpty() {
        return panels.isEmpty();
    }

    /** Draws them, two in a row, or one below the other. */
    String draw(ChartWidth chartWidth, String id, String title, String description, String scope) {
        Svg svg =
                new Svg(
                        chartWidth,
                        id,
                        title,
                        description
                                + " "
                                + yScale.label
                                + ". The numbers are in the table below the chart.");
        Drawing drawing = new Drawing(svg, chartWidth);
        int columns = chartWidth.isNarrow() ? 1 : 2;
        double bottom = svg.lines(0, 12, "start", "axis-label", "Upwards: " + yScale.label) + 4;
        for (int i = 0; i < panels.size(); i += columns) {
            double height = 0;
            for (int j = i; j < Math.min(i + columns, panels.size()); j++) {
                drawing.frame(panels.get(j), (j - i) * (WIDTH + 20), bottom);
                height = Math.max(height, drawing.height(panels.get(j)));
            }
            bottom += height;
        }
        bottom = svg.lines(0, bottom + 18, "start", "axis-label", "To the right: " + xScale.label);
        return svg.build(bottom, scope);
    }

    /** The frames of one picture. */
    private final class Drawing {
        private final Svg svg;
        private final double width;
        private final double right;
        private final boolean legend;
        private final Axis x;
        private final List<Double> ticks;

        Drawing(Svg svg, ChartWidth chartWidth) {
            this.svg = svg;
            width = chartWidth.pick(WIDTH, chartWidth.pixels());
            int longest =
                    panels.stream()
                            .flatMap(panel -> panel.lines.stream())
                            .mapToInt(line -> line.name.length())
                            .max()
                            .orElse(0);
            double names = 14 + Math.min(longest, chartWidth.pick(25, longest)) * CHARACTER;
            // Names that would take too much of the frame's width stand below it.
            legend = chartWidth.isNarrow() && names > width / 3;
            right = legend ? width - 8 : width - names;
            double most = xs.stream().mapToDouble(v -> v).max().orElse(1);
            x = xScale.logarithmic ? Axis.log(xs, LEFT, right) : Axis.linear(most, LEFT, right);
            ticks = xScale.logarithmic ? xs.stream().distinct().sorted().toList() : x.ticks(TICK);
        }

        double height(Panel panel) {
            return TOP + HEIGHT + BELOW + (legend ? panel.lines.size() * ENTRY + 4 : 0);
        }

        void frame(Panel panel, double dx, double dy) {
            int characters = (int) (width / 7.3);
            svg.text(dx, dy + 18, "start", "heading", ReportModel.shorten(panel.title, characters));
            double bottom = dy + TOP + HEIGHT;
            for (double tick : y.ticks()) {
                double at = dy + y.at(tick);
                svg.line(dx + LEFT, at, dx + right, at, "grid");
                svg.text(dx + LEFT - 5, at + 4, "end", "tick", Units.tick(yScale.unit.apply(tick)));
            }
            double free = Double.NEGATIVE_INFINITY;
            for (double tick : ticks) {
                double at = dx + x.at(tick);
                svg.line(at, bottom, at, bottom + 4, "axis");
                if (at >= free) {
                    svg.tick(at, bottom + 16, Units.tick(xScale.unit.apply(tick)));
                    free = at + TICK;
                }
            }
            svg.line(dx + LEFT, bottom, dx + right, bottom, "axis");
            for (int i = 0; i < panel.lines.size(); i++) {
                paint(panel.lines.get(i), style(panel, i), dx, dy);
            }
            if (legend) {
                double entry = bottom + 34;
                for (int i = 0; i < panel.lines.size(); i++) {
                    Line line = panel.lines.get(i);
                    if (line.dashed) {
                        String sample = "M" + Svg.number(dx) + "," + Svg.number(entry - 4) + "h24";
                        svg.path(sample, style(panel, i));
                        svg.text(dx + 32, entry, "start", "detail", line.name);
                    } else {
                        svg.entry(line.series, dx, entry, line.name);
                    }
                    entry += ENTRY;
                }
            } else {
                ends(panel, dx, dy);
            }
        }

        /** Lines of one color differ in their dashes. */
        private static String style(Panel panel, int i) {
            Line line = panel.lines.get(i);
            return "curve "
                    + line.series.color()
                    + (line.dashed ? " dashed d" + i % DASHES : " solid");
        }

        private void paint(Line line, String look, double dx, double dy) {
            svg.group(line.name);
            StringBuilder path = new StringBuilder();
            for (PlotPoint p : line.points) {
                path.append(path.isEmpty() ? "M" : "L")
                        .append(Svg.number(dx + x.at(p.x)))
                        .append(',')
                        .append(Svg.number(dy + y.at(p.y.value())));
            }
            svg.path(path.toString(), look);
            for (PlotPoint p : line.points) {
                double at = dx + x.at(p.x);
                if (p.y.hasInterval()) {
                    svg.line(at, dy + y.at(p.y.lo()), at, dy + y.at(p.y.hi()), "whisker");
                }
                if (!line.dashed) {
                    String says =
                            line.name
                                    + ", "
                                    + xScale.unit.apply(p.x)
                                    + ": "
                                    + Units.both(p.y, yScale.unit);
                    svg.mark(line.series, at, dy + y.at(p.y.value()), says);
                }
            }
            svg.end();
        }

        /** Names beside the last points, moved apart where they would overlap. */
        private void ends(Panel panel, double dx, double dy) {
            List<Line> down =
                    panel.lines.stream()
                            .sorted(Comparator.comparingDouble(line -> y.at(line.last().y.value())))
                            .toList();
            double lowest = TOP + HEIGHT;
            int characters = (int) ((width - right - 14) / CHARACTER);
            double[] places = new double[down.size()];
            for (int i = 0; i < places.length; i++) {
                double wanted = y.at(down.get(i).last().y.value());
                places[i] = i == 0 ? wanted : Math.max(wanted, places[i - 1] + LABEL);
            }
            for (int i = places.length - 1; i >= 0; i--) {
                places[i] = Math.min(places[i], lowest - (places.length - 1 - i) * LABEL);
                Line line = down.get(i);
                double end = dy + y.at(line.last().y.value());
                double at = dy + places[i];
                svg.line(dx + x.at(line.last().x) + 6, end, dx + right + 10, at, "leader");
                svg.text(
                        dx + right + 12,
                        at + 4,
                        "start",
                        "detail",
                        ReportModel.shorten(line.name, characters));
            }
        }
    }
}
