package io.sluice.compare.result;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.Map;

/**
 * What one end used and observed while the messages of a fork were exchanged. Counted by the end's
 * own thread.
 *
 * @param cpuNs CPU time, exact
 * @param userNs the part outside the kernel; a sample of clock ticks on most kernels
 * @param systemNs the part inside the kernel; likewise
 * @param voluntarySwitches how often the thread yielded its CPU to wait
 * @param involuntarySwitches how often it was preempted
 * @param minorFaults page faults that needed no disk
 * @param messages the messages these counters cover, counted as {@link Fork#messages()} counts
 *     them: round trips for pattern rtt; 0 means as many as the fork has
 * @param systemCalls system calls that carry or await messages, by name
 * @param lost messages that never arrived
 * @param duplicated messages that arrived twice
 * @param corrupted messages whose content differed from what was sent
 * @param failedCalls those of the system calls that did nothing, by name: {@code EAGAIN} in a
 *     polling loop, interrupted ones
 * @param shortTransfers reads and writes that transferred only a part
 * @param runDelayNs how long the thread was runnable without a CPU; null if the kernel does not
 *     report it
 * @param migrations how often it moved to another CPU; null if not observed
 * @param majorFaults page faults that read from a disk
 * @param collections garbage collections of this end's Java virtual machine
 * @param compilationMs the time its compiler took, in milliseconds
 * @param processCpuNs CPU time of this end's process, without threads that a library has started
 *     ({@link Numbers#HELPER_CPU_NS}); null if not measured
 * @param safepointNs how long its virtual machine stopped all threads; null if not measured
 * @param wallNs how long was counted: longer than the fork's duration by what announcing the
 *     beginning and the end takes; null if not measured
 * @param sharedHugeBytes how much of its shared mappings it maps by huge pages, in bytes; null if
 *     the kernel does not report it
 * @param ownHugeBytes the same of all its other mappings: buffers, the heap of its virtual machine
 */
@RecordBuilder
public record EndCounters(
        long cpuNs,
        long userNs,
        long systemNs,
        long voluntarySwitches,
        long involuntarySwitches,
        long minorFaults,
        long messages,
        Map<String, Long> systemCalls,
        long lost,
        long duplicated,
        long corrupted,
        Map<String, Long> failedCalls,
        long shortTransfers,
        Long runDelayNs,
        Long migrations,
        long majorFaults,
        long collections,
        long compilationMs,
        Long processCpuNs,
        Long safepointNs,
        Long wallNs,
        Long sharedHugeBytes,
        Long ownHugeBytes) {

    /** Copies the maps. */
    public EndCounters {
        systemCalls = Copies.of(systemCalls);
        failedCalls = Copies.of(failedCalls);
    }

    /** Returns how many system calls were made. */
    public long allCalls() {
        return systemCalls.values().stream().mapToLong(n -> n).sum();
    }

    /** Returns how many of them did nothing. */
    public long allFailedCalls() {
        return failedCalls.values().stream().mapToLong(n -> n).sum();
    }

    /**
     * Returns the part of a CPU that this end kept busy, 0 to 1.
     *
     * @param durationNs how long messages flowed
     */
    public double cpus(long durationNs) {
        return ofMessages(cpuNs, durationNs) / durationNs;
    }

    /**
     * Returns as much of a time that this end counted as belongs to the messages: counting began
     * before them and ended after them, while the ends announced both.
     *
     * @param countedNs CPU time, for instance
     * @param durationNs how long messages flowed
     */
    public double ofMessages(long countedNs, long durationNs) {
        return wallNs == null || wallNs <= durationNs
                ? countedNs
                : countedNs * (durationNs / (double) wallNs);
    }

    /** Returns page faults of both kinds. */
    public long pageFaults() {
        return minorFaults + majorFaults;
    }
}
