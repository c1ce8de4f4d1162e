package io.sluice.compare.report;

import io.sluice.compare.export.DataTable;
import io.sluice.compare.stats.Estimate;
import java.util.Locale;
import java.util.function.DoubleFunction;

/** Numbers with three significant digits and their units, and a dash for what is not known. */
final class Units {
    static final String DASH = DataTable.DASH;
    private static final String SPACE = "\u00a0";
    private static final String[] TIME = {"ns", "µs", "ms", "s"};
    private static final String[] THOUSANDS = {"", "k", "M", "G", "T"};

    private Units() {}

    static String time(double ns) {
        return scaled(ns, TIME, "");
    }

    static String rate(double perSecond) {
        return scaled(perSecond, THOUSANDS, "/s");
    }

    /** Returns a rate for a sentence: "1,000 messages a second". */
    static String perSecond(double rate) {
        return String.format(Locale.ROOT, "%,.0f", rate);
    }

    static String bytesPerSecond(double perSecond) {
        return scaled(perSecond, THOUSANDS, "B/s");
    }

    static String bytes(long bytes) {
        if (bytes >= 1 << 20 && bytes % (1 << 20) == 0) {
            return (bytes >> 20) + SPACE + "MiB";
        }
        return bytes >= 1024 && bytes % 1024 == 0
                ? (bytes >> 10) + SPACE + "KiB"
                : bytes + SPACE + "B";
    }

    /** Formats whole per cent; a small share is not rounded to zero. */
    static String percent(double share) {
        if (!Double.isFinite(share)) {
            return DASH;
        }
        long whole = Math.round(share * 100);
        return whole == 0 && share > 0 ? "under 1" + SPACE + "%" : whole + SPACE + "%";
    }

    /** Formats per cent with one decimal, for where an interval stands beside it. */
    static String exactPercent(double share) {
        return Double.isFinite(share)
                ? String.format(Locale.ROOT, "%.1f", share * 100).replace('-', '−') + SPACE + "%"
                : DASH;
    }

    /** Returns the label of an axis: a unit's text without insignificant zeros. */
    static String tick(String text) {
        return text.replaceFirst("(\\.\\d*?)0+(?!\\d)", "$1")
                .replaceFirst("\\.(?!\\d)", "")
                .replaceFirst("^0[^.\\d].*", "0");
    }

    static String times(double factor) {
        return Double.isFinite(factor) ? significant(factor) : DASH;
    }

    static String hundredths(double number) {
        return Double.isFinite(number) ? String.format(Locale.ROOT, "%.2f", number) : DASH;
    }

    static String whole(double number) {
        return String.valueOf(Math.round(number));
    }

    /** Returns the number alone. */
    static String value(Estimate estimate, DoubleFunction<String> unit) {
        return estimate.isKnown() ? unit.apply(estimate.value()) : DASH;
    }

    /** Returns the interval alone. */
    static String interval(Estimate estimate, DoubleFunction<String> unit) {
        return estimate.hasInterval()
                ? unit.apply(estimate.lo()) + " to " + unit.apply(estimate.hi())
                : DASH;
    }

    /** Returns the number, and its interval in parentheses if it has one. */
    static String both(Estimate estimate, DoubleFunction<String> unit) {
        return value(estimate, unit)
                + (estimate.hasInterval() ? " (" + interval(estimate, unit) + ")" : "");
    }

    private static String scaled(double number, String[] prefixes, String suffix) {
        if (!Double.isFinite(number)) {
            return DASH;
        }
        double scaled = number;
        int prefix = 0;
        while (Math.abs(scaled) >= 999.5 && prefix < prefixes.length - 1) {
            scaled /= 1000;
            prefix++;
        }
        String unit = prefixes[prefix] + suffix;
        return significant(scaled) + (unit.startsWith("/") ? "" : SPACE) + unit;
    }

    private static String significant(double number) {
        double size = Math.abs(number);
        int decimals = size >= 99.95 || size == 0 ? 0 : size >= 9.995 ? 1 : 2;
        return String.format(Locale.ROOT, "%." + decimals + "f", number).replace('-', '−');
    }
}
