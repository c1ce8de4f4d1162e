package io.sluice.compare.report;

import io.sluice.compare.result.Measurement;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The validity rules that a measurement can carry, in words. Unknown ids are shown as they are. */
final class Flags {
    private static final Map<String, String> TEXTS =
            Map.ofEntries(
                    Map.entry("V01", "messages lost, duplicated or corrupted"),
                    Map.entry("V02", "below the floor of the hardware: suspect"),
                    Map.entry("V03", "did not wait as asked"),
                    Map.entry("V04", "ran on another CPU than asked"),
                    Map.entry("V05", "noisy: others took more than 5 % of the CPUs, or of an end"),
                    Map.entry("V06", "unstable: forks differ by more than 10 %"),
                    Map.entry("V07", "the floor moved by more than 10 % during the run"),
                    Map.entry("V08", "timing each round trip changed it by more than 5 %"),
                    Map.entry("V09", "too few samples for a percentile"),
                    Map.entry("V10", "the rate asked for was not reached"),
                    Map.entry("V11", "slow clock"),
                    Map.entry("V12", "beyond a limit of the mechanism"),
                    Map.entry(
                            "V13",
                            "collections, or compilation or stops of the JVM for more than 2 %"
                                    + " of the block"),
                    Map.entry("V14", "page faults during the block"),
                    Map.entry("V15", "more running threads than CPUs"),
                    Map.entry("V16", "capacities do not match"),
                    Map.entry("V17", "messages were split"),
                    Map.entry("V18", "the two CPUs may be one core"),
                    Map.entry("V19", "the clock frequency moved"),
                    Map.entry("V20", "most forks were not steady before they were measured"));

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

    private static String words(String flag) {
        return TEXTS.containsKey(String.valueOf(flag))
                ? flag + " " + TEXTS.get(flag)
                : String.valueOf(flag);
    }
}
