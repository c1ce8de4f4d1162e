package io.sluice.compare.stats;

import io.sluice.compare.result.EndCounters;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.FloorReading;
import io.sluice.compare.result.Fork;
import io.sluice.compare.result.Hdr;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Note;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.result.Records;
import io.sluice.compare.result.Results;
import io.sluice.compare.result.Touch;
import io.sluice.compare.result.Waiting;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import org.HdrHistogram.Histogram;

/** Synthetic results, the same each time, similar to those of a small virtual machine. */
public final class SyntheticResults {
    public static final String PLACEMENT = "two-cpus";
    private static final int FORKS = 5;

    private final List<Measurement> measurements = new ArrayList<>();
    private final List<Note> notes = new ArrayList<>();
    private FloorReading floorReading = Records.floor(24, 6, 210, 380, 610);

    private static final class Typical {
        private static final Results RESULTS = makeTypical();
    }

    /**
     * Returns the five mechanisms, both patterns, two sizes, and one that could not be measured.
     * They are built once, since that takes long.
     */
    public static Results typical() {
        return Typical.RESULTS;
    }

    private static Results makeTypical() {
        SyntheticResults results = new SyntheticResults();
        results.note(
                Note.YELLOW,
                "a guest of kvm: waking a processor leaves the guest",
                "measure on bare metal too");
        results.note(Note.GREEN, "the clock is the processor's own (tsc)", null);
        for (int size : new int[] {64, 4096}) {
            double copy = size == 4096 ? 1 : 0;
            results.rtt("pipe", Waiting.BLOCK, size, 12_000 + copy * 900);
            results.rtt("fifo", Waiting.BLOCK, size, 12_100 + copy * 900);
            results.rtt("uds.stream", Waiting.BLOCK, size, 14_200 + copy * 1100);
            results.rtt("pipe.hint", Waiting.HINT, size, 2_400 + copy * 800);
            results.rtt("sluice", Waiting.SPIN, size, 450 + copy * 950);
            results.stream("pipe", Waiting.BLOCK, size, 1_150_000 - copy * 480_000);
            results.stream("fifo", Waiting.BLOCK, size, 1_130_000 - copy * 470_000);
            results.stream("uds.stream", Waiting.BLOCK, size, 820_000 - copy * 300_000);
            results.stream("pipe.hint", Waiting.HINT, size, 900_000 - copy * 350_000);
            results.stream("sluice", Waiting.SPIN, size, 28_000_000 - copy * 26_300_000);
        }
        results.without(
                "mq.posix",
                Waiting.BLOCK,
                64,
                Measurement.NOT_AVAILABLE,
                "no message queues here: mqueue is not mounted");
        return results.build();
    }

    public SyntheticResults floor(FloorReading value) {
        floorReading = value;
        return this;
    }

    public SyntheticResults note(String level, String text, String remedy) {
        notes.add(Records.note(level, text, remedy));
        return this;
    }

    /** Returns a measurement of round trips around a median. */
    public SyntheticResults rtt(String mechanism, Waiting wait, int size, double medianNs) {
        return rtt(mechanism, wait, size, medianNs, 0.02);
    }

    /**
     * Returns a measurement of round trips around a median; the forks differ by up to the given
     * part of it.
     */
    public SyntheticResults rtt(
            String mechanism, Waiting wait, int size, double medianNs, double spread) {
        List<Fork> forks = new ArrayList<>();
        for (int n = 0; n < FORKS; n++) {
            double shift = 1 + spread * (n - FORKS / 2) / (FORKS / 2.0);
            Shape shape = new Shape(medianNs * shift, 31L * n + mechanism.hashCode() + size);
            long messages = 200_000;
            long duration = (long) (messages * medianNs * shift * 1.06);
            forks.add(
                    Records.fork(
                            n,
                            messages,
                            duration,
                            HISTOGRAMS.computeIfAbsent(shape, Shape::hdr),
                            medianNs * shift * 1.04,
                            ends(mechanism, wait, messages, duration, true),
                            0));
        }
        measurements.add(
                measurement(mechanism, wait, Pattern.RTT, size, Measurement.OK, null, forks));
        return this;
    }

    /** Returns a measurement of round trips whose receiver hardly slept, though it should have. */
    public SyntheticResults rttWithoutSleep(
            String mechanism, Waiting wait, int size, double medianNs) {
        rtt(mechanism, Waiting.SPIN, size, medianNs);
        Measurement spun = measurements.remove(measurements.size() - 1);
        measurements.add(
                measurement(
                        mechanism, wait, Pattern.RTT, size, Measurement.OK, null, spun.forks()));
        return this;
    }

    /** Returns a measurement of round trips that begin after a pause, around a median. */
    public SyntheticResults afterPause(String mechanism, Waiting wait, int size, double medianNs) {
        rtt(mechanism, wait, size, medianNs);
        Measurement pingPong = measurements.remove(measurements.size() - 1);
        measurements.add(
                measurement(
                        mechanism,
                        wait,
                        Pattern.GAP,
                        size,
                        Measurement.OK,
                        null,
                        pingPong.forks()));
        return this;
    }

    /** Returns a measurement of messages in one direction. */
    public SyntheticResults stream(
            String mechanism, Waiting wait, int size, double messagesPerSecond) {
        List<Fork> forks = new ArrayList<>();
        for (int n = 0; n < FORKS; n++) {
            long messages = 2_000_000;
            long duration = (long) (messages * 1e9 / messagesPerSecond * (1 + 0.015 * (n - 2)));
            forks.add(
                    Records.fork(
                            n,
                            messages,
                            duration,
                            null,
                            (double) duration / messages,
                            ends(mechanism, wait, messages, duration, false),
                            0));
        }
        measurements.add(
                measurement(mechanism, wait, Pattern.STREAM, size, Measurement.OK, null, forks));
        return this;
    }

    /** Returns a measurement of round trips without numbers. */
    public SyntheticResults without(
            String mechanism, Waiting wait, int size, String status, String reason) {
        measurements.add(
                measurement(mechanism, wait, Pattern.RTT, size, status, reason, List.of()));
        return this;
    }

    /**
     * Returns a measurement of which nothing is known but what a cache line took after each fork.
     */
    public SyntheticResults floors(double... lineRoundTripNs) {
        List<Fork> forks = new ArrayList<>();
        for (double line : lineRoundTripNs) {
            forks.add(Records.fork(forks.size(), 1, 1, null, 0, Map.of(), line));
        }
        measurements.add(
                measurement(
                        "floors", Waiting.SPIN, Pattern.STREAM, 8, Measurement.OK, null, forks));
        return this;
    }

    public SyntheticResults measurement(Measurement measurement) {
        measurements.add(measurement);
        return this;
    }

    public Results build() {
        return Records.results(
                Results.SCHEMA,
                Records.tool("0.1.0", "0123456789ab"),
                Records.run(
                        "2026-11-22-synthetic",
                        "2026-11-22T10:00:00Z",
                        "2026-11-22T10:01:30Z",
                        "lab",
                        42,
                        FORKS,
                        List.of("run", "--suite", "lab", "--seed", "42", "-o", "results.json"),
                        measurements.stream().map(Measurement::id).toList()),
                Records.environment(
                        "Example 3000 at 2.9 GHz",
                        2,
                        List.of(0, 1),
                        "kvm",
                        "6.18.0",
                        "tsc",
                        "OpenJDK 64-Bit Server VM",
                        "25.0.1",
                        "Serial",
                        0.12,
                        1.04,
                        notes,
                        Map.of("pipe-max-size", "1048576")),
                floorReading,
                floorReading == null
                        ? null
                        : Records.floor(
                                floorReading.clockNs(),
                                floorReading.downcallNs(),
                                floorReading.syscallNs(),
                                floorReading.lineRoundTripNs() * 1.02,
                                floorReading.lineRoundTripP99Ns() * 1.05),
                measurements);
    }

    /**
     * Returns the same measurement elsewhere; a placement without CPUs of its own has no floor
     * either.
     */
    public static Measurement in(String placement, Measurement measurement) {
        Factors f = measurement.factors();
        List<Integer> cpus =
                placement.equals("one-cpu")
                        ? List.of(0, 0)
                        : placement.equals("unpinned") ? List.of() : List.of(0, 2);
        Factors moved =
                Records.factors(
                        f.mechanism(),
                        f.waiting(),
                        f.pattern(),
                        f.size(),
                        f.touch(),
                        placement,
                        cpus,
                        f.capacityBytes());
        return new Measurement(
                measurement.id() + "/" + placement,
                moved,
                measurement.status(),
                measurement.reason(),
                measurement.flags(),
                measurement.forks());
    }

    private static Measurement measurement(
            String mechanism,
            Waiting wait,
            Pattern pattern,
            int size,
            String status,
            String reason,
            List<Fork> forks) {
        Factors factors =
                Records.factors(
                        mechanism,
                        wait,
                        pattern,
                        size,
                        Touch.FULL,
                        PLACEMENT,
                        List.of(0, 1),
                        65536);
        String id = mechanism + "/" + wait + "/" + pattern + "/" + size + "/" + PLACEMENT;
        return new Measurement(id, factors, status, reason, List.of(), forks);
    }

    private static Map<String, EndCounters> ends(
            String mechanism, Waiting wait, long messages, long duration, boolean roundTrips) {
        Map<String, EndCounters> ends = new LinkedHashMap<>();
        ends.put(Fork.INITIATOR, end(wait, messages, duration, roundTrips, "write"));
        ends.put(Fork.RESPONDER, end(wait, messages, duration, roundTrips, "read"));
        return ends;
    }

    private static EndCounters end(
            Waiting wait, long messages, long duration, boolean roundTrips, String call) {
        boolean spins = wait.equals(Waiting.SPIN);
        boolean blocks = wait.equals(Waiting.BLOCK) || wait.equals(Waiting.FUTEX);
        long cpu = (long) (duration * (blocks ? roundTrips ? 0.42 : 0.8 : 1.0));
        long system = spins ? cpu / 500 : blocks ? cpu * 9 / 10 : cpu * 6 / 10;
        Map<String, Long> calls =
                spins
                        ? Map.of()
                        : roundTrips
                                ? Map.of("read", messages, "write", messages)
                                : Map.of(call, messages);
        long switches = blocks ? roundTrips ? messages : messages / 40 : 0;
        return Records.counters(
                cpu, cpu - system, system, switches, 3, 0, messages, calls, 0, 0, 0);
    }

    /** Most tests take the same ones, of 200,000 values each. */
    private static final Map<Shape, String> HISTOGRAMS = new ConcurrentHashMap<>();

    /** A body near the median, a shoulder from the timer tick, and a few pauses of the host. */
    private record Shape(double median, long seed) {
        private String hdr() {
            SplittableRandom random = new SplittableRandom(seed);
            Histogram histogram = new Histogram(60_000_000_000L, 3);
            for (int i = 0; i < 200_000; i++) {
                double body =
                        median * Math.exp(0.09 * (random.nextDouble() + random.nextDouble() - 1));
                double u = random.nextDouble();
                double extra = u < 0.02 ? median * 0.9 * random.nextDouble() : 0;
                double tick = u < 0.0015 ? 4_000 + 30_000 * random.nextDouble() : 0;
                double pause = u < 0.00004 ? 1_500_000 * random.nextDouble() : 0;
                histogram.recordValue((long) (body + extra + tick + pause));
            }
            return Hdr.encode(histogram);
        }
    }
}
