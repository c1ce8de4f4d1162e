package io.sluice.compare.result;

import java.util.List;
import java.util.Map;

/** Makes records in which only what most tests look at has a value. */
public final class Records {
    private Records() {}

    /** Returns the factors of one sender, one receiver, a message at a time, at no set rate. */
    public static Factors factors(
            String mechanism,
            Waiting waiting,
            Pattern pattern,
            int size,
            Touch touch,
            String placement,
            List<Integer> cpus,
            long capacityBytes) {
        return FactorsBuilder.builder()
                .mechanism(mechanism)
                .waiting(waiting)
                .pattern(pattern)
                .size(size)
                .touch(touch)
                .placement(placement)
                .cpus(cpus)
                .capacityBytes(capacityBytes)
                .build();
    }

    /** Returns a fork of round trips or a stream, and nothing else. */
    public static Fork fork(
            int n,
            long messages,
            long durationNs,
            String hdr,
            double meanUntimedNs,
            Map<String, EndCounters> ends,
            double lineRoundTripNs) {
        return ForkBuilder.builder()
                .n(n)
                .messages(messages)
                .durationNs(durationNs)
                .hdr(hdr)
                .meanUntimedNs(meanUntimedNs)
                .ends(ends)
                .lineRoundTripNs(lineRoundTripNs)
                .build();
    }

    /** Returns the counters without which there is no measurement. */
    public static EndCounters counters(
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
        return EndCountersBuilder.builder()
                .cpuNs(cpuNs)
                .userNs(userNs)
                .systemNs(systemNs)
                .voluntarySwitches(voluntarySwitches)
                .involuntarySwitches(involuntarySwitches)
                .minorFaults(minorFaults)
                .messages(messages)
                .systemCalls(systemCalls)
                .lost(lost)
                .duplicated(duplicated)
                .corrupted(corrupted)
                .build();
    }

    /** Returns an environment without details and libraries. */
    public static Environment environment(
            String cpuModel,
            int cpus,
            List<Integer> cpuPair,
            String virtualization,
            String kernel,
            String clocksource,
            String jvm,
            String jvmVersion,
            String gc,
            double loadBefore,
            double loadAfter,
            List<Note> notes,
            Map<String, String> limits) {
        return EnvironmentBuilder.builder()
                .cpuModel(cpuModel)
                .cpus(cpus)
                .cpuPair(cpuPair)
                .virtualization(virtualization)
                .kernel(kernel)
                .clocksource(clocksource)
                .jvm(jvm)
                .jvmVersion(jvmVersion)
                .gc(gc)
                .loadBefore(loadBefore)
                .loadAfter(loadAfter)
                .notes(notes)
                .limits(limits)
                .build();
    }

    /** Returns a reading of clock, downcall, system call and cache line. */
    public static FloorReading floor(
            double clockNs,
            double downcallNs,
            double syscallNs,
            double lineRoundTripNs,
            double lineRoundTripP99Ns) {
        return FloorReadingBuilder.builder()
                .clockNs(clockNs)
                .downcallNs(downcallNs)
                .syscallNs(syscallNs)
                .lineRoundTripNs(lineRoundTripNs)
                .lineRoundTripP99Ns(lineRoundTripP99Ns)
                .build();
    }

    /** Returns measurements and floor, and nothing else. */
    public static Results results(
            String schema,
            Tool tool,
            Run run,
            Environment environment,
            FloorReading floorBefore,
            FloorReading floorAfter,
            List<Measurement> measurements) {
        return ResultsBuilder.builder()
                .schema(schema)
                .tool(tool)
                .run(run)
                .environment(environment)
                .floorBefore(floorBefore)
                .floorAfter(floorAfter)
                .measurements(measurements)
                .build();
    }

    /** Returns a run that was completed. */
    public static Run run(
            String id,
            String startedUtc,
            String finishedUtc,
            String suite,
            long seed,
            int forks,
            List<String> argv,
            List<String> order) {
        return run(id, startedUtc, finishedUtc, suite, seed, forks, argv, order, false, false);
    }

    /** Returns a run that is not judged. */
    public static Run run(
            String id,
            String startedUtc,
            String finishedUtc,
            String suite,
            long seed,
            int forks,
            List<String> argv,
            List<String> order,
            boolean interrupted,
            boolean redacted) {
        return RunBuilder.builder()
                .id(id)
                .startedUtc(startedUtc)
                .finishedUtc(finishedUtc)
                .suite(suite)
                .seed(seed)
                .forks(forks)
                .argv(argv)
                .order(order)
                .interrupted(interrupted)
                .redacted(redacted)
                .build();
    }

    /** Returns a tool of which only version and commit are known. */
    public static Tool tool(String version, String commit) {
        return new Tool(version, commit, null, null);
    }

    /** Returns a check without a name. */
    public static Note note(String level, String text, String remedy) {
        return new Note(level, text, remedy, null);
    }
}
