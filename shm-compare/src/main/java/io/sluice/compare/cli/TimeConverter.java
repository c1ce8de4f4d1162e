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
    private static final Pattern FORM = Pattern.compile("(\\d{1,9})(us|ms|s|m|h)");
    private static final Map<String, Long> MICROS =
            Map.of("us", 1L, "ms", 1000L, "s", 1_000_000L, "m", 60_000_000L, "h", 3_600_000_000L);

    @Override
    public Duration convert(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches() || Long.parseLong(matcher.group(1)) == 0) {
            throw new TypeConversionException(
                    text + " is not a time above 0: write 10us, 500ms, 90s, 10m or 2h");
        }
        return Duration.of(
                Long.parseLong(matcher.group(1)) * MICROS.get(matcher.group(2)), ChronoUnit.MICROS);
    }
}
