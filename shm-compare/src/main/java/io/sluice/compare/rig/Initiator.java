package io.sluice.compare.rig;

import io.sluice.compare.result.EndCounters;
import io.sluice.compare.result.Numbers;
import io.sluice.compare.result.SystemCounters;
import io.sluice.linux.Platform;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** The end that sends first, decides when a block is over, and holds the clock. */
final class Initiator {
    /** The shared word with the other end's process id, if it has only one. */
    static final int PEER = 9;

    private static final int WINDOWS = 10;
    private static final long LONGEST_WINDOW_NS = 100_000_000;

    /** Windows whose medians are compared: the last ones with those before. */
    private static final int STEADY_WINDOWS = 3;

    /** More than what varies between windows where nothing changes. */
    private static final double STEADY_WITHIN = 0.05;

    /** The factor by which the warm-up may be extended while the ends are not warm. */
    private static final int COLD_LIMIT = 4;

    /** Page faults of a window by which a process still meets new memory. */
    private static final long FAULTS = 16;

    /** How often a warm-up writes all memory that messages pass through. */
    private static final int LAPS = 3;

    private final List<Conversation> talks;
    private final Conversation talk;
    private final boolean separateCpus;
    private final List<Long> helpers;
    private final ForkDurations forkDurations;
    private boolean steady;
    private boolean isCold;
    private long warmUpMessages;

    /**
     * Creates one end.
     *
     * @param talks its side of each link; one, except for pattern fanout
     * @param separateCpus whether the ends have a CPU each, and so a floor between them
     * @param helpers ids of processes that work for both ends
     * @param forkDurations how long each workload takes
     */
    Initiator(
            List<Conversation> talks,
            boolean separateCpus,
            List<Long> helpers,
            ForkDurations forkDurations) {
        this.talks = talks;
        this.talk = talks.get(0);
        this.separateCpus = separateCpus;
        this.helpers = helpers;
        this.forkDurations = forkDurations;
    }

    /** Returns how long a warm-up may take at the most. */
    static long longestWarmUpNs(ForkDurations forkDurations) {
        return COLD_LIMIT * forkDurations.warmUpNs();
    }

    /** Measures one workload. */
    EndpointResult run(Traffic traffic) throws IOException {
        warmUpMessages = 0;
        double perNs = warmUp(traffic, forkDurations.warmUpNs() / 2);
        warmUpMessages +=
                measure(traffic, Marker.DRY_RUN, perNs, forkDurations.dryRun()).block().messages();
        if (traffic.isPaced()) {
            // The code compiled during warm-up has never waited, as paced traffic does.
            warmUpMessages += traffic.measure(perNs, forkDurations.settle()).get().messages();
            steady = !isCold; // Its rate is given.
        } else {
            perNs = warmUp(traffic, forkDurations.warmUpNs() / 2);
        }
        double ghzBefore = Ghz.measure();
        EndpointResult measured = measure(traffic, Marker.BEGIN, perNs, forkDurations);
        return measured.withNumbers(
                Map.of(
                        Numbers.STEADY,
                        steady ? 1.0 : 0.0,
                        Numbers.GHZ_BEFORE,
                        ghzBefore,
                        Numbers.GHZ_AFTER,
                        Ghz.measure(),
                        Numbers.WARM_UP_MESSAGES,
                        (double) warmUpMessages));
    }

    /** Ends the fork: measures the floor between the ends, and adds it to the results. */
    List<EndpointResult> end(List<EndpointResult> results) throws IOException {
        CacheLineFloor.Result floor = new CacheLineFloor.Result(0, 0, 0, List.of());
        if (separateCpus) {
            talk.exchange(Marker.FLOOR);
            floor = CacheLineFloor.initiate(talk.words());
        }
        exchange(Marker.STOP);
        CacheLineFloor.Result found = floor;
        return results.stream().map(each -> each.withFloor(found)).toList();
    }

    /**
     * Measures one block. The first call takes branches that the compiler assumed never taken, for
     * markers, and loads the meters' classes, so a rehearsal precedes the measured block.
     */
    private EndpointResult measure(
            Traffic traffic, long beginning, double perNs, ForkDurations durations)
            throws IOException {
        if (beginning == Marker.BEGIN) {
            EndMeter.awaitCompiler();
        }
        exchange(beginning);
        SystemMeter system = SystemMeter.now();
        EndMeter meter = new EndMeter(helpers);
        Supplier<BlockResult> found = traffic.measure(perNs, durations);
        meter.stop();
        SystemCounters meanwhile = SystemMeter.now().since(system);
        BlockResult measured = found.get().withNumbers(meter.helped());
        EndCounters counters = meter.counters(measured.messages(), talk.incoming());
        int cpu = Platform.currentCpu();
        exchange(Marker.END);
        return new EndpointResult(
                measured, counters, meanwhile, meter.wallNs(), cpu, talk.capacity(), 0);
    }

    private void exchange(long marker) throws IOException {
        for (Conversation each : talks) {
            each.exchange(marker);
        }
    }

    /**
     * Runs until the rate is steady, or the time is over, and in both cases until both ends are
     * warm, within an extended limit: neither the compiler works nor does memory fault, and the
     * messages of this fork have passed through all memory of the link several times. Code of slow
     * mechanisms is called rarely, and would otherwise be compiled during the measurement; a log of
     * many megabytes would be met for the first time. Returns messages per nanosecond of the last
     * window.
     */
    private double warmUp(Traffic traffic, long limitNs) throws IOException {
        long window = Math.min(LONGEST_WINDOW_NS, limitNs / WINDOWS);
        long memory = talk.memory();
        long begun = System.nanoTime();
        long end = begun + limitNs;
        CompilerActivity compilerActivity = new CompilerActivity(begun);
        List<Double> rates = new ArrayList<>();
        long faults = faults();
        long now;
        do {
            long start = System.nanoTime();
            long count = 0;
            do {
                count += traffic.warmUp();
                now = System.nanoTime();
            } while (now - start < window);
            warmUpMessages += count;
            rates.add(count / (double) (now - start));
            steady = isSteady(rates);
            long faultsNow = faults();
            isCold =
                    isCold(
                            compilerActivity.isActive(now),
                            faultsNow - faults,
                            talk.sequence() * talk.size(),
                            memory);
            faults = faultsNow;
        } while (!steady && now - end < 0 || isCold && now - begun < COLD_LIMIT * limitNs);
        return rates.get(rates.size() - 1);
    }

    /**
     * Tests whether the ends are not warm yet.
     *
     * @param compiles whether the compiler works
     * @param faults page faults of both ends in the last window
     * @param bytes of all messages of this fork so far
     * @param memory what they pass through
     */
    static boolean isCold(boolean compiles, long faults, long bytes, long memory) {
        return compiles || faults > FAULTS || bytes < LAPS * memory;
    }

    /** Tests whether the last windows have about the rate of those before: no trend is left. */
    static boolean isSteady(List<Double> rates) {
        int n = rates.size();
        if (n < 2 * STEADY_WINDOWS) {
            return false;
        }
        double last = median(rates.subList(n - STEADY_WINDOWS, n));
        double before = median(rates.subList(n - 2 * STEADY_WINDOWS, n - STEADY_WINDOWS));
        return Math.abs(last / before - 1) < STEADY_WITHIN;
    }

    private static double median(List<Double> rates) {
        double[] sorted = rates.stream().mapToDouble(rate -> rate).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    /** Returns the page faults of both processes so far. */
    private long faults() {
        return Arrays.stream(new String[] {"self", Long.toString(talk.words().get(PEER))})
                .mapToLong(
                        process -> {
                            String stat = Proc.read("/proc/" + process + "/stat");
                            String fields = stat.substring(stat.lastIndexOf(')') + 1);
                            return Proc.number(fields, 7).orElse(0)
                                    + Proc.number(fields, 9).orElse(0);
                        })
                .sum();
    }
}
