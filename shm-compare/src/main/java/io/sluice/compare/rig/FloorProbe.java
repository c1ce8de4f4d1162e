package io.sluice.compare.rig;

import io.sluice.compare.kernel.KernelCalls;
import io.sluice.compare.result.FloorReading;
import io.sluice.compare.result.FloorReadingBuilder;
import io.sluice.compare.result.Hdr;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.transport.Payload;
import io.sluice.compare.transport.Transports;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.HdrHistogram.Histogram;

/**
 * Measures this machine's lower bounds: reading the clock, calling the C library, entering the
 * kernel, moving a cache line between the two CPUs and back, copying bytes, waking a thread. Each
 * step corresponds to one part of a message's latency (the idea of lmbench).
 */
final class FloorProbe {
    private static final int ROUNDS = 12;
    private static final int CALLS = 20_000;
    private static final long LINE_NS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final int[] SIZES = {64, 4096, 65_536, 1_048_576};

    /** What an empty pipe accepts in one write. */
    private static final int[] PIPE_SIZES = {64, 4096, 65_536};

    private final PairLauncher launcher;
    private final Placement place;

    FloorProbe(PairLauncher launcher, List<Integer> cpus) {
        this.launcher = launcher;
        this.place = new Placement(Placement.TWO_CPUS, cpus);
    }

    FloorReading measure() throws IOException {
        Line line = place.separateCpus() ? cacheLine() : new Line(new Histogram(3), 0);
        ThreadPair threads = new ThreadPair(place);
        return threads.runOnFirst(
                () ->
                        FloorReadingBuilder.builder()
                                .clockNs(perCall(CALLS, i -> System.nanoTime()))
                                .downcallNs(perCall(CALLS, KernelCalls::labs))
                                .syscallNs(perCall(CALLS, i -> KernelCalls.getppid()))
                                .lineRoundTripNs(line.medianNs)
                                .lineRoundTripP99Ns(line.roundTrips.getValueAtPercentile(99))
                                .clockStepNs(clockStep())
                                .memcpyHotNs(copyHot())
                                .memcpyRemoteNs(threads.copyRemote(SIZES))
                                .selfNs(Map.of("pipe", self()))
                                .futexWakeNs(threads.futexWake())
                                .yieldNs(threads.yieldRoundTrip())
                                .jitter(threads.jitter())
                                .ghz(Ghz.measure())
                                .build());
    }

    /** Returns the pair of this run, as it was measured. */
    List<FloorReading.CpuPairLatency> pairs(FloorReading found) {
        double line = found.lineRoundTripNs();
        return place.cpus().size() < 2 || line == 0
                ? List.of()
                : List.of(latency(line, found.lineRoundTripP99Ns() > 3 * line));
    }

    static List<FloorReading.CpuPairLatency> matrix(PairLauncher launcher, List<Integer> cpus)
            throws IOException {
        List<FloorReading.CpuPairLatency> pairs = new ArrayList<>();
        for (int i = 0; i < cpus.size(); i++) {
            for (int other : cpus.subList(i + 1, cpus.size())) {
                FloorProbe probe = new FloorProbe(launcher, List.of(cpus.get(i), other));
                Line line = probe.cacheLine();
                double slow = line.roundTrips.getValueAtPercentile(90);
                boolean bimodal = slow > 2 * line.roundTrips.getValueAtPercentile(10);
                pairs.add(probe.latency(line.medianNs, bimodal));
            }
        }
        return pairs;
    }

    private FloorReading.CpuPairLatency latency(double lineNs, boolean bimodal) {
        String relation = CpuTopology.of(place.cpus()).relation(place.cpu(0), place.cpu(1));
        return new FloorReading.CpuPairLatency(
                place.cpu(0), place.cpu(1), relation, lineNs, bimodal);
    }

    /**
     * The cache line between two CPUs.
     *
     * @param roundTrips those of one way to exchange it
     * @param medianNs the least median of all ways
     */
    private record Line(Histogram roundTrips, double medianNs) {}

    private Line cacheLine() throws IOException {
        List<Workload> messages = List.of(Workload.of(Pattern.RTT, Payload.MIN_SIZE));
        ForkDurations durations = new ForkDurations(LINE_NS, LINE_NS, 1000);
        PairPlan plan = new PairPlan(Transports.LINE, messages, place, durations, 0, null);
        EndpointResult initiator = launcher.launch(plan).initiator();
        Histogram roundTrips = Hdr.decode(initiator.hdr);
        double median = roundTrips.getValueAtPercentile(50);
        return new Line(roundTrips, Math.min(median, initiator.lineRoundTripNs));
    }

    /**
     * Returns the median of several rounds, after as many warm-up rounds. It is subtracted from
     * medians; the fastest round would leave what is usual to the other part.
     */
    static double perCall(int calls, ThreadPair.TimedStep call) throws IOException {
        double[] rounds = new double[ROUNDS];
        long sum = 0;
        for (int round = -ROUNDS; round < ROUNDS; round++) {
            long start = System.nanoTime();
            for (int i = 0; i < calls; i++) {
                sum += call.run(i);
            }
            long taken = System.nanoTime() - start;
            if (round >= 0) {
                rounds[round] = taken / (double) calls;
            }
        }
        Arrays.sort(rounds);
        return sum == 1 ? 0 : (rounds[ROUNDS / 2 - 1] + rounds[ROUNDS / 2]) / 2;
    }

    private static double clockStep() {
        long step = Long.MAX_VALUE;
        long last = System.nanoTime();
        for (int i = 0; i < CALLS; i++) {
            long now = System.nanoTime();
            if (now > last) {
                step = Math.min(step, now - last);
            }
            last = now;
        }
        return step;
    }

    private static Map<Integer, Double> copyHot() throws IOException {
        return perSize(
                SIZES,
                CALLS * 64,
                size -> {
                    MemorySegment from = Arena.ofAuto().allocate(size, 64);
                    MemorySegment to = Arena.ofAuto().allocate(size, 64);
                    return i -> to.copyFrom(from).byteSize();
                });
    }

    /** Measures one thread that writes to its own pipe and reads it back (lmbench's trick). */
    private static Map<Integer, Double> self() throws IOException {
        int[] pipe = KernelCalls.pipe();
        try {
            return perSize(
                    PIPE_SIZES,
                    CALLS * 16,
                    size -> {
                        MemorySegment buffer = Arena.ofAuto().allocate(size, 64);
                        return i -> {
                            KernelCalls.writeFully(pipe[1], buffer, size);
                            return KernelCalls.readFully(pipe[0], buffer, size);
                        };
                    });
        } finally {
            KernelCalls.close(pipe);
        }
    }

    /** Measures calls of each size, as many as have so many bytes, but at least 100. */
    private static Map<Integer, Double> perSize(
            int[] sizes, int bytes, IntFunction<ThreadPair.TimedStep> call) throws IOException {
        Map<Integer, Double> times = new TreeMap<>();
        for (int size : sizes) {
            times.put(size, perCall(Math.max(100, bytes / size), call.apply(size)));
        }
        return times;
    }
}
