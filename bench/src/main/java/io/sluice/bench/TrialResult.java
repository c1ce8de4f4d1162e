package io.sluice.bench;

import java.util.Locale;

/**
 * The result of a trial, which is printed as a line and parsed from it.
 *
 * @param before the round trip of a cache line before it, in nanoseconds
 * @param value messages a second, or nanoseconds
 * @param after the round trip of a cache line after it, in nanoseconds
 * @param exclusion why it does not count, although it was repeated
 * @param disturbed how many times it was repeated because others used the CPUs
 * @param cold how many times it was repeated because it was not warm
 */
record TrialResult(
        double before, double value, double after, Exclusion exclusion, int disturbed, int cold) {
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
        MOVED;

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
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
                Exclusion.valueOf(words[3]),
                Integer.parseInt(words[4]),
                Integer.parseInt(words[5]));
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT, "%f %f %f %s %d %d", before, value, after, exclusion, disturbed, cold);
    }
}
