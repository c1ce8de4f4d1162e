package io.sluice.bench;

import io.sluice.bench.TrialResult.Exclusion;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Interleaves benchmarks: each runs for a short time, round after round, in a JVM of its own, so
 * that on a machine whose speed changes from minute to minute all of them run under the same
 * conditions. The JVMs are restarted now and then, because compilation differs between JVMs.
 *
 * <p>A trial counts if the contender was warm (nothing was compiled or faulted in, and its ring had
 * been written three times), if nothing else used the CPUs, and if the round trip of a cache line,
 * measured before and after it, is about the same: <em>near</em> (below 300 ns) or <em>far</em>.
 * The others are left out of the table, and counted. The table compares trials of the same round
 * and the same placement with the first contender of the same kind.
 *
 * <pre>
 *     java -cp benchmarks.jar io.sluice.bench.SideBySide 20 stream/sluice stream/agrona-one-to-one
 * </pre>
 */
public final class SideBySide {
    private static final int ROUNDS_PER_JVM = Integer.getInteger("sluice.rounds.per.jvm", 2);

    /** Each of a kind and size is compared with the first one. */
    private static final List<String> ALL_ROWS =
            List.of(
                    "floor/two-lines",
                    "floor/two-lines-pause",
                    "floor/one-line",
                    "floor/one-line-pause",
                    "stream/sluice",
                    "stream/sluice-batch",
                    "stream/sluice-batch-array",
                    "stream/sluice-unbounded",
                    "stream/aeron-ipc",
                    "stream/aeron-ipc-claim",
                    "stream/aeron-ipc-64k",
                    "stream/aeron-ipc-block",
                    "stream/agrona-one-to-one",
                    "stream/agrona-one-to-one-claim",
                    "stream-2p/sluice",
                    "stream-2p/aeron-ipc",
                    "stream-2p/agrona-one-to-one",
                    "stream/sluice@8",
                    "stream/sluice-batch@8",
                    "stream/sluice-batch-array@8",
                    "stream/aeron-ipc@8",
                    "stream/aeron-ipc-claim@8",
                    "stream/aeron-ipc-block@8",
                    "stream/agrona-one-to-one@8",
                    "stream/agrona-one-to-one-claim@8",
                    "roundtrip/sluice",
                    "roundtrip/aeron-ipc",
                    "roundtrip/agrona-one-to-one",
                    "roundtrip-2p/sluice",
                    "roundtrip-2p/aeron-ipc",
                    "roundtrip-2p/agrona-one-to-one",
                    "call/aeron-ipc",
                    "call/sluice-node",
                    "fanin/sluice",
                    "fanin/aeron-ipc-exclusive",
                    "fanin/aeron-ipc-exclusive-64k",
                    "fanin/agrona-many-to-one",
                    "broadcast/sluice-gated",
                    "broadcast/aeron-ipc",
                    "broadcast/aeron-ipc-64k",
                    "broadcast/sluice-lossy",
                    "broadcast/agrona",
                    "broadcast-2/sluice-gated",
                    "broadcast-2/aeron-ipc",
                    "broadcast-2/aeron-ipc-64k",
                    "broadcast-2/sluice-lossy",
                    "broadcast-2/agrona",
                    "broadcast-3/sluice-gated",
                    "broadcast-3/aeron-ipc",
                    "broadcast-3/aeron-ipc-64k",
                    "broadcast-3/sluice-lossy",
                    "broadcast-3/agrona",
                    "select/sluice@1",
                    "select/sluice-polled@1",
                    "select/agrona-polled@1",
                    "select/nio-selector@1",
                    "select/sluice@8",
                    "select/sluice-polled@8",
                    "select/agrona-polled@8",
                    "select/nio-selector@8",
                    "select/sluice@64",
                    "select/sluice-polled@64",
                    "select/agrona-polled@64",
                    "select/nio-selector@64",
                    "send/sluice",
                    "send/agrona-one-to-one",
                    "objects-1-1/jctools",
                    "objects-1-1/sluice",
                    "objects-1-1/jctools-batch",
                    "objects-1-1/sluice-batch",
                    "objects-1-1/sluice-pipe",
                    "objects-1-1/sluice-pipe-shared",
                    "objects-2-1/jctools",
                    "objects-2-1/sluice",
                    "objects-2-1/jctools-batch",
                    "objects-2-1/sluice-batch",
                    "objects-1-2/jctools",
                    "objects-1-2/sluice",
                    "objects-1-2/sluice-pipe",
                    "objects-2-2/jctools",
                    "objects-2-2/sluice",
                    "broadcast-1-1/disruptor",
                    "broadcast-1-1/sluice",
                    "broadcast-1-2/disruptor",
                    "broadcast-1-2/sluice",
                    "broadcast-1-3/disruptor",
                    "broadcast-1-3/sluice",
                    "objects-1-1/jctools-after-others",
                    "objects-1-1/sluice-after-others",
                    "objects-2-1/jctools-after-others",
                    "objects-2-1/sluice-after-others",
                    "objects-1-2/jctools-after-others",
                    "objects-1-2/sluice-after-others",
                    "objects-2-2/jctools-after-others",
                    "objects-2-2/sluice-after-others");

    private static final String USAGE =
            """
            Usage: java [OPTION...] -cp benchmarks.jar io.sluice.bench.SideBySide ROUNDS CONTENDER...

            Lets the contenders take turns, round after round, each in a JVM of its own, and prints
            their results and ratios to the first contender of the same kind. Progress is printed on
            stderr. A contender is KIND, KIND/SUBJECT or KIND/SUBJECT@SIZE; SIZE is the length of the
            messages in bytes (default 32), or for objects-* and broadcast-1-*, which are
            mailboxes, the capacity in messages (default 1024), or for select the number of idle
            channels (default 8).
            all-rows stands for the contenders of all rows of docs/BENCHMARKS.md.

            Options, which reach all JVMs, as do -X..., -Dagrona... and -Daeron...:
              -Dsluice.cpus=A,B           the CPUs (default: all that the process may use)
              -Dsluice.rows=REGEX         of the named contenders only those in which it is found
              -Dsluice.foreign.percent=N  leave trials out with more CPU time of others (default 10)
              -Dsluice.rounds.per.jvm=N   restart the JVMs after N rounds (default 2)
              -Dsluice.attempts=N         how often a trial that does not count is made (default 5)
              -Dsluice.trial.ms=N         the length of a trial (default 300)
              -Dsluice.warmup.ms=N        the longest time to get warm in (default 2500)

            Kinds and subjects:
            """;

    /** A JVM that runs one trial for each line it is sent. */
    static final class Contender implements AutoCloseable {
        final String name;
        final List<TrialResult> results = new ArrayList<>();
        private JvmProcess process;

        Contender(String name) {
            this.name = name;
        }

        /**
         * Returns what its results are compared with: the same kind and size, between threads or
         * processes.
         */
        String group() {
            return name.replaceFirst("(-2p)?(/[^@]*)?(?=@|$)", "");
        }

        void start() throws IOException {
            close();
            process = new JvmProcess(Trial.class, name);
        }

        void awaitStart() {
            String line = process.answer();
            if (!line.equals(Trial.READY)) {
                throw new IllegalStateException(name + " answers '" + line + "'");
            }
        }

        TrialResult measure() {
            return TrialResult.parse(process.ask("measure"));
        }

        @Override
        public void close() {
            if (process != null) {
                process.close();
            }
        }
    }

    private SideBySide() {}

    /**
     * Runs it.
     *
     * @param arguments the number of rounds, and the contenders
     * @throws IOException if a JVM cannot be started
     */
    public static void main(String[] arguments) throws IOException {
        if (List.of(arguments).contains("--help") || List.of(arguments).contains("-h")) {
            System.out.print(USAGE + Trial.contenders());
            return;
        }
        int rounds = 0;
        List<String> names = List.of();
        try {
            if (arguments.length < 2) {
                throw new IllegalArgumentException("which contenders?");
            }
            rounds = Integer.parseInt(arguments[0]);
            names = names(List.of(arguments).subList(1, arguments.length));
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage() + "\nSee --help.");
            System.exit(2);
        }
        System.err.printf("%d contenders, %d trials%n", names.size(), rounds * names.size());
        run(rounds, names, System.out, System.err);
    }

    /** Returns the contenders that the arguments name. Throws if there is no such contender. */
    static List<String> names(List<String> arguments) {
        Predicate<String> chosen =
                Pattern.compile(System.getProperty("sluice.rows", "")).asPredicate();
        List<String> names =
                arguments.stream()
                        .flatMap(a -> a.equals("all-rows") ? ALL_ROWS.stream() : Stream.of(a))
                        .filter(chosen)
                        .toList();
        names.forEach(Trial::run);
        return names;
    }

    static void run(int rounds, List<String> names, PrintStream out, PrintStream progress)
            throws IOException {
        List<Contender> contenders = names.stream().map(Contender::new).toList();
        try {
            for (int round = 0; round < rounds; round++) {
                if (round % ROUNDS_PER_JVM == 0) {
                    for (Contender contender : contenders) {
                        contender.start();
                        contender.awaitStart(); // Many that warm up at a time hinder each other.
                    }
                }
                progress.println("round " + round + ":");
                for (Contender contender : contenders) {
                    TrialResult result = contender.measure();
                    contender.results.add(result);
                    progress.printf(Locale.ROOT, "  %-34s %s%n", contender.name, line(result));
                }
            }
        } finally {
            contenders.forEach(Contender::close);
        }
        table(contenders, true, out);
        table(contenders, false, out);
        targets(contenders, out);
        exclusions(contenders, out);
    }

    /** Prints a line for each row of the table of targets that was measured. */
    private static void targets(List<Contender> contenders, PrintStream out) {
        List<String> lines =
                SpeedTarget.ALL.stream()
                        .map(target -> target.line(contenders))
                        .filter(Objects::nonNull)
                        .toList();
        if (!lines.isEmpty()) {
            out.printf(
                    "%nTARGETS, how many times as fast: asked near / far, measured near / far"
                            + " (trials, the fastest of the others)%n");
            lines.forEach(out::println);
        }
    }

    private static String line(TrialResult result) {
        return String.format(
                Locale.ROOT,
                "%10.4g (%.0f, %.0f ns)%s",
                result.value(),
                result.before(),
                result.after(),
                result.exclusion() == Exclusion.NONE ? "" : " " + result.exclusion().label());
    }

    private static void table(List<Contender> contenders, boolean near, PrintStream out) {
        Predicate<TrialResult> here = result -> result.counts(near);
        out.printf(
                "%n%s, where a line there and back takes %s than %.0f ns%n"
                        + "%-34s %6s %10s %21s %7s   %s%n",
                near ? "NEAR" : "FAR",
                near ? "less" : "more",
                TrialResult.HIGH_LATENCY_NANOS,
                "contender",
                "trials",
                "median",
                "quartiles",
                "spread",
                "ratio to the first of its kind, round by round");
        for (Contender contender : contenders) {
            double[] values =
                    contender.results.stream().filter(here).mapToDouble(r -> r.value()).toArray();
            Contender first =
                    contenders.stream()
                            .filter(c -> c.group().equals(contender.group()))
                            .findFirst()
                            .orElseThrow();
            out.printf(
                    Locale.ROOT,
                    "%-34s %6d %s   %s%n",
                    contender.name,
                    values.length,
                    median(values),
                    first == contender ? "" : ratio(ratios(contender, first, here)));
        }
        contenders.stream()
                .filter(c -> c.group().equals("floor") && c.results.stream().anyMatch(here))
                .min(Comparator.comparingDouble(c -> median(c, here)))
                .ifPresent(
                        least ->
                                out.printf(
                                        "floor of a round trip, the least of the ways: %s%n",
                                        least.name));
    }

    /** Counts what the tables leave out. */
    private static void exclusions(List<Contender> contenders, PrintStream out) {
        out.printf(
                "%nLEFT OUT: CPUs used by others, not warm, CPUs moved%n%-34s %7s %10s %6s %6s%n",
                "contender", "counted", "disturbed", "cold", "moved");
        for (Contender contender : contenders) {
            out.printf(
                    "%-34s %7d %10d %6d %6d%n",
                    contender.name,
                    contender.results.stream().filter(r -> r.exclusion() == Exclusion.NONE).count(),
                    sum(contender, TrialResult::disturbed),
                    sum(contender, TrialResult::cold),
                    sum(contender, r -> r.exclusion() == Exclusion.MOVED ? 1 : 0));
        }
    }

    private static int sum(Contender contender, ToIntFunction<TrialResult> count) {
        return contender.results.stream().mapToInt(count).sum();
    }

    static double[] ratios(Contender one, Contender other, Predicate<TrialResult> here) {
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < one.results.size(); i++) {
            TrialResult a = one.results.get(i);
            TrialResult b = other.results.get(i);
            if (here.test(a) && here.test(b)) {
                ratios.add(a.value() / b.value());
            }
        }
        return ratios.stream().mapToDouble(d -> d).toArray();
    }

    private static double median(Contender contender, Predicate<TrialResult> here) {
        return quartiles(
                contender.results.stream().filter(here).mapToDouble(r -> r.value()).toArray())[1];
    }

    private static String median(double[] values) {
        if (values.length == 0) {
            return String.format("%10s %21s %7s", "none", "", "");
        }
        double[] quartiles = quartiles(values);
        return String.format(
                Locale.ROOT,
                "%10.4g %10.4g-%-10.4g %6.0f%%",
                quartiles[1],
                quartiles[0],
                quartiles[2],
                100 * (quartiles[2] - quartiles[0]) / quartiles[1]);
    }

    private static String ratio(double[] values) {
        if (values.length == 0) {
            return "none";
        }
        double[] quartiles = quartiles(values);
        return String.format(
                Locale.ROOT, "%.2f (%.2f-%.2f)", quartiles[1], quartiles[0], quartiles[2]);
    }

    static double[] quartiles(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        double[] quartiles = new double[3];
        for (int i = 0; i < quartiles.length; i++) {
            quartiles[i] = sorted[sorted.length * (i + 1) / 4];
        }
        return quartiles;
    }
}
