package io.sluice.compare.report;

import io.sluice.compare.result.Decomposition;
import io.sluice.compare.result.Quantity;
import io.sluice.compare.stats.Estimate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The parts that a blocking half round trip is made of, each with its interval. */
final class PartsChart {
    private static final String[][] PARTS = {
        {Decomposition.LINE, "The line", "one cache line, one way", "c-floor"},
        {Decomposition.SHARED_PATH, "Sharing", "writing and reading in place", "c0"},
        {Decomposition.ENTRY, "Entering", "in and out of the kernel, twice", "c3"},
        {Decomposition.COPYING, "Copying", "in and out of the kernel", "c5"},
        {Decomposition.OBJECT, "The object", "locks, pages, accounting", "c2"},
        {Decomposition.COHERENCE, "Moving it", "its state, from CPU to CPU", "c7"},
        {Decomposition.WAKE, "Waking", "sleeping until woken", "c1"},
    };
    private static final int TOP = 20;

    private PartsChart() {}

    static Estimate estimate(Quantity quantity) {
        return quantity == null || quantity.value() == null
                ? Estimate.NONE
                : new Estimate(
                        quantity.value(),
                        quantity.lo() == null ? Double.NaN : quantity.lo(),
                        quantity.hi() == null ? Double.NaN : quantity.hi());
    }

    static Optional<Figure> of(ReportModel reportModel, Decomposition d, String id) {
        List<String[]> known = new ArrayList<>();
        double largest = 0;
        for (String[] part : PARTS) {
            Estimate e = estimate(d.parts().get(part[0]));
            if (e.isKnown()) {
                known.add(part);
                largest = Math.max(largest, e.hasInterval() ? e.hi() : e.value());
            }
        }
        if (known.size() < 2) {
            return Optional.empty();
        }
        double most = largest;
        Table table =
                new Table(
                        "Parts of half a round trip through a blocking "
                                + d.kernel()
                                + ", messages of "
                                + Units.bytes(d.size()),
                        "Part",
                        "what it is",
                        "time",
                        reportModel.interval);
        for (String[] part : known) {
            Estimate e = estimate(d.parts().get(part[0]));
            table.row(
                    part[1], part[2], Units.value(e, Units::time), Units.interval(e, Units::time));
        }
        return Optional.of(
                new Figure(
                                chartWidth -> draw(chartWidth, reportModel, d, known, most, id),
                                "Half a round trip taken apart, messages of "
                                        + Units.bytes(d.size())
                                        + ", placement “"
                                        + d.placement()
                                        + "”: a half round trip is no latency, it stands here only to be"
                                        + " added up. A bar of no length is a part that cannot be told from"
                                        + " nothing, or came out negative: see the table.",
                                table)
                        .saying(largest(d, known)));
    }

    private static String largest(Decomposition d, List<String[]> known) {
        String[] part =
                known.stream()
                        .max(Comparator.comparingDouble(p -> estimate(d.parts().get(p[0])).value()))
                        .orElseThrow();
        return "The largest part: "
                + part[1].toLowerCase(Locale.ROOT)
                + " ("
                + part[2]
                + "), "
                + Units.both(estimate(d.parts().get(part[0])), Units::time)
                + ".";
    }

    private static String draw(
            ChartWidth chartWidth,
            ReportModel reportModel,
            Decomposition d,
            List<String[]> known,
            double largest,
            String id) {
        RowLayout layout = RowLayout.of(chartWidth, 225, 600, 34, 9);
        Axis axis = Axis.linear(largest, layout.left(), layout.right());
        double bottom = TOP + known.size() * layout.height();
        Svg svg =
                new Svg(
                        chartWidth,
                        id,
                        "Parts of half a round trip through a blocking "
                                + d.kernel()
                                + ", messages of "
                                + Units.bytes(d.size()),
                        "One bar a part, each from zero, with its "
                                + reportModel.interval
                                + "; lower is better."
                                + " The numbers are in the table below the chart.");
        double last =
                layout.axis(
                        svg,
                        axis,
                        TOP - 4,
                        bottom,
                        Units::time,
                        "time of half a round trip, from zero — lower is better");
        for (int i = 0; i < known.size(); i++) {
            String[] part = known.get(i);
            Estimate e = estimate(d.parts().get(part[0]));
            double y = TOP + i * layout.height();
            double middle = layout.middle(y);
            layout.words(svg, y, part[1], part[2], Units.value(e, Units::time), "");
            svg.rect(
                    layout.left(),
                    middle - layout.reach(),
                    Math.max(1.5, axis.at(e.value()) - layout.left()),
                    2 * layout.reach(),
                    "bar " + part[3]);
            svg.whisker(axis, e, middle, 3);
        }
        return svg.build(last, reportModel.scope());
    }
}
