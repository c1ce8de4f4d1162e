package io.sluice.cli;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Sizes and times, as people write them. */
final class HumanUnits {
    private static final Pattern NUMBER = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*([a-zA-Z]*)");
    private static final Map<String, Double> SECONDS =
            Map.of("us", 1e-6, "ms", 1e-3, "s", 1.0, "", 1.0, "m", 60.0, "h", 3600.0);
    private static final String PREFIXES = "KMGT";

    private HumanUnits() {}

    /** A time: 500ms, 2s, 1m, 1h; without a unit, seconds. */
    static final class Time implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            Matcher parts = NUMBER.matcher(text.strip());
            if (!parts.matches() || !SECONDS.containsKey(parts.group(2))) {
                throw new TypeConversionException(
                        "'" + text + "' is not a time: 500ms, 2s, 1m or 1h, for instance");
            }
            double seconds = Double.parseDouble(parts.group(1)) * SECONDS.get(parts.group(2));
            return Duration.ofNanos((long) Math.min(seconds * 1e9, Long.MAX_VALUE));
        }
    }

    /** A size: 4096, 64K, 1M, 2GiB; powers of 1024. */
    static final class Size implements ITypeConverter<Long> {
        @Override
        public Long convert(String text) {
            Matcher parts = NUMBER.matcher(text.strip());
            String unit = parts.matches() ? parts.group(2).toUpperCase(Locale.ROOT) : "?";
            String prefix = unit.replaceFirst("(I?B)?$", "");
            int power = prefix.isEmpty() ? 0 : PREFIXES.indexOf(prefix) + 1;
            if (prefix.length() > 1 || power == 0 && !prefix.isEmpty()) {
                throw new TypeConversionException(
                        "'" + text + "' is not a size: 4096, 64K, 1M or 2G, for instance");
            }
            return (long) (Double.parseDouble(parts.group(1)) * Math.pow(1024, power));
        }
    }

    /** Returns a number of bytes with a unit, of three or four digits. */
    static String bytes(double bytes) {
        double value = bytes;
        int power = 0;
        while (value >= 1024 && power < PREFIXES.length()) {
            value /= 1024;
            power++;
        }
        String unit = power == 0 ? "B" : PREFIXES.charAt(power - 1) + "iB";
        boolean whole = value >= 100 || value == Math.rint(value);
        return String.format(Locale.ROOT, whole ? "%.0f %s" : "%.1f %s", value, unit);
    }

    /** Returns a number with separators of thousands. */
    static String number(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}
