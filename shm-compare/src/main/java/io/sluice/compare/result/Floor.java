package io.sluice.compare.result;

/**
 * What nothing on this machine can be faster than. All in nanoseconds, 0 if not measured.
 *
 * @param clockNs one reading of the clock
 * @param downcallNs one call from Java to a trivial C function
 * @param syscallNs one trivial system call, from Java
 * @param lineRoundTripNs a cache line written by one process, seen and answered by the other:
 *     median round trip
 * @param lineRoundTripP99Ns the 99th percentile of that round trip
 */
public record Floor(
        double clockNs,
        double downcallNs,
        double syscallNs,
        double lineRoundTripNs,
        double lineRoundTripP99Ns) {}
