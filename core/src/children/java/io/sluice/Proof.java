package io.sluice;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The counts of {@code mvn verify -Pproof}, each with its minimum. Every other build runs a small
 * part of each.
 *
 * <p>The property {@code sluice.proof}, set by that profile, names the file that the counts are
 * written to. Without it nothing is counted.
 */
public enum Proof {
    MODELS("models that hold", 33),
    MUTANTS("mutants of models caught", 107),
    ORDERINGS("orderings under jcstress", 104),
    CRASHES_SPSC("crash points, one receiver", 600_000),
    CRASHES_SPMC("crash points, many receivers", 450_000),
    CRASHES_RENDEZVOUS("crash points, rendezvous", 108_000),
    CRASHES_BROADCAST("crash points, broadcast", 300_000),
    KILLS_BOUNDED("kills, bounded pipes", 300),
    KILLS_UNBOUNDED("kills, unbounded pipes", 200),
    KILLS_RENDEZVOUS("kills, rendezvous pipes", 200),
    KILLS_BROADCAST("kills, broadcast pipes", 300),
    KILLS_CREATORS("kills, while a pipe is made or removed", 12),
    KILLS_C("kills, ends in C and in Java", 300),
    FLIPS_C("words changed while ends in C use them", 1_000_000),
    MESSAGES_C("messages between C and Java", 10_000_000),
    KILLS_NODES("kills, askers and owners of names", 300),
    KILLS_BRIDGES("kills, bridges, media drivers and archives", 400),
    KILLS_NODE_BRIDGES("kills, bridges of nodes and media drivers", 200),
    KILLS_ACKNOWLEDGING("kills of receivers that acknowledge later", 50),
    PAUSES("pauses of processes", 4),
    RECOVERIES("deaths of receivers that held a message", 20),
    FLIPS("words changed by a hostile peer", 1_000_000),
    INPUTS("random inputs to parsers", 1_000_000),
    LINCHECK_STRESS("Lincheck runs, real threads", 150_000),
    LINCHECK_MODEL("Lincheck runs, chosen switches", 1_500),
    HAND_OVERS("hand-overs between mailbox ends that sleep", 100_000),
    SELECTED("messages between selects", 1_000_000),
    SELECTED_PIPES("messages between selects over pipes", 1_000_000),
    CONTRACT_PIPES("combinations of the contract of pipes", 512),
    CONTRACT_SPECIFICATIONS("specifications and memories of the essentials", 288),
    CONTRACT_MAILBOXES("combinations of the contract of mailboxes", 96),
    FLOW_TCK("tests of the reactive streams TCK", 408),
    QUEUE_SUITE("tests of Guava's queue suite", 2_043);

    private static final String FILE = System.getProperty("sluice.proof");
    private static final Pattern COUNTED = Pattern.compile("([^0-9,]+) ([0-9]+)");

    private final String what;
    private final long least;

    Proof(String what, long least) {
        this.what = what;
        this.least = least;
    }

    /** Returns the least count that proves something. */
    public long least() {
        return least;
    }

    /** Tests whether this is a proof build. */
    public static boolean isProofBuild() {
        return FILE != null;
    }

    /** Returns the first number in an ordinary build, the second in a proof build. */
    public static int size(int little, int all) {
        return isProofBuild() ? all : little;
    }

    /** Returns the value of a property, or else {@link #size(int, int)}. */
    public static int size(String property, int little, int all) {
        return Integer.getInteger(property, size(little, all));
    }

    /**
     * Adds to this count.
     *
     * @param count the number to add
     * @param found names and numbers to add up, such as "lost 0, torn 0"
     */
    public void add(long count, String found) {
        if (isProofBuild()) {
            try {
                Path file = Path.of(FILE);
                Files.createDirectories(file.getParent());
                Files.writeString(
                        file,
                        name() + "\t" + count + "\t" + found + "\n",
                        StandardOpenOption.CREATE,
                        StandardOpenOption.APPEND);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** The sum of one count over all tests. */
    private static final class Sum {
        private long count;
        private final Map<String, Long> found = new LinkedHashMap<>();

        void add(long more, String what) {
            count += more;
            Matcher matcher = COUNTED.matcher(what);
            while (matcher.find()) {
                found.merge(matcher.group(1).strip(), Long.valueOf(matcher.group(2)), Long::sum);
            }
        }

        @Override
        public String toString() {
            return found.entrySet().stream()
                    .map(entry -> String.format("%s %,d", entry.getKey(), entry.getValue()))
                    .collect(Collectors.joining(", "));
        }
    }

    /**
     * Prints the table, and exits with 1 if a count is below its minimum.
     *
     * @param args the file of the counts, and the directories of the modules
     * @throws IOException if they cannot be read
     */
    public static void main(String[] args) throws IOException {
        Map<Proof, Sum> sums = new EnumMap<>(Proof.class);
        Path file = Path.of(args[0]);
        for (String line : Files.exists(file) ? Files.readAllLines(file) : List.<String>of()) {
            String[] parts = line.split("\t", 3);
            sums.computeIfAbsent(valueOf(parts[0]), any -> new Sum())
                    .add(Long.parseLong(parts[1]), parts[2]);
        }
        StringBuilder table = new StringBuilder("\n");
        boolean complete = true;
        for (String module : List.of(args).subList(1, args.length)) {
            complete &= row(table, "tests of " + Path.of(module).getFileName(), 1, tests(module));
        }
        for (Proof proof : values()) {
            Sum sum = sums.getOrDefault(proof, new Sum());
            complete &= row(table, proof.what, proof.least, sum);
        }
        System.out.println(table);
        if (!complete) {
            System.out.println(
                    "Not all was proven: see MISSING above, and what the tests printed.");
            System.exit(1);
        }
    }

    private static boolean row(StringBuilder table, String what, long least, Sum sum) {
        boolean enough = sum.count >= least;
        String missing = enough ? "" : String.format("MISSING: at least %,d. ", least);
        table.append(String.format("%-50s %,11d  %s%s%n", what, sum.count, missing, sum));
        return enough;
    }

    /** Counts the tests in the reports that Surefire has written. */
    private static Sum tests(String module) throws IOException {
        Sum sum = new Sum();
        Path reports = Path.of(module, "target", "surefire-reports");
        if (Files.exists(reports)) {
            try (Stream<Path> files = Files.list(reports)) {
                for (Path file : files.filter(f -> f.toString().endsWith(".xml")).toList()) {
                    String report = Files.readString(file);
                    long skipped = count(report, "<skipped");
                    long failed = count(report, "<failure") + count(report, "<error");
                    sum.add(
                            count(report, "<testcase ") - skipped,
                            "skipped " + skipped + ", failed " + failed);
                }
            }
        }
        return sum;
    }

    /** Counts an element: the suite's own totals leave out parameterized classes. */
    private static long count(String report, String element) {
        return Pattern.compile(element).matcher(report).results().count();
    }
}
