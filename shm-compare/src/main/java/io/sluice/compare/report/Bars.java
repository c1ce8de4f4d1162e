package io.sluice.compare.report;

import io.sluice.compare.stats.Attribution;
import io.sluice.compare.stats.Estimate;
import java.util.List;
import java.util.Locale;

/** The four levels of a round trip as bars of one scale, from zero. */
final class Bars {
    private Bars() {}

    static List<HtmlReport.Bar> of(Attribution a) {
        Estimate block = a.roundTripNs(a.block());
        Estimate hint = a.roundTripNs(a.hint());
        Estimate shared = a.roundTripNs(a.shared());
        double largest = Math.max(finite(block), Math.max(finite(hint), finite(shared)));
        String noun = Series.noun(a.kernel());
        return List.of(
                bar(
                        "Blocking " + noun,
                        "the kernel copies, the reader sleeps",
                        block,
                        largest,
                        "c1"),
                bar(
                        "Same, neither end asleep",
                        "the kernel copies, neither end sleeps",
                        hint,
                        largest,
                        "c2"),
                bar(
                        "Shared memory, spinning",
                        "no kernel, neither end sleeps",
                        shared,
                        largest,
                        "c0"),
                bar(
                        "Hardware floor",
                        "one cache line there and back, and one reading of the clock",
                        a.floorNs(),
                        largest,
                        "c-floor"));
    }

    private static double finite(Estimate estimate) {
        return estimate.isKnown() ? estimate.value() : 0;
    }

    private static HtmlReport.Bar bar(
            String name, String detail, Estimate time, double largest, String color) {
        double width = largest > 0 ? 100 * Math.min(1, finite(time) / largest) : 0;
        return new HtmlReport.Bar(
                name,
                detail,
                Units.value(time, Units::time),
                color,
                String.format(Locale.ROOT, "%.2f", width));
    }
}
