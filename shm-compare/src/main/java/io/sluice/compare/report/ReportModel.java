package io.sluice.compare.report;

import static java.util.Comparator.comparing;
import static java.util.Comparator.comparingInt;
import static java.util.Objects.requireNonNullElse;

import io.sluice.compare.export.Metric;
import io.sluice.compare.result.Decomposition;
import io.sluice.compare.result.Environment;
import io.sluice.compare.result.EnvironmentBuilder;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Note;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.result.Results;
import io.sluice.compare.result.Run;
import io.sluice.compare.result.RunBuilder;
import io.sluice.compare.result.Tool;
import io.sluice.compare.result.Touch;
import io.sluice.compare.result.Waiting;
import io.sluice.compare.stats.Attribution;
import io.sluice.compare.stats.Bootstrap;
import io.sluice.compare.stats.CallCounts;
import io.sluice.compare.stats.Estimate;
import io.sluice.compare.stats.Measurements;
import io.sluice.compare.stats.Samples;
import io.sluice.compare.stats.TwoByTwo;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

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

    /** The placement that the run is about. */
    final String mainPlacement;

    private final List<Row> reportRows;

    ReportModel(Results results) {
        this.results = results;
        run = requireNonNullElse(results.run(), RunBuilder.builder().id("?").suite("?").build());
        tool = requireNonNullElse(results.tool(), new Tool("?", null, null, null));
        environment =
                requireNonNullElse(results.environment(), EnvironmentBuilder.builder().build());
        bootstrap = new Bootstrap(run.seed());
        mainPlacement = Measurements.mainPlacement(results);
        floor = bootstrap.median(Samples.lineRoundTrip(results, mainPlacement));
        calls = new CallCounts(results);
        interval = Measurements.nameOfInterval(results.measurements());
        attributions = Attribution.of(results);
        decompositions = TwoByTwo.of(results);
        reportRows = named();
    }

    /** Returns the usable measurements with their names, smallest size first. */
    private List<Row> named() {
        List<Factors> all = results.measurements().stream().map(Measurement::factors).toList();
        List<String> mechanisms = all.stream().map(Factors::mechanism).distinct().toList();
        Stream<Factors> streams = all.stream().filter(f -> f.pattern() == Pattern.STREAM);
        long batches = streams.mapToInt(Factors::batch).distinct().count();
        return results.measurements().stream()
                .filter(Measurement::usable)
                .map(m -> new Row(m, named(m.factors(), mechanisms, batches > 1), Metric.all(m)))
                .sorted(comparingInt(Row::size))
                .toList();
    }

    /** Returns a name with what distinguishes a measurement from the usual ones. */
    private Series named(Factors factors, List<String> mechanisms, boolean batches) {
        Series named = Series.of(factors, mechanisms);
        if (!Objects.equals(mainPlacement, factors.placement())) {
            named = named.with(String.valueOf(factors.placement()));
        }
        if (factors.touch() != null && factors.touch() != Touch.FULL) {
            named = named.with("touch " + factors.touch());
        }
        return batches && factors.pattern() == Pattern.STREAM
                ? named.with(factors.batch() + " a call")
                : named;
    }

    /** Returns what is given with the medians of these rows. */
    static String nameOfInterval(List<Row> rows) {
        return Measurements.nameOfInterval(rows.stream().map(Row::measurement).toList());
    }

    /** Returns what a usable measurement of these results is called, and its summary. */
    Row row(Measurement measurement) {
        return reportRows.stream()
                .filter(row -> row.measurement() == measurement)
                .findFirst()
                .orElseThrow();
    }

    /** Returns all usable measurements, smallest size first. */
    List<Row> rows() {
        return reportRows;
    }

    /**
     * Returns usable measurements of a pattern, smallest size first. Round trips at a given rate
     * are not among the round trips: see {@link #paced}.
     */
    List<Row> rows(Pattern pattern) {
        return reportRows.stream()
                .filter(row -> row.factors().pattern() == pattern && !isPaced(row.factors()))
                .toList();
    }

    /**
     * Returns the usable measurements whose messages had a scheduled send time: one way, and round
     * trips.
     */
    List<Row> paced() {
        Stream<Row> roundTrips = reportRows.stream().filter(row -> isPaced(row.factors()));
        return Stream.concat(rows(Pattern.ONEWAY).stream(), roundTrips).toList();
    }

    /** Returns the usable round trips whose messages came after a pause that is known. */
    List<Row> afterPauses() {
        return rows(Pattern.GAP).stream().filter(row -> row.factors().gapNs() != null).toList();
    }

    private static boolean isPaced(Factors f) {
        return f.pattern() == Pattern.RTT && (f.ratePerSecond() != null || f.load() != null);
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
     * Returns the same of spinning shared memory, with as many messages a call and about the same
     * capacity.
     */
    Optional<Row> shared(Row row) {
        Factors f = row.factors();
        return rows(f.pattern(), f.size()).stream()
                .filter(other -> other.isSpinningRing() && other.isAt(f.placement()))
                .filter(other -> other.factors().batch() == f.batch())
                .filter(other -> Objects.equals(other.factors().touch(), f.touch()))
                .filter(other -> other.factors().fitsAsMuchAs(f))
                .min(comparing(other -> !other.isOf("sluice")));
    }

    /** Returns how many times the second's number the first's is. */
    Estimate ratio(Row a, Row b, Metric number) {
        return bootstrap.ratio(number.samples(a.measurement()), number.samples(b.measurement()));
    }

    /** A mechanism of the kernel, blocking, and shared memory, spinning. */
    record RowPair(Row kernel, Row shared) {}

    /**
     * Returns the rows of these two that touch every byte and pass as many messages a call, in the
     * headline's placement if there is a headline, if both have numbers.
     */
    Optional<RowPair> pair(String kernel, Pattern pattern, int size) {
        return rows(pattern, size).stream()
                .filter(row -> row.is(kernel, Waiting.BLOCK))
                .filter(row -> Measurements.hasDefaultFactors(row.factors()))
                .filter(row -> headline().stream().allMatch(a -> row.isAt(a.placement())))
                .flatMap(row -> shared(row).map(other -> new RowPair(row, other)).stream())
                .findFirst();
    }

    /**
     * Returns what the headline is about: the run's main placement if there are round trips, and 64
     * bytes if measured there, or else the smallest size.
     */
    Optional<Attribution> headline() {
        return attributions.stream()
                .min(
                        comparing((Attribution a) -> !Objects.equals(a.placement(), mainPlacement))
                                .thenComparing(a -> a.size() != 64));
    }

    boolean hasRed() {
        return environment.notes().stream().anyMatch(note -> Note.RED.equals(note.level()));
    }

    /** Returns "a machine with 2 CPUs" or "a guest of kvm with 2 CPUs". */
    String machine() {
        String guest = requireNonNullElse(environment.virtualization(), "");
        String what = guest.isBlank() || guest.equals("none") ? "a machine" : "a guest of " + guest;
        int cpus = environment.cpus();
        return cpus > 0 ? what + " with " + cpus + (cpus == 1 ? " CPU" : " CPUs") : what;
    }

    String date() {
        String started = requireNonNullElse(run.startedUtc(), "no date");
        return started.length() >= 10 ? started.substring(0, 10) : started;
    }

    String cpuPair() {
        List<Integer> pair = environment.cpuPair();
        return pair.size() == 2 ? "CPUs " + pair.get(0) + " and " + pair.get(1) : "CPUs not pinned";
    }

    /** Returns the line under each picture, so that a copy of it still names its origin. */
    String scope() {
        String cpu = Svg.shorten(requireNonNullElse(environment.cpuModel(), "unknown CPU"), 40);
        String forks = run.forks() + (run.forks() == 1 ? " fork" : " forks");
        String text =
                String.join(", ", cpu, machine(), cpuPair(), forks, date())
                        + ". shm-compare "
                        + tool.version();
        return Svg.shorten(text, 124);
    }
}
