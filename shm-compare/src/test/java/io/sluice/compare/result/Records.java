package io.sluice.compare.result;

import java.util.List;
import java.util.Map;

/** Makes records in which only what most tests look at has a value. */
public final class Records {
    private Records() {}

    /** Returns the factors of one sender, one receiver, a message at a time, at no set rate. */
    public static Factors factors(
            String mechanism,
            String waiting,
            Pattern pattern,
            int size,
            String touch,
            String placement,
            List<Integer> cpus,
            long capacityBytes) {
        return new Factors(
                mechanism,
                waiting,
                pattern,
                size,
                touch,
                placement,
                cpus,
                capacityBytes,
                null,
                1,
                1,
                1,
                null,
                null,
                null,
                null,
                null);
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
        return new Fork(
                n,
                messages,
                durationNs,
                hdr,
                meanUntimedNs,
                ends,
                lineRoundTripNs,
                null,
                null,
                null,
                null,
                null);
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
        return new EndCounters(
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
                null,
                null,
                null);
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
        return new Environment(
                cpuModel,
                cpus,
                cpuPair,
                virtualization,
                kernel,
                clocksource,
                jvm,
                jvmVersion,
                gc,
                loadBefore,
                loadAfter,
                notes,
                limits,
                null,
                null);
    }

    /** Returns a reading of clock, downcall, system call and cache line. */
    public static FloorReading floor(
            double clockNs,
            double downcallNs,
            double syscallNs,
            double lineRoundTripNs,
            double lineRoundTripP99Ns) {
        return new FloorReading(
                clockNs,
                downcallNs,
                syscallNs,
                lineRoundTripNs,
                lineRoundTripP99Ns,
                0,
                null,
                null,
                null,
                0,
                0,
                null,
                null);
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
        return new Results(
                schema,
                tool,
                run,
                environment,
                floorBefore,
                floorAfter,
                measurements,
                null,
                null,
                null,
                null,
                null,
                null);
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
        return new Run(
                id,
                startedUtc,
                finishedUtc,
                suite,
                seed,
                forks,
                argv,
                order,
                interrupted,
                redacted,
                null,
                0,
                0,
                0);
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
