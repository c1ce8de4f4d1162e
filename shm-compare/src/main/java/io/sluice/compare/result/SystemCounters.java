package io.sluice.compare.result;

import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * What happened on the machine while a fork's messages were exchanged. Null where the machine does
 * not report a value. The kernel counts CPU time here in ticks of 10 ms.
 *
 * @param wallNs how long was observed
 * @param stealNs time in which the host ran other guests on the CPUs, summed over all CPUs
 * @param otherCpuNs CPU time of all but the ends' own threads and their helpers ({@link
 *     Numbers#HELPER_CPU_NS}): kernel threads, agents, and the ends' own compilers and collectors
 * @param rescheduleInterrupts interrupts by which one CPU woke another
 * @param functionCallInterrupts interrupts by which one CPU made another call a function
 */
@RecordBuilder
public record SystemCounters(
        long wallNs,
        Long stealNs,
        Long otherCpuNs,
        Long rescheduleInterrupts,
        Long functionCallInterrupts)
        implements SystemCountersBuilder.With {}
