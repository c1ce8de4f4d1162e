package io.sluice.bench;

import java.util.Locale;

/**
 * The result of a trial, which is printed as a line and parsed from it.
 *
 * @param before the round trip of a cache line before it, in nanoseconds
 * @param value messages a second, or nanoseconds
 * @param after the round trip of a cache line after it, in nanoseconds
 * @param exclusion why it does not count
 */
record TrialResult(double before, double value, double after, Exclusion exclusion) {
    /** Below it, the two CPUs are near each other. */
    static final double HIGH_LATENCY_NANOS = 300;

    /** Why a trial does not count. */
    enum Exclusion {
        NONE,
        /** Another process, or another guest, used the CPUs. */
        DISTURBED,
        /** Memory was faulted in, or code was compiled, or the ring was not yet written often. */
        COLD,
        /** The CPUs came nearer or went farther. */
        MOVED
    }

    TrialResult {
        if (exclusion == Exclusion.NONE && isNear(before) != isNear(after)) {
            exclusion = Exclusion.MOVED;
        }
    }

    private static boolean isNear(double nanos) {
        return nanos < HIGH_LATENCY_NANOS;
    }

    boolean counts(boolean near) {
        return exclusion == Exclusion.NONE && isNear(before) == near;
    }

    static TrialResult parse(String line) {
        String[] words = line.split(" ");
        return new TrialResult(
                Double.parseDouble(words[0]),
                Double.parseDouble(words[1]),
                Double.parseDouble(words[2]),
                Exclusion.valueOf(words[3]));
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%f %f %f %s", before, value, after, exclusion);
    }
}
