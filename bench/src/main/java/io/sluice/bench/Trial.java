package io.sluice.bench;

import io.sluice.bench.TrialResult.Exclusion;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.function.LongSupplier;

/**
 * The program of a {@link SideBySide} JVM: for each line that it reads, it runs one of the
 * benchmarks until it is warm, then for the time of a trial, and prints a {@link TrialResult}. The
 * value is messages per second, or for round trips, calls, sends and selects nanoseconds.
 */
final class Trial {
    /** What it prints once it can run trials. */
    static final String READY = "ready";

    /**
     * The longest time to get warm in: with 60 ms, Aeron's terms were still being faulted in, and
     * it measured 20 times too slow on one machine.
     */
    private static final long MAX_WARM_UP_NANOS = millis("sluice.warmup.ms", 2_500);

    private static final long NANOS = millis("sluice.trial.ms", 300);
    private static final long WINDOW_NANOS = Math.min(100_000_000, MAX_WARM_UP_NANOS);
    private static final int WARM_WINDOWS = 2;
    private static final int ATTEMPTS = Integer.getInteger("sluice.attempts", 5);
    private static final int LAPS = 3;
    private static final int FLOOR_TRIPS = 4_000;
    private static final int FLOOR_WARM_UPS = 10;
    private static final int MAX_SAMPLES = 1 << 20;
    private static final int DEFAULT_BYTES = 32;
    private static final int DEFAULT_CAPACITY = 1024;
    private static final int DEFAULT_IDLE = 8;
    private static final int BROADCAST_MESSAGES = 10_000;
    private static final int SELECTS = 100;

    private static long millis(String property, long otherwise) {
        return Long.getLong(property, otherwise) * 1_000_000;
    }

    /** A benchmark that is being run. */
    interface TrialRun {
        /** Starts to run. */
        void open() throws Exception;

        /** Runs for the given time, and returns the result. */
        double measure(long nanos) throws Exception;

        /** Returns how many messages write all the memory once, or 0 if that does not matter. */
        default long messagesPerLap() {
            return 0;
        }

        /** Returns whether pages are faulted in also when it is warm. */
        default boolean growsAndShrinks() {
            return false;
        }

        /** Stops. */
        void close() throws Exception;
    }

    private interface TrialFactory {
        TrialRun of(String subject, int size);
    }

    /**
     * A kind of benchmark, with its subjects. The size is the message length in bytes, the capacity
     * in messages, or the number of idle channels, depending on the kind.
     */
    private record Kind(Set<String> subjects, int defaultSize, TrialFactory factory) {
        String defaultSubject() {
            return subjects.stream()
                    .filter(subject -> subject.startsWith("sluice"))
                    .min(Comparator.naturalOrder())
                    .orElse(Floor.WAYS.getFirst());
        }
    }

    private static final Map<String, Kind> ALL = new TreeMap<>();

    static {
        Set<String> bytes = ByteSubjects.ALL.keySet();
        ALL.put("stream", new Kind(bytes, DEFAULT_BYTES, (s, n) -> stream(s, n, false)));
        ALL.put("roundtrip", new Kind(bytes, DEFAULT_BYTES, (s, n) -> roundTrip(s, n, false)));
        Set<String> remote = ByteSubjects.BETWEEN_PROCESSES.keySet();
        ALL.put("stream-2p", new Kind(remote, DEFAULT_BYTES, (s, n) -> stream(s, n, true)));
        ALL.put("roundtrip-2p", new Kind(remote, DEFAULT_BYTES, (s, n) -> roundTrip(s, n, true)));
        ALL.put("fanin", new Kind(FanInSubjects.ALL.keySet(), DEFAULT_BYTES, Trial::fanIn));
        ALL.put("floor", new Kind(Set.copyOf(Floor.WAYS), DEFAULT_BYTES, Trial::lowerBound));
        ALL.put("send", new Kind(SendCost.subjects(), DEFAULT_BYTES, Trial::send));
        ALL.put("select", new Kind(SelectSubjects.ALL.keySet(), DEFAULT_IDLE, Trial::select));
        ALL.put("call", new Kind(CallSubjects.ALL.keySet(), CallSubject.SIZE, Trial::call));
        ALL.put("bulk", new Kind(bytes, DEFAULT_BYTES, Trial::bulk));
        for (String topology : Topology.ALL) {
            ALL.put(
                    "objects-" + topology,
                    new Kind(
                            ObjectSubjects.ALL.keySet(),
                            DEFAULT_CAPACITY,
                            (subject, size) -> objects(subject, topology, size)));
        }
        Set<String> pipes = ByteBroadcasts.ALL.keySet();
        for (int receivers = 1; receivers <= 3; receivers++) {
            int each = receivers;
            ALL.put(
                    receivers == 1 ? "broadcast" : "broadcast-" + receivers,
                    new Kind(pipes, DEFAULT_BYTES, (s, n) -> broadcastBytes(s, n, each)));
            ALL.put(
                    "broadcast-1-" + receivers,
                    new Kind(
                            BroadcastSubjects.ALL.keySet(),
                            DEFAULT_CAPACITY,
                            (subject, size) -> broadcast(subject, each, size)));
        }
        for (String threads : Handoff.THREADS) {
            ALL.put(
                    "handoff-" + threads,
                    new Kind(
                            HandoffSubjects.ALL.keySet(),
                            DEFAULT_CAPACITY,
                            (subject, size) -> handoff(subject, threads)));
        }
    }

    /** The names of all kinds. */
    static final List<String> KINDS = List.copyOf(ALL.keySet());

    private Trial() {}

    /** Returns the names of all contenders, a kind to a line. */
    static String contenders() {
        StringBuilder lines = new StringBuilder();
        ALL.forEach(
                (kind, its) -> {
                    String subjects = String.join("  ", new TreeSet<>(its.subjects));
                    lines.append(String.format("  %-17s %s%n", kind, subjects));
                });
        return lines.toString();
    }

    /** Returns a contender's benchmark, not yet open. Throws if there is no such contender. */
    static TrialRun run(String name) {
        String[] parts = name.split("[/@]"); // kind, subject, size
        Kind kind = ALL.get(parts[0]);
        if (kind == null) {
            throw new IllegalArgumentException(
                    "'" + name + "': there is no kind '" + parts[0] + "': choose from " + KINDS);
        }
        String subject = parts.length > 1 ? parts[1] : kind.defaultSubject();
        int size = parts.length > 2 ? Integer.parseInt(parts[2]) : kind.defaultSize;
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
     * Runs one measurement for each line of standard input. Ends at the end of its input, also
     * during a measurement.
     *
     * @param arguments the contender
     * @throws Exception if it fails
     */
    public static void main(String[] arguments) throws Exception {
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in));
        for (int i = 0; i < FLOOR_WARM_UPS; i++) {
            floor();
        }
        System.out.println(READY);
        while (orders.readLine() != null) {
            // On a new thread: what it opens starts threads before it pins itself.
            Thread.ofPlatform().start(() -> answer(arguments[0]));
        }
        System.exit(0);
    }

    private static void answer(String name) {
        try {
            double before = floor();
            System.out.println(trial(name, before));
        } catch (Throwable t) {
            t.printStackTrace();
            System.exit(1);
        }
    }

    private static TrialResult trial(String name, double before) throws Exception {
        TrialRun trialRun = run(name);
        trialRun.open();
        boolean written = warmUp(trialRun);
        double value;
        int disturbed = 0;
        int cold = 0;
        Exclusion exclusion;
        do {
            ResourceUse start = use(trialRun);
            value = trialRun.measure(NANOS);
            exclusion = use(trialRun).exclusion(start, NANOS, written);
            disturbed += exclusion == Exclusion.DISTURBED ? 1 : 0;
            cold += exclusion == Exclusion.COLD ? 1 : 0;
        } while (exclusion != Exclusion.NONE && disturbed + cold < ATTEMPTS);
        trialRun.close();
        return new TrialResult(before, value, floor(), exclusion, disturbed, cold);
    }

    /** Runs until it is warm, and returns whether all memory has been written often enough. */
    private static boolean warmUp(TrialRun trialRun) throws Exception {
        long start = System.nanoTime();
        double messages = 0;
        int warm = 0;
        boolean written;
        do {
            ResourceUse before = use(trialRun);
            messages += trialRun.measure(WINDOW_NANOS) * WINDOW_NANOS / 1e9;
            warm = use(trialRun).isWarmSince(before, WINDOW_NANOS) ? warm + 1 : 0;
            written = messages >= LAPS * trialRun.messagesPerLap();
        } while ((warm < WARM_WINDOWS || !written)
                && System.nanoTime() - start < MAX_WARM_UP_NANOS);
        return written;
    }

    private static ResourceUse use(TrialRun trialRun) {
        ResourceUse use = ResourceUse.now();
        return trialRun.growsAndShrinks() ? use.withoutFaults() : use;
    }

    private static <T> T onNewThread(Callable<T> callable) throws Exception {
        FutureTask<T> task = new FutureTask<>(callable);
        Thread.ofPlatform().start(task);
        return task.get();
    }

    /**
     * Measures the floor on a thread of its own, because it pins its thread, and a thread that
     * starts threads must not be pinned.
     */
    private static double floor() throws Exception {
        return onNewThread(Trial::floorHere);
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

    private static TrialRun stream(String subject, int size, boolean twoProcesses) {
        StreamBytes benchmark = new StreamBytes();
        benchmark.subject = subject;
        benchmark.size = size;
        Bytes bytes = new Bytes();
        return new TrialRun() {
            @Override
            public void open() {
                if (twoProcesses) {
                    benchmark.openBetweenProcesses();
                } else {
                    benchmark.open();
                }
            }

            @Override
            public double measure(long nanos) {
                return rate(nanos, () -> benchmark.receive(bytes));
            }

            @Override
            public long messagesPerLap() {
                return benchmark.messagesPerLap();
            }

            @Override
            public boolean growsAndShrinks() {
                return benchmark.growsAndShrinks();
            }

            @Override
            public void close() throws InterruptedException {
                benchmark.close();
            }
        };
    }

    /** Returns a run whose result is the rate of messages. */
    private static TrialRun rated(
            Runnable open, Operations receive, LongSupplier perLap, AutoCloseable close) {
        return new TrialRun() {
            @Override
            public void open() {
                open.run();
            }

            @Override
            public double measure(long nanos) {
                return rate(nanos, receive);
            }

            @Override
            public long messagesPerLap() {
                return perLap.getAsLong();
            }

            @Override
            public void close() throws Exception {
                close.close();
            }
        };
    }

    private static TrialRun fanIn(String subject, int size) {
        FanIn benchmark = new FanIn();
        benchmark.subject = subject;
        return rated(
                benchmark::open, benchmark::receive, benchmark::messagesPerLap, benchmark::close);
    }

    private static TrialRun objects(String subject, String topology, int capacity) {
        StreamObjects benchmark = new StreamObjects();
        benchmark.subject = subject;
        benchmark.topology = topology;
        benchmark.capacity = capacity;
        long lap = Math.max(capacity, Message.COUNT);
        return rated(benchmark::open, benchmark::receive, () -> lap, benchmark::close);
    }

    private static TrialRun broadcastBytes(String subject, int size, int receivers) {
        BroadcastBytes benchmark = new BroadcastBytes();
        benchmark.subject = subject;
        benchmark.size = size;
        benchmark.receivers = receivers;
        return rated(
                benchmark::open, benchmark::receive, benchmark::messagesPerLap, benchmark::close);
    }

    /** Counts the messages of all receivers, each of which gets all. */
    private static TrialRun broadcast(String subject, int receivers, int capacity) {
        return new TrialRun() {
            private SubjectReceiver all;
            private SenderThread sender;

            @Override
            public void open() {
                ObjectSubject channel = BroadcastSubjects.ALL.get(subject).apply(capacity);
                Topology each = new Topology(1, 1);
                all =
                        BroadcastBytes.inTurn(
                                () -> channel.receiver(new ObjectTally(each)), receivers);
                Cpus.pinMeasured();
                sender = new SenderThread(channel.sender(0));
            }

            @Override
            public double measure(long nanos) {
                return rate(
                        nanos,
                        () -> {
                            all.receive(BROADCAST_MESSAGES, sender);
                            return BROADCAST_MESSAGES;
                        });
            }

            @Override
            public long messagesPerLap() {
                return (long) Math.max(capacity, Message.COUNT) * receivers;
            }

            @Override
            public void close() throws InterruptedException {
                sender.requestStop();
                all.detach(); // Unblocks a sender that waits for room.
                sender.stop();
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

    private static TrialRun roundTrip(String subject, int size, boolean twoProcesses) {
        RoundTripBytes benchmark = new RoundTripBytes();
        benchmark.subject = subject;
        benchmark.size = size;
        long[] samples = new long[MAX_SAMPLES];
        Arrays.fill(samples, 1); // Faults its memory in.
        return new TrialRun() {
            @Override
            public void open() {
                if (twoProcesses) {
                    benchmark.openBetweenProcesses();
                } else {
                    benchmark.open();
                }
            }

            @Override
            public double measure(long nanos) {
                return medianNanos(nanos, samples, benchmark::roundTrip);
            }

            @Override
            public void close() throws InterruptedException {
                benchmark.close();
            }
        };
    }

    private static TrialRun call(String subject, int size) {
        if (size != CallSubject.SIZE) {
            throw new IllegalArgumentException("a call has " + CallSubject.SIZE + " bytes");
        }
        long[] samples = new long[MAX_SAMPLES];
        Arrays.fill(samples, 1); // Faults its memory in.
        return new TrialRun() {
            private CallSubject calls;
            private CallServer server;
            private long number;

            @Override
            public void open() {
                calls = CallSubjects.ALL.get(subject).get();
                Cpus.pinMeasured(); // After the subject has started its own threads, unpinned.
                server = new CallServer(calls);
            }

            @Override
            public double measure(long nanos) {
                return medianNanos(nanos, samples, this::call);
            }

            private long call() {
                long answer = calls.call(number, server);
                if (answer != number) {
                    throw new IllegalStateException(
                            "the reply to " + number + " is that to " + answer);
                }
                return number++;
            }

            @Override
            public void close() throws InterruptedException {
                server.stop();
                calls.close();
            }
        };
    }

    private static TrialRun lowerBound(String way, int size) {
        Floor benchmark = new Floor();
        benchmark.way = way;
        long[] samples = new long[MAX_SAMPLES];
        Arrays.fill(samples, 1); // Faults its memory in.
        return new TrialRun() {
            @Override
            public void open() {
                benchmark.open();
            }

            @Override
            public double measure(long nanos) {
                return medianNanos(nanos, samples, benchmark::lineRoundTrip);
            }

            @Override
            public void close() throws InterruptedException {
                benchmark.close();
            }
        };
    }

    private static TrialRun send(String subject, int size) {
        SendCost benchmark = new SendCost(subject, size);
        return new TrialRun() {
            @Override
            public void open() {
                benchmark.open();
            }

            @Override
            public double measure(long nanos) {
                return benchmark.nanosPerSend(nanos);
            }

            @Override
            public void close() {
                benchmark.close();
            }
        };
    }

    private static TrialRun select(String subject, int idle) {
        return new TrialRun() {
            private SelectSubject channels;
            private long sequence;

            @Override
            public void open() {
                channels = SelectSubjects.ALL.get(subject).apply(idle);
                Cpus.pinMeasured();
            }

            @Override
            public double measure(long nanos) {
                double rate = rate(nanos, this::selectSome);
                if (channels.received() != sequence) {
                    throw new IllegalStateException(
                            channels.received() + " received of " + sequence);
                }
                return 1e9 / rate;
            }

            private int selectSome() {
                for (int i = 0; i < SELECTS; i++) {
                    channels.send(sequence++);
                    channels.select();
                }
                return SELECTS;
            }

            @Override
            public void close() {
                channels.close();
            }
        };
    }

    private static double medianNanos(long nanos, long[] samples, LongSupplier trip) {
        int count = 0;
        long last = System.nanoTime();
        for (long end = last + nanos; last < end && count < samples.length; count++) {
            trip.getAsLong();
            long now = System.nanoTime();
            samples[count] = now - last;
            last = now;
        }
        return median(samples, count);
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
