package io.sluice.compare.result;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;
import java.util.Map;

/**
 * The lower bounds of this machine. All in nanoseconds, 0 if not measured.
 *
 * @param clockNs one reading of the clock
 * @param downcallNs one call from Java to a trivial C function
 * @param syscallNs one trivial system call, from Java
 * @param lineRoundTripNs a cache line written by one process, read and answered by the other:
 *     median round trip
 * @param lineRoundTripP99Ns the 99th percentile of that round trip
 * @param clockStepNs the smallest step of the clock that was seen
 * @param memcpyHotNs copying bytes that are in this CPU's cache, by their number
 * @param memcpyRemoteNs copying bytes that the other CPU has just written, by their number
 * @param selfNs one thread that writes to and reads from its own kernel object: by mechanism, by
 *     bytes. System calls, copies and the object's own work, without another CPU and without waking
 * @param futexWakeNs from a futex wake-up to the sleeper's next instruction, median, one way
 * @param yieldNs a round trip of two threads on one CPU that yield to each other, median
 * @param jitter the interruptions that a thread that only reads the clock observes, for each CPU
 * @param ghz the speed of the measuring CPU: a chain of dependent additions, one a cycle; null if
 *     not measured
 */
@RecordBuilder
public record FloorReading(
        double clockNs,
        double downcallNs,
        double syscallNs,
        double lineRoundTripNs,
        double lineRoundTripP99Ns,
        double clockStepNs,
        Map<Integer, Double> memcpyHotNs,
        Map<Integer, Double> memcpyRemoteNs,
        Map<String, Map<Integer, Double>> selfNs,
        double futexWakeNs,
        double yieldNs,
        List<Jitter> jitter,
        Double ghz) {

    /** Copies the collections. */
    public FloorReading {
        memcpyHotNs = Copies.of(memcpyHotNs);
        memcpyRemoteNs = Copies.of(memcpyRemoteNs);
        selfNs = Copies.of(selfNs);
        jitter = Copies.of(jitter);
    }

    /**
     * Interruptions longer than a microsecond, as observed by one spinning thread.
     *
     * @param cpu where it spun
     * @param durationNs how long it observed
     * @param gaps how many there were
     * @param lostNs how long they were together
     * @param maxNs how long the longest was
     */
    public record Jitter(int cpu, long durationNs, long gaps, long lostNs, long maxNs) {}

    /**
     * A cache line's round trip between two CPUs.
     *
     * @param a the one
     * @param b the other
     * @param relation how they are related: "smt", "same-llc", "cross-llc", "cross-socket"
     * @param lineNs the median round trip
     * @param bimodal whether the round trips fall into two groups, as they do when a host moves the
     *     CPUs
     */
    public record CpuPairLatency(int a, int b, String relation, double lineNs, boolean bimodal) {}
}
