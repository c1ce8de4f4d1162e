package io.sluice.compare.rig;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * How long the virtual machine of an end has stopped all its threads, for whatever reason: what its
 * own log says ({@code -Xlog:safepoint}).
 */
final class Safepoints {
    private static final Pattern TOTAL = Pattern.compile("Total: *(\\d+) ns");

    private static volatile Path log;

    private Safepoints() {}

    /** Returns the option that makes a virtual machine write one. */
    static String option(Path log) {
        return "-Xlog:safepoint:file=" + log + ":none:filecount=0";
    }

    /** Sets what {@link #totalNs} reads: the log of this process. */
    static void readFrom(Path own) {
        log = own;
    }

    /**
     * Returns the time until now, in nanoseconds; nothing if there is no log, or an empty one: an
     * end collects garbage before it begins, so its log has at least that stop.
     */
    static OptionalLong totalNs() {
        Path own = log;
        if (own == null) {
            return OptionalLong.empty();
        }
        try (Stream<String> lines = Files.lines(own)) {
            long total = total(lines);
            return total == 0 ? OptionalLong.empty() : OptionalLong.of(total);
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    static long total(Stream<String> lines) {
        return lines.flatMap(line -> TOTAL.matcher(line).results())
                .mapToLong(found -> Long.parseLong(found.group(1)))
                .sum();
    }
}
