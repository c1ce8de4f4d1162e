package io.sluice.compare.rig;

import io.sluice.compare.kernel.KernelCalls;
import io.sluice.compare.result.FloorReading;
import io.sluice.compare.result.Hdr;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.transport.Payload;
import io.sluice.compare.transport.Transports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongUnaryOperator;
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

    /** The bytes that an empty pipe accepts in one write. */
    private static final int PIPE_BYTES = 65_536;

    private final PairLauncher launcher;
    private final List<Integer> cpus;

    FloorProbe(PairLauncher launcher, List<Integer> cpus) {
        this.launcher = launcher;
        this.cpus = List.copyOf(cpus);
    }

    FloorReading measure() throws IOException {
        Line line = new Line(new Histogram(3), 0);
        if (cpus.size() > 1 && !cpus.get(0).equals(cpus.get(1))) {
            line = cacheLine(launcher, cpus.get(0), cpus.get(1));
        }
        ThreadPair threads = new ThreadPair(cpus);
        return threads.runOnFirst(
                line,
                found ->
                        new FloorReading(
                                perCall(CALLS, i -> System.nanoTime()),
                                perCall(CALLS, KernelCalls::labs),
                                perCall(CALLS, i -> KernelCalls.getppid()),
                                found.medianNs,
                                found.roundTrips.getValueAtPercentile(99),
                                clockStep(),
                                copyHot(),
                                threads.copyRemote(SIZES),
                                Map.of("pipe", self()),
                                threads.futexWake(),
                                threads.yieldRoundTrip(),
                                threads.jitter(),
                                Ghz.measure()));
    }

    /** Returns the pair of this run, as it was measured. */
    List<FloorReading.CpuPairLatency> pairs(FloorReading floorReading) {
        if (cpus.size() < 2 || floorReading.lineRoundTripNs() == 0) {
            return List.of();
        }
        String relation = CpuTopology.of(cpus).relation(cpus.get(0), cpus.get(1));
        boolean bimodal = floorReading.lineRoundTripP99Ns() > 3 * floorReading.lineRoundTripNs();
        return List.of(
                new FloorReading.CpuPairLatency(
                        cpus.get(0),
                        cpus.get(1),
                        relation,
                        floorReading.lineRoundTripNs(),
                        bimodal));
    }

    static List<FloorReading.CpuPairLatency> matrix(PairLauncher launcher, List<Integer> cpus)
            throws IOException {
        CpuTopology cpuTopology = CpuTopology.of(cpus);
        List<FloorReading.CpuPairLatency> cpuPairLatencies = new ArrayList<>();
        for (int i = 0; i < cpus.size(); i++) {
            for (int j = i + 1; j < cpus.size(); j++) {
                Line line = cacheLine(launcher, cpus.get(i), cpus.get(j));
                cpuPairLatencies.add(
                        new FloorReading.CpuPairLatency(
                                cpus.get(i),
                                cpus.get(j),
                                cpuTopology.relation(cpus.get(i), cpus.get(j)),
                                line.medianNs,
                                line.roundTrips.getValueAtPercentile(90)
                                        > 2 * line.roundTrips.getValueAtPercentile(10)));
            }
        }
        return cpuPairLatencies;
    }

    /**
     * The cache line between two CPUs.
     *
     * @param roundTrips those of one way to exchange it
     * @param medianNs the least median of all ways
     */
    private record Line(Histogram roundTrips, double medianNs) {}

    private static Line cacheLine(PairLauncher launcher, int a, int b) throws IOException {
        PairPlan pairPlan =
                new PairPlan(
                        Transports.LINE,
                        List.of(Workload.of(Pattern.RTT, Payload.MIN_SIZE)),
                        new Placement(Placement.TWO_CPUS, List.of(a, b)),
                        new ForkDurations(LINE_NS, LINE_NS, 1000),
                        0,
                        null);
        EndpointResult initiator = launcher.launch(pairPlan).initiator();
        Histogram roundTrips = Hdr.decode(initiator.hdr);
        double median = roundTrips.getValueAtPercentile(50);
        return new Line(roundTrips, Math.min(median, initiator.lineRoundTripNs));
    }

    /**
     * Returns the median of several rounds, after as many warm-up rounds. It is subtracted from
     * medians; the fastest round would leave what is usual to the other part.
     */
    static double perCall(int calls, LongUnaryOperator call) {
        double[] rounds = new double[ROUNDS];
        long sum = 0;
        for (int round = -ROUNDS; round < ROUNDS; round++) {
            long start = System.nanoTime();
            for (int i = 0; i < calls; i++) {
                sum += call.applyAsLong(i);
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

    private static Map<Integer, Double> copyHot() {
        Map<Integer, Double> times = new TreeMap<>();
        try (Arena arena = Arena.ofConfined()) {
            for (int size : SIZES) {
                MemorySegment from = arena.allocate(size, 64);
                MemorySegment to = arena.allocate(size, 64);
                times.put(
                        size,
                        perCall(
                                Math.max(100, CALLS * 64 / size),
                                i -> {
                                    MemorySegment.copy(from, 0, to, 0, size);
                                    return i;
                                }));
            }
        }
        return times;
    }

    /** Measures one thread that writes to its own pipe and reads it back (lmbench's trick). */
    private static Map<Integer, Double> self() throws IOException {
        Map<Integer, Double> times = new TreeMap<>();
        int[] pipe = KernelCalls.pipe();
        try (Arena arena = Arena.ofConfined()) {
            for (int size : SIZES) {
                if (size <= PIPE_BYTES) {
                    MemorySegment buffer = arena.allocate(size, 64);
                    times.put(
                            size,
                            perCall(
                                    Math.max(100, CALLS * 16 / size),
                                    i -> throughPipe(pipe, buffer, size)));
                }
            }
        } finally {
            KernelCalls.close(pipe[0]);
            KernelCalls.close(pipe[1]);
        }
        return times;
    }

    private static long throughPipe(int[] pipe, MemorySegment buffer, int size) {
        try {
            KernelCalls.writeFully(pipe[1], buffer, size);
            KernelCalls.readFully(pipe[0], buffer, size);
            return size;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
