package io.sluice.compare.report;

import io.sluice.compare.result.Measurement;
import java.util.List;
import java.util.stream.Collectors;

/** The validity rules that a measurement can carry, in words. Unknown ids are shown as they are. */
final class Flags {
    private Flags() {}

    static String words(List<String> flags) {
        return flags.stream().map(Flags::words).collect(Collectors.joining("; "));
    }

    /** Returns the rules that fired, each with the number of forks if that is not all of them. */
    static String words(Measurement measurement) {
        return measurement.flags().stream()
                .map(flag -> words(flag) + inBrackets(measurement.share(flag)))
                .collect(Collectors.joining("; "));
    }

    static String inBrackets(String share) {
        return share.isEmpty() ? "" : " (" + share + ")";
    }

    static String words(String flag) {
        return flag + (Text.has("rule." + flag) ? " " + Text.of("rule." + flag) : "");
    }
}
