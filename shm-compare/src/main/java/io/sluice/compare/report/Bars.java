package io.sluice.compare.report;

import io.sluice.compare.export.Units;
import io.sluice.compare.stats.Attribution;
import io.sluice.compare.stats.Estimate;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The four levels of a round trip as bars of one scale, from zero. */
final class Bars {
    private Bars() {}

    static List<HtmlReport.Bar> of(Attribution a) {
        Estimate block = a.roundTripNs(a.block());
        Estimate hint = a.roundTripNs(a.hint());
        Estimate shared = a.roundTripNs(a.shared());
        double largest =
                Stream.of(block, hint, shared)
                        .filter(Estimate::isKnown)
                        .mapToDouble(Estimate::value)
                        .max()
                        .orElse(Double.POSITIVE_INFINITY);
        return List.of(
                bar("blocking", block, largest, "c1", Series.noun(a.kernel())),
                bar("hinted", hint, largest, "c2"),
                bar("shared", shared, largest, "c0"),
                bar("floor", a.floorNs(), largest, "c-floor"));
    }

    private static HtmlReport.Bar bar(
            String key, Estimate time, double largest, String color, Object... values) {
        double width = time.isKnown() ? 100 * Math.min(1, time.value() / largest) : 0;
        return new HtmlReport.Bar(
                Text.of("bar." + key, values),
                Text.of("bar." + key + ".detail"),
                Units.value(time, Units::time),
                color,
                String.format(Locale.ROOT, "%.2f", width));
    }
}
