package io.sluice.bench;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * The program of a {@link SideBySide} JVM: for each line that it reads, it runs one of the
 * benchmarks for a short time, and prints the round trip of a cache line before, the result, and
 * the round trip of a cache line after. The result is messages per second, or for round trips the
 * median in nanoseconds.
 */
final class Trial {
    /**
     * The warm-up time after each start: until the memory of the largest ring has been faulted in
     * and its code is compiled. Aeron's three terms of 16 MiB take longest: with 60 ms they
     * measured 20 times too slow on one machine.
     */
    private static final long WARM_UP_NANOS = Long.getLong("sluice.warmup.ms", 1_500) * 1_000_000;

    private static final long NANOS = 150_000_000;
    private static final int FLOOR_TRIPS = 4_000;
    private static final int MAX_SAMPLES = 1 << 20;
    private static final String DEFAULT_SIZE = "32";

    private interface TrialRun {
        /** Starts to run. */
        void open() throws Exception;

        /** Runs for the given time, and returns the result. */
        double measure(long nanos) throws Exception;

        /** Stops. */
        void close() throws Exception;
    }

    private interface TrialFactory {
        TrialRun of(String subject, int size);
    }

    /**
     * A kind of benchmark, with its subjects. The size is the message length in bytes or the
     * capacity in messages, depending on the kind.
     */
    private record Kind(Set<String> subjects, TrialFactory factory) {}

    private static final Map<String, Kind> ALL = new TreeMap<>();

    static {
        Set<String> bytes = ByteSubjects.ALL.keySet();
        ALL.put("stream", new Kind(bytes, Trial::stream));
        ALL.put("roundtrip", new Kind(bytes, Trial::roundTrip));
        ALL.put("fanin", new Kind(FanInSubjects.ALL.keySet(), Trial::fanIn));
        ALL.put("bulk", new Kind(bytes, Trial::bulk));
        for (String topology : Topology.ALL) {
            ALL.put(
                    "objects-" + topology,
                    new Kind(
                            ObjectSubjects.ALL.keySet(),
                            (subject, size) -> objects(subject, topology, size)));
        }
        for (String threads : Handoff.THREADS) {
            ALL.put(
                    "handoff-" + threads,
                    new Kind(
                            HandoffSubjects.ALL.keySet(),
                            (subject, size) -> handoff(subject, threads)));
        }
    }

    /** The names of all kinds. */
    static final List<String> KINDS = List.copyOf(ALL.keySet());

    private Trial() {}

    /** Throws if there is no such contender. */
    static void check(String name) {
        run(name);
    }

    private static TrialRun run(String name) {
        String[] parts = name.split("[/@]"); // kind, subject, size
        Kind kind = ALL.get(parts[0]);
        if (kind == null) {
            throw new IllegalArgumentException(
                    "'" + name + "': there is no kind '" + parts[0] + "': choose from " + KINDS);
        }
        String subject = parts.length > 1 ? parts[1] : "sluice";
        int size = Integer.parseInt(parts.length > 2 ? parts[2] : DEFAULT_SIZE);
        if (!kind.subjects.contains(subject)) {
            throw new IllegalArgumentException(
                    "'"
                            + name
                            + "': there is no subject '"
                            + subject
                            + "': choose from "
                            + kind.subjects);
        }
        return kind.factory.of(subject, size);
    }

    /**
     * Runs one measurement for each line of standard input.
     *
     * @param arguments the contender
     * @throws Exception if it fails
     */
    public static void main(String[] arguments) throws Exception {
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in));
        while (orders.readLine() != null) {
            double before = floor();
            TrialRun trialRun = run(arguments[0]);
            trialRun.open();
            trialRun.measure(WARM_UP_NANOS);
            double value = trialRun.measure(NANOS);
            trialRun.close();
            System.out.printf(Locale.ROOT, "%f %f %f%n", before, value, floor());
        }
        System.exit(0);
    }

    /**
     * On a thread of its own, because it pins its thread, and a thread that starts threads must not
     * be pinned.
     */
    private static double floor() throws InterruptedException, ExecutionException {
        FutureTask<Double> task = new FutureTask<>(Trial::floorHere);
        Thread.ofPlatform().start(task);
        return task.get();
    }

    private static double floorHere() throws InterruptedException {
        Floor floor = new Floor();
        floor.open();
        long[] samples = new long[FLOOR_TRIPS];
        for (int i = 0; i < FLOOR_TRIPS; i++) {
            long start = System.nanoTime();
            floor.lineRoundTrip();
            samples[i] = System.nanoTime() - start;
        }
        floor.close();
        return median(samples, FLOOR_TRIPS);
    }

    private static double median(long[] samples, int count) {
        Arrays.sort(samples, 0, count);
        return samples[count / 2];
    }

    private static TrialRun stream(String subject, int size) {
        StreamBytes benchmark = new StreamBytes();
        benchmark.subject = subject;
        benchmark.size = size;
        Bytes bytes = new Bytes();
        return new TrialRun() {
            @Override
            public void open() {
                benchmark.open();
            }

            @Override
            public double measure(long nanos) {
                return rate(nanos, () -> benchmark.receive(bytes));
            }

            @Override
            public void close() throws InterruptedException {
                benchmark.close();
            }
        };
    }

    private static TrialRun fanIn(String subject, int size) {
        FanIn benchmark = new FanIn();
        benchmark.subject = subject;
        return new TrialRun() {
            @Override
            public void open() {
                benchmark.open();
            }

            @Override
            public double measure(long nanos) {
                return rate(nanos, benchmark::receive);
            }

            @Override
            public void close() throws InterruptedException {
                benchmark.close();
            }
        };
    }

    private static TrialRun objects(String subject, String topology, int capacity) {
        StreamObjects benchmark = new StreamObjects();
        benchmark.subject = subject;
        benchmark.topology = topology;
        benchmark.capacity = capacity;
        return new TrialRun() {
            @Override
            public void open() {
                benchmark.open();
            }

            @Override
            public double measure(long nanos) {
                return rate(nanos, benchmark::receive);
            }

            @Override
            public void close() throws InterruptedException {
                benchmark.close();
            }
        };
    }

    private static TrialRun handoff(String subject, String threads) {
        HandoffSubject channel = HandoffSubjects.of(subject);
        return new TrialRun() {
            @Override
            public void open() {
                // Starts its threads anew for each measurement.
            }

            @Override
            public double measure(long nanos) throws InterruptedException {
                return Handoff.rate(channel, threads, nanos);
            }

            @Override
            public void close() {
                // They have ended.
            }
        };
    }

    private static TrialRun bulk(String subject, int size) {
        BulkHandOver benchmark = new BulkHandOver();
        Bytes bytes = new Bytes();
        return new TrialRun() {
            private long sum;

            @Override
            public void open() {
                benchmark.open();
            }

            @Override
            public double measure(long nanos) {
                return rate(
                        nanos,
                        () -> {
                            sum += benchmark.handOver(bytes);
                            return BulkHandOver.BLOCKS;
                        });
            }

            @Override
            public void close() throws InterruptedException {
                benchmark.close();
                if (sum == 1) {
                    System.err.println("the sum is used");
                }
            }
        };
    }

    private static TrialRun roundTrip(String subject, int size) {
        RoundTripBytes benchmark = new RoundTripBytes();
        benchmark.subject = subject;
        benchmark.size = size;
        long[] samples = new long[MAX_SAMPLES];
        return new TrialRun() {
            @Override
            public void open() {
                benchmark.open();
            }

            @Override
            public double measure(long nanos) {
                int count = 0;
                long last = System.nanoTime();
                for (long end = last + nanos; last < end && count < MAX_SAMPLES; count++) {
                    benchmark.roundTrip();
                    long now = System.nanoTime();
                    samples[count] = now - last;
                    last = now;
                }
                return median(samples, count);
            }

            @Override
            public void close() throws InterruptedException {
                benchmark.close();
            }
        };
    }

    private interface Operations {
        int run();
    }

    private static double rate(long nanos, Operations operations) {
        long start = System.nanoTime();
        long count = 0;
        long now = start;
        while (now - start < nanos) {
            count += operations.run();
            now = System.nanoTime();
        }
        return count * 1e9 / (now - start);
    }
}
