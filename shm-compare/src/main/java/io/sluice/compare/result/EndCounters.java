package io.sluice.compare.result;

import java.util.Map;

/**
 * What one end used and saw while the messages of a launch went through. Counted by the end's own
 * thread.
 *
 * @param cpuNs CPU time, exact
 * @param userNs the part outside the kernel; a sample of clock ticks on most kernels
 * @param systemNs the part inside the kernel; likewise
 * @param voluntarySwitches how often the thread gave up its CPU to wait
 * @param involuntarySwitches how often it was made to give it up
 * @param minorFaults page faults that needed no disk
 * @param messages the messages these counters cover, counted as {@link Launch#messages()} counts
 *     them: round trips for pattern rtt; 0 means as many as the launch says
 * @param systemCalls system calls that carry or await messages, by name
 * @param lost messages that never came
 * @param duplicated messages that came twice
 * @param corrupted messages whose content was not what had been sent
 * @param failedCalls those of the system calls that did nothing, by name: "again" in a loop that
 *     asks, interrupted ones
 * @param shortTransfers reads and writes that moved a part of what they were asked to
 * @param runDelayNs how long the thread was ready and had no CPU; null if the kernel does not say
 * @param migrations how often it was found on another CPU than before; null if not observed
 * @param majorFaults page faults that read from a disk
 * @param collections garbage collections of this end's Java virtual machine
 * @param compilationMs what its compiler took, in milliseconds
 * @param processCpuNs CPU time of all threads of this end's process; null if not measured
 */
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
        Long processCpuNs) {

    /** Copies the maps. */
    public EndCounters {
        systemCalls = Copies.of(systemCalls);
        failedCalls = Copies.of(failedCalls);
    }

    /** The counters without which there is no cell. */
    public EndCounters(
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
            long corrupted) {
        this(
                cpuNs,
                userNs,
                systemNs,
                voluntarySwitches,
                involuntarySwitches,
                minorFaults,
                messages,
                systemCalls,
                lost,
                duplicated,
                corrupted,
                null,
                0,
                null,
                null,
                0,
                0,
                0,
                null);
    }
}
