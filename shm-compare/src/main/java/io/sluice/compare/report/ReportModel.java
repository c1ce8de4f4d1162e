package io.sluice.compare.report;

import io.sluice.compare.result.Decomposition;
import io.sluice.compare.result.Environment;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Note;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.result.Results;
import io.sluice.compare.result.Run;
import io.sluice.compare.result.Tool;
import io.sluice.compare.stats.Attribution;
import io.sluice.compare.stats.Bootstrap;
import io.sluice.compare.stats.CallCounts;
import io.sluice.compare.stats.Estimate;
import io.sluice.compare.stats.Measurements;
import io.sluice.compare.stats.Samples;
import io.sluice.compare.stats.Summary;
import io.sluice.compare.stats.TwoByTwo;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * The results with what every part of the page needs, computed once. Missing fields of the file are
 * filled with blanks.
 */
final class ReportModel {
    final Results results;
    final Run run;
    final Tool tool;
    final Environment environment;
    final Bootstrap bootstrap;

    /** A cache line's round trip in the run's main placement. */
    final Estimate floor;

    final List<Attribution> attributions;

    /** The parts of the kernel's latency; computed again, for results of earlier versions. */
    final List<Decomposition> decompositions;

    final CallCounts calls;

    /** What is given with the medians over forks. */
    final String interval;

    private final Map<String, double[]> lines = new HashMap<>();
    private final List<Row> reportRows = new ArrayList<>();

    ReportModel(Results results) {
        this.results = results;
        run =
                results.run() != null
                        ? results.run()
                        : new Run("?", null, null, "?", 0, 0, null, null, false, false, null);
        tool = results.tool() != null ? results.tool() : new Tool("?", null, null, null);
        environment =
                results.environment() != null
                        ? results.environment()
                        : new Environment(
                                null, 0, null, null, null, null, null, null, null, 0, 0, null, null,
                                null, null);
        bootstrap = new Bootstrap(run.seed());
        String usual = Measurements.mainPlacement(results);
        floor = bootstrap.median(Samples.lineRoundTrip(results, usual));
        calls = new CallCounts(results);
        interval = Measurements.nameOfInterval(results.measurements());
        attributions = Attribution.of(results);
        decompositions = TwoByTwo.of(results);
        List<String> mechanisms =
                results.measurements().stream()
                        .map(c -> c.factors().mechanism())
                        .distinct()
                        .toList();
        long batches =
                results.measurements().stream()
                        .filter(c -> Pattern.STREAM.equals(c.factors().pattern()))
                        .map(c -> c.factors().batch())
                        .distinct()
                        .count();
        for (Measurement measurement : results.measurements()) {
            if (measurement.usable()) {
                Series series = Series.of(measurement.factors(), mechanisms);
                Series named = named(usual, batches, measurement.factors(), series);
                reportRows.add(
                        new Row(
                                measurement,
                                named,
                                Summary.of(measurement, bootstrap, lines(measurement))));
            }
        }
        reportRows.sort(Comparator.comparingInt(Row::size));
    }

    /** Returns what is given with the medians of these rows. */
    static String nameOfInterval(List<Row> rows) {
        return Measurements.nameOfInterval(rows.stream().map(Row::measurement).toList());
    }

    private double[] lines(Measurement measurement) {
        return lines.computeIfAbsent(
                String.valueOf(measurement.factors().placement()),
                name -> Samples.lineRoundTrip(results, measurement.factors().placement()));
    }

    /** Adds to the name what distinguishes a measurement from the usual ones. */
    private static Series named(String usual, long batches, Factors factors, Series series) {
        Series named =
                Objects.equals(usual, factors.placement())
                        ? series
                        : series.with(String.valueOf(factors.placement()));
        if (factors.touch() != null && !factors.touch().equals(Factors.FULL)) {
            named = named.with("touch " + factors.touch());
        }
        return batches > 1 && Pattern.STREAM.equals(factors.pattern())
                ? named.with(factors.batch() + " a call")
                : named;
    }

    /** Returns where the ends of usable measurements ran. */
    List<String> placements() {
        return reportRows.stream()
                .map(row -> String.valueOf(row.measurement().factors().placement()))
                .distinct()
                .toList();
    }

    /** Returns what a usable measurement of these results is called, and its summary. */
    Optional<Row> row(Measurement measurement) {
        return reportRows.stream().filter(row -> row.measurement() == measurement).findFirst();
    }

    /** Returns the placement that the run is about. */
    String mainPlacement() {
        return Measurements.mainPlacement(results);
    }

    /** Returns all usable measurements, smallest size first. */
    List<Row> rows() {
        return List.copyOf(reportRows);
    }

    /**
     * Returns usable measurements of a pattern, smallest size first. Round trips at a given rate
     * are not among the round trips: see {@link #paced}.
     */
    List<Row> rows(Pattern pattern) {
        return reportRows.stream()
                .filter(row -> row.measurement().factors().pattern() == pattern)
                .filter(row -> !isPaced(row))
                .toList();
    }

    /**
     * Returns the usable measurements whose messages had a scheduled send time: one way, and round
     * trips.
     */
    List<Row> paced() {
        List<Row> paced = new ArrayList<>(rows(Pattern.ONEWAY));
        reportRows.stream().filter(ReportModel::isPaced).forEach(paced::add);
        return paced;
    }

    private static boolean isPaced(Row row) {
        Factors f = row.measurement().factors();
        return Pattern.RTT.equals(f.pattern()) && (f.ratePerSecond() != null || f.load() != null);
    }

    List<Row> rows(Pattern pattern, int size) {
        return rows(pattern).stream().filter(row -> row.size() == size).toList();
    }

    List<Integer> sizes(Pattern pattern) {
        return rows(pattern).stream().map(Row::size).distinct().toList();
    }

    /** Returns usable round trips of one size and placement. */
    List<Row> rows(Attribution group) {
        return rows(Pattern.RTT, group.size()).stream()
                .filter(row -> row.isAt(group.placement()))
                .toList();
    }

    /**
     * Returns the usable measurement with these factors that touches every byte, in the headline's
     * placement if there is a headline.
     */
    Optional<Row> row(String mechanism, String wait, Pattern pattern, int size) {
        return rows(pattern, size).stream()
                .filter(row -> row.is(mechanism, wait))
                .filter(row -> Measurements.hasDefaultFactors(row.factors()))
                .filter(row -> headline().stream().allMatch(a -> row.isAt(a.placement())))
                .findFirst();
    }

    /** Returns how many times the second's number the first's is. */
    Estimate ratio(Row a, Row b, Function<Measurement, double[]> number) {
        return bootstrap.ratio(number.apply(a.measurement()), number.apply(b.measurement()));
    }

    /** A mechanism of the kernel, blocking, and shared memory, spinning. */
    record Pair(Row kernel, Row shared) {}

    /** Returns the rows of these two, if both have numbers. */
    Optional<Pair> pair(String kernel, Pattern pattern, int size) {
        Optional<Row> shared = row("sluice", Factors.SPIN, pattern, size);
        return row(kernel, Factors.BLOCK, pattern, size)
                .flatMap(row -> shared.map(other -> new Pair(row, other)));
    }

    /**
     * Returns what the headline is about: the run's main placement if there are round trips, and 64
     * bytes if measured there, or else the smallest size.
     */
    Optional<Attribution> headline() {
        String main = Measurements.mainPlacement(results);
        return attributions.stream()
                .min(
                        Comparator.comparing(
                                        (Attribution a) -> !Objects.equals(a.placement(), main))
                                .thenComparing(a -> a.size() != 64));
    }

    boolean isVirtual() {
        String virtualization = environment.virtualization();
        return virtualization != null
                && !virtualization.isBlank()
                && !virtualization.equals("none");
    }

    boolean hasRed() {
        return environment.notes().stream().anyMatch(note -> Note.RED.equals(note.level()));
    }

    /** Returns "a machine with 2 CPUs" or "a guest of kvm with 2 CPUs". */
    String machine() {
        String what = isVirtual() ? "a guest of " + environment.virtualization() : "a machine";
        return environment.cpus() > 0
                ? what
                        + " with "
                        + environment.cpus()
                        + (environment.cpus() == 1 ? " CPU" : " CPUs")
                : what;
    }

    String date() {
        String started = run.startedUtc();
        return started == null
                ? "no date"
                : started.length() >= 10 ? started.substring(0, 10) : started;
    }

    String cpuPair() {
        List<Integer> pair = environment.cpuPair();
        return pair.size() == 2 ? "CPUs " + pair.get(0) + " and " + pair.get(1) : "CPUs not pinned";
    }

    /** Returns the line under each picture, so that a copy of it still names its origin. */
    String scope() {
        String model = environment.cpuModel() == null ? "unknown CPU" : environment.cpuModel();
        String text =
                Svg.shorten(model, 40)
                        + ", "
                        + machine()
                        + ", "
                        + cpuPair()
                        + ", "
                        + run.forks()
                        + (run.forks() == 1 ? " fork" : " forks")
                        + ", "
                        + date()
                        + ". shm-compare "
                        + tool.version();
        return Svg.shorten(text, 124);
    }
}
