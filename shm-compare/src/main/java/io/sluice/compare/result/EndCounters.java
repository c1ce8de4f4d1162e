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
        long corrupted) {

    /** Copies the map. */
    public EndCounters {
        systemCalls = Copies.of(systemCalls);
    }
}
