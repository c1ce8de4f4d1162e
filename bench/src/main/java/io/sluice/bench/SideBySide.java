package io.sluice.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Interleaves benchmarks: each runs for a short time, round after round, in a JVM of its own, so
 * that on a machine whose speed changes from minute to minute all of them run under the same
 * conditions. After every six rounds, or {@code -Dsluice.rounds.per.jvm}, the JVMs are restarted,
 * because compilation differs between JVMs. Each warms up for a second and a half, or {@code
 * -Dsluice.warmup.ms}, before it is measured; options {@code -Dsluice.…} are passed to all of them.
 * Before and after each measurement the round trip of a cache line is measured; if the two are
 * about equal, the measurement counts, as <em>near</em> (below {@value #HIGH_LATENCY_NANOS} ns) or
 * <em>far</em>. The table compares measurements of the same round and the same placement with the
 * first contender of the same kind.
 *
 * <pre>
 *     java -cp benchmarks.jar io.sluice.bench.SideBySide 20 stream/sluice stream/agrona-one-to-one
 * </pre>
 */
public final class SideBySide {
    private static final double HIGH_LATENCY_NANOS = 300;
    private static final int WARM_UP_ROUNDS = 1;
    private static final int ROUNDS_PER_JVM = Integer.getInteger("sluice.rounds.per.jvm", 6);
    private static final int DEADLINE_SECONDS = 60;
    private static final String USAGE =
            "SideBySide ROUNDS CONTENDER..., a contender being KIND or KIND/SUBJECT or"
                    + " KIND/SUBJECT@SIZE, of the kinds "
                    + Trial.KINDS;

    private record TrialResult(double before, double value, double after) {
        boolean hasLatencyClass(boolean near) {
            return (before < HIGH_LATENCY_NANOS) == near && (after < HIGH_LATENCY_NANOS) == near;
        }
    }

    /** A JVM that runs one measurement for each line it is sent. */
    private static final class Contender implements AutoCloseable {
        final String name;
        final List<TrialResult> results = new ArrayList<>();
        private Process process;
        private BufferedReader output;
        private Writer input;

        Contender(String name) {
            this.name = name;
        }

        void start() throws IOException {
            close();
            List<String> command = new ArrayList<>();
            command.add(ProcessHandle.current().info().command().orElse("java"));
            command.add("--enable-native-access=ALL-UNNAMED");
            command.add("--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED");
            System.getProperties().stringPropertyNames().stream()
                    .filter(property -> property.startsWith("sluice."))
                    .map(property -> "-D" + property + "=" + System.getProperty(property))
                    .forEach(command::add);
            command.addAll(
                    List.of(
                            "-cp",
                            System.getProperty("java.class.path"),
                            Trial.class.getName(),
                            name));
            this.process =
                    new ProcessBuilder(command)
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start();
            this.output = process.inputReader();
            this.input = process.outputWriter();
        }

        TrialResult measure() throws IOException {
            input.write("\n");
            input.flush();
            CompletableFuture<String> reading = CompletableFuture.supplyAsync(this::read);
            String answer;
            try {
                answer = reading.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
            } catch (TimeoutException | InterruptedException | ExecutionException e) {
                throw new IllegalStateException(
                        name + " has not answered in " + DEADLINE_SECONDS + " s", e);
            }
            if (answer == null) {
                throw new IllegalStateException(name + " has ended; what it said is above");
            }
            double[] numbers =
                    Arrays.stream(answer.split(" ")).mapToDouble(Double::parseDouble).toArray();
            return new TrialResult(numbers[0], numbers[1], numbers[2]);
        }

        private String read() {
            try {
                return output.readLine();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() {
            if (process != null) {
                process.destroyForcibly().onExit().join();
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
        int rounds = 0;
        try {
            rounds = Integer.parseInt(arguments.length > 1 ? arguments[0] : "");
            Stream.of(arguments).skip(1).forEach(Trial::check);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage() + "\n" + USAGE);
            System.exit(2);
        }
        run(rounds, List.of(arguments).subList(1, arguments.length), System.out);
    }

    static void run(int rounds, List<String> names, PrintStream out) throws IOException {
        List<Contender> contenders = new ArrayList<>();
        try {
            for (String name : names) {
                contenders.add(new Contender(name));
            }
            for (int round = 0; round < rounds; round++) {
                if (round % ROUNDS_PER_JVM == 0) {
                    warmUp(contenders);
                }
                StringBuilder line = new StringBuilder("round " + round + ":");
                for (Contender contender : contenders) {
                    TrialResult trialResult = contender.measure();
                    contender.results.add(trialResult);
                    line.append(
                            String.format(
                                    Locale.ROOT,
                                    " %.4g (%.0f,%.0f)",
                                    trialResult.value,
                                    trialResult.before,
                                    trialResult.after));
                }
                out.println(line);
            }
            table(contenders, true, out);
            table(contenders, false, out);
        } finally {
            contenders.forEach(Contender::close);
        }
    }

    private static void warmUp(List<Contender> contenders) throws IOException {
        for (Contender contender : contenders) {
            contender.start();
            for (int i = 0; i < WARM_UP_ROUNDS; i++) {
                contender.measure();
            }
        }
    }

    private static void table(List<Contender> contenders, boolean near, PrintStream out) {
        Predicate<TrialResult> here = m -> m.hasLatencyClass(near);
        out.printf(
                "%n%s, where a line there and back takes %s than %.0f ns%n%-34s %7s %10s %21s   %s%n",
                near ? "NEAR" : "FAR",
                near ? "less" : "more",
                HIGH_LATENCY_NANOS,
                "median, quartiles",
                "moments",
                "median",
                "quartiles",
                "ratio to the first of its kind, round by round");
        for (Contender contender : contenders) {
            double[] values =
                    contender.results.stream().filter(here).mapToDouble(m -> m.value).toArray();
            Contender first =
                    contenders.stream()
                            .filter(c -> kind(c).equals(kind(contender)))
                            .findFirst()
                            .orElseThrow();
            double[] ratios = ratios(contender, first, here);
            out.printf(
                    Locale.ROOT,
                    "%-34s %7d %s   %s%n",
                    contender.name,
                    values.length,
                    quartiles(values, "%10.4g %10.4g-%-10.4g"),
                    first == contender ? "" : quartiles(ratios, "%.2f (%.2f-%.2f)"));
        }
    }

    private static String kind(Contender contender) {
        return contender.name.split("/")[0];
    }

    private static double[] ratios(Contender one, Contender other, Predicate<TrialResult> here) {
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < one.results.size(); i++) {
            TrialResult a = one.results.get(i);
            TrialResult b = other.results.get(i);
            if (here.test(a) && here.test(b)) {
                ratios.add(a.value / b.value);
            }
        }
        return ratios.stream().mapToDouble(d -> d).toArray();
    }

    private static String quartiles(double[] values, String format) {
        if (values.length == 0) {
            return String.format(Locale.ROOT, "%10s", "none");
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        DoubleUnaryOperator at =
                share -> sorted[(int) Math.min(sorted.length - 1, share * sorted.length)];
        return String.format(
                Locale.ROOT,
                format,
                at.applyAsDouble(0.5),
                at.applyAsDouble(0.25),
                at.applyAsDouble(0.75));
    }
}
