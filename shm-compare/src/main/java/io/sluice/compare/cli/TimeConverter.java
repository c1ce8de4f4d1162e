package io.sluice.compare.cli;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads times: 10us, 500ms, 90s, 10m, 2h. */
final class TimeConverter implements ITypeConverter<Duration> {
    private static final Pattern FORM = Pattern.compile("(\\d{1,15})(us|ms|s|m|h)");
    private static final Map<String, ChronoUnit> UNITS =
            Map.of(
                    "us", ChronoUnit.MICROS,
                    "ms", ChronoUnit.MILLIS,
                    "s", ChronoUnit.SECONDS,
                    "m", ChronoUnit.MINUTES,
                    "h", ChronoUnit.HOURS);

    /** Twenty times as many nanoseconds, for blocks, and sums of them are far from overflowing. */
    private static final Duration LONGEST = Duration.ofHours(1000);

    @Override
    public Duration convert(String text) {
        Matcher matcher = FORM.matcher(text);
        if (matcher.matches()) {
            long number = Long.parseLong(matcher.group(1));
            Duration time = Duration.of(number, UNITS.get(matcher.group(2)));
            if (time.isPositive() && time.compareTo(LONGEST) <= 0) {
                return time;
            }
        }
        throw new TypeConversionException(
                text + " is not a time in 1us..1000h: write 10us, 500ms, 90s, 10m or 2h");
    }
}
