package io.sluice.compare.rig;

import io.sluice.compare.result.EndCounters;
import io.sluice.compare.result.Numbers;
import io.sluice.compare.result.SystemCounters;
import io.sluice.os.Threads;
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
    private final boolean apart;
    private final List<Long> helpers;
    private boolean steady;
    private long warmed;

    /**
     * One end.
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
        this.apart = apart;
        this.helpers = helpers;
    }

    EndpointResult run(Effort effort) throws IOException {
        double perNs = warmUp(effort.warmUpNs() / 2);
        warmed += measure(Marker.REHEARSE, perNs, effort.rehearsal()).measured.messages();
        if (traffic.isPaced()) {
            // The code compiled during warm-up has never waited, as paced traffic does.
            warmed += traffic.measure(perNs, effort.settling()).get().messages();
        } else {
            perNs = warmUp(effort.warmUpNs() / 2);
        }
        double ghzBefore = Ghz.measure();
        Block block = measure(Marker.BEGIN, perNs, effort);
        LineFloor.Result floor = new LineFloor.Result(0, 0);
        if (apart) {
            talk.exchange(Marker.FLOOR);
            floor = LineFloor.initiate(talk.words());
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
                        (double) warmed);
        return new EndpointResult(
                block.measured.withNumbers(numbers),
                block.counters,
                block.meanwhile,
                block.wallNs,
                block.cpu,
                talk.capacity(),
                floor.roundTripNs());
    }

    /** What was found between a beginning and its end. */
    private record Block(
            Measurement measured,
            EndCounters counters,
            SystemCounters meanwhile,
            long wallNs,
            int cpu) {}

    /**
     * Measures one block. The first call takes branches that the compiler assumed never taken, for
     * markers, and loads the meters' classes, so a rehearsal precedes the measured block.
     */
    private Block measure(long beginning, double perNs, Effort effort) throws IOException {
        if (beginning == Marker.BEGIN) {
            EndMeter.untilCompiled();
        }
        exchange(beginning);
        SystemMeter system = SystemMeter.now();
        OptionalLong helped = HelperMeter.cpuNs(helpers);
        EndMeter meter = new EndMeter();
        Supplier<Measurement> found = traffic.measure(perNs, effort);
        meter.stop();
        OptionalLong helpedAfter = HelperMeter.cpuNs(helpers);
        SystemCounters meanwhile = SystemMeter.now().since(system);
        Measurement measured = found.get();
        if (!helpers.isEmpty() && helped.isPresent() && helpedAfter.isPresent()) {
            double used = Math.max(0, helpedAfter.getAsLong() - helped.getAsLong());
            measured = measured.withNumbers(Map.of(Numbers.HELPER_CPU_NS, used));
        }
        EndCounters counters = meter.counters(measured.messages(), talk.incoming());
        int cpu = Threads.currentCpu();
        exchange(Marker.END);
        return new Block(measured, counters, meanwhile, meter.wallNs(), cpu);
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
        Compiling compiling = new Compiling(begun);
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
            warmed += count;
            double rate = count / (double) (now - start);
            alike = Math.abs(rate / last - 1) < STEADY_WITHIN ? alike + 1 : 1;
            last = rate;
        } while (alike < STEADY_WINDOWS && now - end < 0
                || compiling.seems(now) && now - begun < COMPILING_LIMIT * limitNs);
        steady = alike >= STEADY_WINDOWS;
        return last;
    }
}
