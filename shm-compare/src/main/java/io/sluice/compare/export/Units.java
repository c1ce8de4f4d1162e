package io.sluice.compare.export;

import io.sluice.compare.stats.Estimate;
import java.util.Locale;
import java.util.function.DoubleFunction;

/** Numbers with three significant digits and their units, and a dash for what is not known. */
public final class Units {
    /** What stands for a number that is not known; empty in CSV. */
    public static final String DASH = "–";

    private static final String SPACE = "\u00a0";
    private static final String[] TIME = {"ns", "µs", "ms", "s"};
    private static final String[] THOUSANDS = {"", "k", "M", "G", "T"};

    private Units() {}

    /** Formats nanoseconds. */
    public static String time(double ns) {
        return scaled(ns, TIME, "");
    }

    /** Formats a number of messages a second. */
    public static String rate(double perSecond) {
        return scaled(perSecond, THOUSANDS, "/s");
    }

    /** Returns a rate for a sentence: "1,000 messages a second". */
    public static String perSecond(double rate) {
        return String.format(Locale.ROOT, "%,.0f", rate);
    }

    /** Formats bytes a second. */
    public static String bytesPerSecond(double perSecond) {
        return scaled(perSecond, THOUSANDS, "B/s");
    }

    /** Formats the size of a message. */
    public static String bytes(long bytes) {
        if (bytes >= 1 << 20 && bytes % (1 << 20) == 0) {
            return (bytes >> 20) + SPACE + "MiB";
        }
        return bytes >= 1024 && bytes % 1024 == 0
                ? (bytes >> 10) + SPACE + "KiB"
                : bytes + SPACE + "B";
    }

    /** Formats whole per cent; a small share is not rounded to zero. */
    public static String percent(double share) {
        if (!Double.isFinite(share)) {
            return DASH;
        }
        long whole = Math.round(share * 100);
        return whole == 0 && share > 0 ? "under 1" + SPACE + "%" : whole + SPACE + "%";
    }

    /** Formats per cent with one decimal, for where an interval stands beside it. */
    public static String exactPercent(double share) {
        return Double.isFinite(share)
                ? String.format(Locale.ROOT, "%.1f", share * 100).replace('-', '−') + SPACE + "%"
                : DASH;
    }

    /** Returns the label of an axis: a unit's text without insignificant zeros. */
    public static String tick(String text) {
        return text.replaceFirst("(\\.\\d*?)0+(?!\\d)", "$1")
                .replaceFirst("\\.(?!\\d)", "")
                .replaceFirst("^0[^.\\d].*", "0");
    }

    /** Formats a factor. */
    public static String times(double factor) {
        return Double.isFinite(factor) ? significant(factor) : DASH;
    }

    /** Formats a number with two decimals. */
    public static String hundredths(double number) {
        return Double.isFinite(number) ? String.format(Locale.ROOT, "%.2f", number) : DASH;
    }

    /** Formats a number of CPUs: with two decimals, with three if it is small. */
    public static String cpus(double number) {
        return Math.abs(number) < 0.095
                ? String.format(Locale.ROOT, "%.3f", number)
                : hundredths(number);
    }

    /** Formats a whole number. */
    public static String whole(double number) {
        return String.valueOf(Math.round(number));
    }

    /** Returns the number alone. */
    public static String value(Estimate estimate, DoubleFunction<String> unit) {
        return estimate.isKnown() ? unit.apply(estimate.value()) : DASH;
    }

    /** Returns the interval alone. */
    public static String interval(Estimate estimate, DoubleFunction<String> unit) {
        return estimate.hasInterval()
                ? unit.apply(estimate.lo()) + " to " + unit.apply(estimate.hi())
                : DASH;
    }

    /** Returns the number, and its interval in parentheses if it has one. */
    public static String both(Estimate estimate, DoubleFunction<String> unit) {
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
