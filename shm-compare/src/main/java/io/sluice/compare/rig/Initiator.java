package io.sluice.compare.rig;

import io.sluice.compare.result.EndCounters;
import io.sluice.compare.result.Numbers;
import io.sluice.compare.result.SystemCounters;
import io.sluice.linux.Affinity;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Supplier;

/** The end that sends first, decides when a block is over, and holds the clock. */
final class Initiator {
    private static final int WINDOWS = 10;
    private static final long LONGEST_WINDOW_NS = 100_000_000;
    private static final int STEADY_WINDOWS = 5;
    private static final double STEADY_WITHIN = 0.02;

    /** The factor by which the warm-up may be extended while the compiler is working. */
    private static final int COMPILING_LIMIT = 4;

    private final List<Conversation> talks;
    private final Conversation talk;
    private final Traffic traffic;
    private final boolean separateCpus;
    private final List<Long> helpers;
    private boolean steady;
    private long warmUpMessages;

    /**
     * Creates one end.
     *
     * @param talks its side of each link; one, except for pattern fanout
     * @param traffic what it sends
     * @param apart whether the ends have a CPU each, and so a floor between them
     * @param helpers ids of processes that work for both ends
     */
    Initiator(List<Conversation> talks, Traffic traffic, boolean apart, List<Long> helpers) {
        this.talks = talks;
        this.talk = talks.get(0);
        this.traffic = traffic;
        this.separateCpus = apart;
        this.helpers = helpers;
    }

    EndpointResult run(ForkDurations forkDurations) throws IOException {
        double perNs = warmUp(forkDurations.warmUpNs() / 2);
        warmUpMessages +=
                measure(Marker.DRY_RUN, perNs, forkDurations.dryRun()).measured.messages();
        if (traffic.isPaced()) {
            // The code compiled during warm-up has never waited, as paced traffic does.
            warmUpMessages += traffic.measure(perNs, forkDurations.settle()).get().messages();
        } else {
            perNs = warmUp(forkDurations.warmUpNs() / 2);
        }
        double ghzBefore = Ghz.measure();
        MeasuredBlock measuredBlock = measure(Marker.BEGIN, perNs, forkDurations);
        CacheLineFloor.Result floor = new CacheLineFloor.Result(0, 0);
        if (separateCpus) {
            talk.exchange(Marker.FLOOR);
            floor = CacheLineFloor.initiate(talk.words());
        }
        exchange(Marker.STOP);
        Map<String, Double> numbers =
                Map.of(
                        Numbers.STEADY,
                        steady ? 1.0 : 0.0,
                        Numbers.CLOCK_OFFSET_NS,
                        floor.clockOffsetNs(),
                        Numbers.GHZ_BEFORE,
                        ghzBefore,
                        Numbers.GHZ_AFTER,
                        Ghz.measure(),
                        Numbers.WARM_UP_MESSAGES,
                        (double) warmUpMessages);
        return new EndpointResult(
                measuredBlock.measured.withNumbers(numbers),
                measuredBlock.counters,
                measuredBlock.system,
                measuredBlock.wallNs,
                measuredBlock.cpu,
                talk.capacity(),
                floor.roundTripNs());
    }

    /** What was found between a beginning and its end. */
    private record MeasuredBlock(
            BlockResult measured,
            EndCounters counters,
            SystemCounters system,
            long wallNs,
            int cpu) {}

    /**
     * Measures one block. The first call takes branches that the compiler assumed never taken, for
     * markers, and loads the meters' classes, so a rehearsal precedes the measured block.
     */
    private MeasuredBlock measure(long beginning, double perNs, ForkDurations forkDurations)
            throws IOException {
        if (beginning == Marker.BEGIN) {
            EndMeter.awaitCompiler();
        }
        exchange(beginning);
        SystemMeter system = SystemMeter.now();
        OptionalLong helped = HelperMeter.cpuNs(helpers);
        EndMeter meter = new EndMeter();
        Supplier<BlockResult> found = traffic.measure(perNs, forkDurations);
        meter.stop();
        OptionalLong helpedAfter = HelperMeter.cpuNs(helpers);
        SystemCounters meanwhile = SystemMeter.now().since(system);
        BlockResult measured = found.get();
        if (!helpers.isEmpty() && helped.isPresent() && helpedAfter.isPresent()) {
            double used = Math.max(0, helpedAfter.getAsLong() - helped.getAsLong());
            measured = measured.withNumbers(Map.of(Numbers.HELPER_CPU_NS, used));
        }
        EndCounters counters = meter.counters(measured.messages(), talk.incoming());
        int cpu = Affinity.currentCpu();
        exchange(Marker.END);
        return new MeasuredBlock(measured, counters, meanwhile, meter.wallNs(), cpu);
    }

    private void exchange(long marker) throws IOException {
        for (Conversation each : talks) {
            each.exchange(marker);
        }
    }

    /**
     * Runs until five consecutive windows hardly differ, or the time is over, and in both cases
     * until the compiler is idle, within an extended limit: code of slow mechanisms is called
     * rarely, and would otherwise be compiled during the measurement. Returns messages per
     * nanosecond of the last window.
     */
    private double warmUp(long limitNs) throws IOException {
        long window = Math.min(LONGEST_WINDOW_NS, limitNs / WINDOWS);
        long begun = System.nanoTime();
        long end = begun + limitNs;
        CompilerActivity compilerActivity = new CompilerActivity(begun);
        int alike = 1;
        double last = 0;
        long now;
        do {
            long start = System.nanoTime();
            long count = 0;
            do {
                count += traffic.warmUp();
                now = System.nanoTime();
            } while (now - start < window);
            warmUpMessages += count;
            double rate = count / (double) (now - start);
            alike = Math.abs(rate / last - 1) < STEADY_WITHIN ? alike + 1 : 1;
            last = rate;
        } while (alike < STEADY_WINDOWS && now - end < 0
                || compilerActivity.isActive(now) && now - begun < COMPILING_LIMIT * limitNs);
        steady = alike >= STEADY_WINDOWS;
        return last;
    }
}
