package io.sluice.compare.rig;

import io.sluice.compare.result.Numbers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

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
    private final EndTask task;
    private boolean steady;
    private boolean isCold;
    private long warmUpMessages;
    private int floors;

    /**
     * Creates one end.
     *
     * @param talks its side of each link; one, except for pattern fanout
     */
    Initiator(List<Conversation> talks, EndTask task) {
        this.talks = talks;
        this.talk = talks.get(0);
        this.task = task;
    }

    /** Returns how long a warm-up may take at the most. */
    static long longestWarmUpNs(ForkDurations forkDurations) {
        return COLD_LIMIT * forkDurations.warmUpNs();
    }

    /**
     * Measures one workload after the other, and right after each the floor between the ends: a
     * host may move its CPUs before the next.
     */
    List<EndpointResult> run() throws IOException {
        PairPlan plan = task.plan();
        List<EndpointResult> results = new ArrayList<>();
        Ghz.measure(); // so that it is compiled before it counts
        for (Workload each : plan.workloads()) {
            if (!results.isEmpty()) {
                talk.exchange(Marker.NEXT);
                talk.link.batch(each.batch());
            }
            EndpointResult result = run(Traffic.of(each, talks, plan.seed()));
            CacheLineFloor.Result floor = floor();
            result.number(Numbers.CLOCK_OFFSET_NS, floor.clockOffsetNs());
            result.lineRoundTripNs = floor.roundTripNs();
            results.add(result);
        }
        exchange(Marker.STOP);
        return results;
    }

    /** Returns the floor now; nothing if the ends have none. */
    private CacheLineFloor.Result floor() throws IOException {
        if (!task.plan().hasFloor()) {
            return new CacheLineFloor.Result(0, List.of());
        }
        talk.exchange(Marker.FLOOR);
        return CacheLineFloor.initiate(talk.words, floors++);
    }

    private EndpointResult run(Traffic traffic) throws IOException {
        ForkDurations durations = task.plan().durations();
        warmUpMessages = 0;
        double perNs = warmUp(traffic, durations.warmUpNs() / 2);
        warmUpMessages += measure(traffic, Marker.DRY_RUN, perNs, durations.dryRun()).messages;
        if (traffic.isPaced()) {
            // The code compiled during warm-up has never waited, as paced traffic does.
            warmUpMessages += traffic.measure(perNs, durations.settle()).get().messages;
            steady = !isCold; // Its rate is given.
        } else {
            perNs = warmUp(traffic, durations.warmUpNs() / 2);
        }
        double ghzBefore = Ghz.measure();
        return measure(traffic, Marker.BEGIN, perNs, durations)
                .number(Numbers.GHZ_AFTER, Ghz.measure())
                .number(Numbers.GHZ_BEFORE, ghzBefore)
                .number(Numbers.STEADY, steady ? 1 : 0)
                .number(Numbers.WARM_UP_MESSAGES, warmUpMessages);
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
        EndMeter meter = EndMeter.ofBothEnds(task.helpers());
        Supplier<EndpointResult> found = traffic.measure(perNs, durations);
        meter.stop();
        EndpointResult measured = meter.addTo(found.get(), talk);
        exchange(Marker.END);
        return measured;
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
        long memory = talk.link.memory();
        long begun = System.nanoTime();
        long end = begun + limitNs;
        CompilerActivity compiler = new CompilerActivity(begun);
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
            long bytes = talk.sequence * talk.outgoing.size();
            steady = isSteady(rates) && hasPassed(bytes, memory);
            long before = faults;
            faults = faults();
            isCold = isCold(compiler.isActive(now), faults - before, bytes, memory);
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
        return compiles || faults > FAULTS || !hasPassed(bytes, memory);
    }

    /** Tests whether messages have passed through all memory often enough: it is known then. */
    static boolean hasPassed(long bytes, long memory) {
        return bytes >= LAPS * memory;
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
        return rates.stream().sorted().skip(rates.size() / 2).findFirst().orElseThrow();
    }

    /** Returns the page faults of both processes so far. */
    private long faults() {
        return Stream.of("self", talk.words.get(PEER))
                .map(process -> Proc.read("/proc/" + process + "/stat"))
                .map(stat -> stat.substring(stat.lastIndexOf(')') + 1))
                .mapToLong(f -> Proc.number(f, 7).orElse(0) + Proc.number(f, 9).orElse(0))
                .sum();
    }
}
