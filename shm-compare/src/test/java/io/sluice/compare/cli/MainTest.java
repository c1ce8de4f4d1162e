package io.sluice.compare.cli;

import static java.util.Comparator.comparingInt;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.Proof;
import io.sluice.compare.report.CompleteResults;
import io.sluice.compare.report.HtmlReport;
import io.sluice.compare.result.Environment;
import io.sluice.compare.result.Fork;
import io.sluice.compare.result.Gate;
import io.sluice.compare.result.Hdr;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Note;
import io.sluice.compare.result.Numbers;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.result.Records;
import io.sluice.compare.result.Results;
import io.sluice.compare.result.ResultsFile;
import io.sluice.compare.result.Run;
import io.sluice.compare.result.Sha256;
import io.sluice.compare.result.Waiting;
import io.sluice.compare.stats.SyntheticResults;
import io.sluice.compare.transport.PackedClassPath;
import io.sluice.linux.Platform;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import picocli.CommandLine;

@Timeout(120)
@ResourceLock(Resources.SYSTEM_OUT)
@Order(1) // It takes the longest.
class MainTest {
    @TempDir Path directory;

    @BeforeAll
    static void pack() {
        PackedClassPath.use();
    }

    private record Outcome(int status, String out, String err) {}

    private static synchronized Outcome run(String... arguments) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream caughtOut = new ByteArrayOutputStream();
        ByteArrayOutputStream caughtErr = new ByteArrayOutputStream();
        System.setOut(new PrintStream(caughtOut, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(caughtErr, true, StandardCharsets.UTF_8));
        try {
            int status = Main.run(arguments);
            return new Outcome(
                    status,
                    caughtOut.toString(StandardCharsets.UTF_8),
                    caughtErr.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }

    @Test
    void listNamesEveryMechanism() {
        Outcome outcome = run("list");
        assertEquals(0, outcome.status());
        for (String id : List.of("pipe", "fifo", "uds.stream", "pipe.hint", "sluice")) {
            assertTrue(outcome.out().contains("\n  " + id + " "), outcome.out());
        }
        assertTrue(outcome.out().contains("shm-compare-peers.jar"), "where the peers are");
    }

    @Test
    void listHasFamiliesAndSuitesAlsoAsJson() throws Exception {
        JsonNode listed = new ObjectMapper().readTree(run("list", "--json").out());
        JsonNode pipe = listed.get("mechanisms").get(0);
        assertEquals("pipe", pipe.get("family").asText(), pipe.toString());
        JsonNode glance = listed.get("suites").get(0);
        assertEquals("glance", glance.get("name").asText());
        assertTrue(glance.get("seconds").asInt() <= 75, glance.toString());
        assertTrue(run("list").out().contains("SUITE"), "the suites");
    }

    /** A family that was interrupted by another one began anew. */
    @Test
    void listNamesEachFamilyOnceAboveItsMechanisms() throws Exception {
        Map<String, List<String>> families = new LinkedHashMap<>();
        for (JsonNode each :
                new ObjectMapper().readTree(run("list", "--json").out()).get("mechanisms")) {
            families.computeIfAbsent(each.get("family").asText(), f -> new ArrayList<>())
                    .add(each.get("id").asText());
        }
        List<String> expected = new ArrayList<>();
        families.forEach(
                (family, ids) -> {
                    expected.add(family);
                    ids.forEach(id -> expected.add("  " + id));
                });
        String mechanisms = run("list").out().split("\n\nnot here|\n\nSUITE")[0];
        assertEquals(
                expected,
                mechanisms
                        .lines()
                        .skip(1)
                        .filter(line -> !line.isEmpty())
                        .map(line -> line.replaceFirst("(?<=\\S) .*", ""))
                        .toList());
        assertTrue(families.get("uds").size() > 3, families.toString());
    }

    /** picocli warned on each "%" of a default value. */
    @Test
    void noHelpMakesTheParserWarn() {
        for (String verb : List.of("run", "diff", "audit", "export", "merge", "list", "doctor")) {
            assertEquals("", run(verb, "--help").err(), verb);
        }
    }

    @Test
    void everyVerbHasHelp() {
        for (String verb :
                List.of(
                        "run",
                        "list",
                        "doctor",
                        "floor",
                        "audit",
                        "explain",
                        "report",
                        "diff",
                        "merge",
                        "validate",
                        "export")) {
            Outcome outcome = run(verb, "--help");
            assertEquals(0, outcome.status());
            assertTrue(outcome.out().contains("Usage: shm-compare " + verb), outcome.out());
            assertTrue(outcome.out().contains("Example: shm-compare " + verb), outcome.out());
        }
    }

    @Test
    void wrongArgumentsAreNamedWithWhatIsRight() {
        String[][] wrong = {
            {"run", "--suite", "huge"},
            {"run", "--mechanisms", "carrier-pigeon"},
            {"run", "--sizes", "12"},
            {"run", "--patterns", "chaos"},
            {"run", "--forks", "0"},
            {"run", "--place", "moon"},
            {"run", "--touch", "softly"},
            {"run", "--rates", "0"},
            {"run", "--budget", "soon"},
            {"run", "--budget", "9999999h"},
            {"run", "--budget", "1001h"},
            {"run", "--quiet-within", "999999999999999h"},
            {"run", "--gaps", "0us"},
            {"run", "--gaps", "0"},
            {"run", "--gaps", "1s"},
            {"run", "--gaps", "short"},
            {"run", "--batches", "0"},
            {"run", "--batches", "100000"},
            {"run", "--loads", "1.5"},
            {"run", "--loads", "0.0"},
            {"run", "--inject-pause", "500"},
            {"run", "--wait", "forever"},
            {"audit", "--mechanisms", "carrier-pigeon"},
            {"audit", "--messages", "1"},
            {"merge", "one.json"},
            {"diff", "a.json", "b.json", "--threshold", "some"},
            {"export", "a.json", "--xml"},
            {"run", "--cpus", "0,4095"},
            {"run", "-o", "/no/such/directory/results.json"},
            {"explode"}
        };
        for (String[] arguments : wrong) {
            Outcome outcome = run(arguments);
            assertEquals(2, outcome.status(), String.join(" ", arguments));
            String value = arguments[arguments.length - 1];
            String named = value.startsWith("/") ? "/no/such/directory" : value;
            assertTrue(outcome.err().contains(named), outcome.err());
            assertTrue(outcome.err().lines().count() <= 3, outcome.err());
            assertTrue(outcome.err().contains("--help"), outcome.err());
        }
    }

    @Test
    void aNameThatNothingHasIsAnsweredWithThoseThatThereAre() {
        String[][] wrong = {
            {"--suite", "huge", "glance,lab,quick,standard,publish,full"},
            {"--patterns", "rtt,chaos", "rtt,stream,oneway,fanin,fanout,burst,gap,oversub"},
            {"--touch", "softly", "full,header,none\n"},
            {"--wait", "forever", "block,hint,nonblock,spin,eventfd,futex,hybrid,yield"},
            {"--place", "moon", "unpinned"},
            {"--mechanisms", "carrier-pigeon", "pipe,pipe.packet,pipe.1m"}
        };
        for (String[] each : wrong) {
            String err = run("run", each[0], each[1]).err();
            String name = each[1].replaceFirst(".*,", "");
            assertTrue(err.contains("option '" + each[0] + "'"), err);
            assertTrue(err.contains("'" + name + "'") && err.contains(": choose from "), err);
            assertTrue(err.contains(each[2]), err);
        }
    }

    @Test
    void aNearMissIsAnsweredWithWhatWasMeant() {
        String[][] misses = {
            {"--suite", "run", "--siute", "lab"},
            {"--cpus", "floor", "--cpu", "0,1"},
            {"report", "reprot", "a.json"},
            {"run", "rnu"},
            {"--suite", "run", "--suit", "lab"},
            {"quick", "run", "--suite", "quik"},
            {"uds.stream", "run", "--mechanisms", "sluice,uds.steam"},
            {"uds.stream", "audit", "--mechanisms", "uds.steam"},
            {"stream", "run", "--patterns", "strem"},
            {"header", "run", "--touch", "headr"},
            {"futex", "run", "--wait", "block,futx"},
            {"one-cpu", "run", "--place", "onecpu"}
        };
        for (String[] miss : misses) {
            Outcome outcome = run(Arrays.copyOfRange(miss, 1, miss.length));
            assertEquals(2, outcome.status(), String.join(" ", miss));
            assertTrue(
                    outcome.err().contains("Did you mean " + miss[0] + "?"),
                    String.join(" ", miss) + ": " + outcome.err());
        }
        assertFalse(run("run", "--suite", "xyzzy").err().contains("Did you mean"));
    }

    /** They were dropped without a word. */
    @Test
    void whatNoMeasurementUsesIsRefusedWithThePatternThatDoes() {
        String[][] unused = {
            {"rtt", "lifecycle", "--touch=full"},
            {"oneway", "stream", "--rates=1000"},
            {"oneway", "rtt", "--loads=0.5"},
            {"gap", "rtt,stream", "--gaps=1ms"},
            {"stream", "rtt", "--batches=16"}
        };
        for (String[] each : unused) {
            Outcome outcome = run("run", "--patterns=" + each[1], each[2]);
            assertEquals(2, outcome.status(), each[2]);
            String option = each[2].replaceFirst("=.*", "");
            String expected = option + " needs pattern " + each[0] + ",";
            assertTrue(outcome.err().contains(expected), outcome.err());
        }
        String suites = run("run", "--suite=glance", "--gaps=1ms").err();
        assertTrue(suites.contains("--gaps needs pattern gap,"), suites);
    }

    @Test
    void resultsThatAreNotThereAreAnErrorOfOneLine() {
        Outcome outcome = run("report", directory.resolve("none.json").toString());
        assertEquals(1, outcome.status());
        assertEquals(1, outcome.err().lines().count(), outcome.err());
        assertTrue(outcome.err().contains("none.json"), outcome.err());
    }

    @Tag("proof")
    @Test
    void aRunWithAnInvalidMeasurementNamesItAndExitsWithThree() {
        Path results = directory.resolve("invalid.json");
        Outcome outcome =
                run(
                        "run",
                        "--quiet-within=1ms",
                        "--mechanisms=pipe",
                        "--patterns=oneway",
                        "--rates=1000000000",
                        "--forks=1",
                        "--budget=1s",
                        "-o",
                        results.toString());
        assertEquals(Exit.INVALID, outcome.status(), outcome.out() + outcome.err());
        assertTrue(
                outcome.out().lines().anyMatch(line -> line.matches("pipe/.* is invalid: V10 .*")),
                outcome.out());
        assertTrue(Files.exists(results));
    }

    @Test
    void aRunWritesResultsAndAPageWhichReportMakesAgain() throws Exception {
        List<String> all = List.of("sluice/spin", "pipe");
        List<String> mechanisms = all.subList(0, Proof.size(1, 2));
        Path results = directory.resolve("results.json");
        Path page = directory.resolve("report.html");
        Outcome outcome =
                run(
                        "run",
                        "--quiet-within=1ms",
                        "--mechanisms=" + String.join(",", mechanisms),
                        "--patterns=rtt",
                        "--sizes=64",
                        "--forks=1",
                        "--budget=1s",
                        "-o",
                        results.toString(),
                        "--html",
                        page.toString());
        assertEquals(0, outcome.status(), outcome.out() + outcome.err());
        int n = mechanisms.size();
        assertTrue(outcome.out().contains("[  %d/%d]".formatted(n, n)), outcome.out());
        assertTrue(
                outcome.out()
                        .lines()
                        .anyMatch(
                                l ->
                                        l.matches(
                                                "took \\d+ s, estimated \\d+ s \\(\\d+ s once a start was timed\\)")),
                outcome.out());
        assertTrue(outcome.out().contains(page.toString()), outcome.out());
        Results read = ResultsFile.read(results);
        assertEquals(n, read.measurements().size());
        Path again = directory.resolve("again.html");
        assertEquals(0, run("report", results.toString(), "-o", again.toString()).status());
        assertEquals(Files.readString(page), Files.readString(again));
    }

    /** Returns how many times there are of half a pause and more. */
    private static long late(String histogram, long nanos) {
        Histogram all = Hdr.decode(histogram);
        return all.getCountBetweenValues(nanos, all.getMaxValue());
    }

    @Tag("proof")
    @Test
    void aPauseIsInTheResponseTimesAndInServiceTimesOnlyWhereTheSenderWentOn() throws Exception {
        Path results = directory.resolve("paused.json");
        Outcome outcome =
                run(
                        "run",
                        "--quiet-within=1ms",
                        "--mechanisms=pipe",
                        "--patterns=rtt,oneway",
                        "--rates=1000",
                        "--inject-pause=60ms",
                        "--forks=1",
                        "-o",
                        results.toString());
        assertFalse(outcome.out().contains("no pause happened"), outcome.out());
        Results read = ResultsFile.read(results);
        List<String> ids = read.measurements().stream().map(Measurement::id).toList();
        assertTrue(ids.contains("pipe/block/rtt-1000/64"), ids.toString());
        assertTrue(ids.contains("pipe/block/oneway-1000/64"), ids.toString());
        for (Measurement measurement : read.measurements()) {
            assertEquals(1000.0, measurement.factors().ratePerSecond(), measurement.id());
            Fork fork = measurement.forks().get(0);
            long half = 30_000_000;
            assertTrue(fork.numbers().get(Numbers.INJECTED_PAUSE_NS) >= 2 * half, measurement.id());
            // Thirty were to be sent in the first half of the pause.
            long response = late(fork.response(), half);
            long service = late(fork.service(), half);
            assertTrue(response >= 10, measurement.id() + " " + response);
            if (measurement.factors().pattern() == Pattern.RTT) {
                assertTrue(
                        service * 4 < response, measurement.id() + " " + service + ", " + response);
            } else {
                assertTrue(service >= 10, measurement.id() + " " + service);
            }
        }
    }

    @Tag("proof")
    @Test
    void aPauseThatDidNotHappenIsReported() throws Exception {
        Outcome outcome =
                run(
                        "run",
                        "--quiet-within=1ms",
                        "--mechanisms=pipe",
                        "--patterns=lifecycle",
                        "--inject-pause=1ms",
                        "--forks=1",
                        "-o",
                        directory.resolve("none.json").toString());
        assertTrue(
                outcome.out().contains("no pause happened in 1 of 1 forks of pipe/block/lifecycle"),
                outcome.out());
    }

    @Tag("proof")
    @Test
    void gapsLoadsAndBatchesAreChosen() throws Exception {
        Path results = directory.resolve("chosen.json");
        Outcome outcome =
                run(
                        "run",
                        "--quiet-within=1ms",
                        "--mechanisms=sluice/spin",
                        "--patterns=gap,oneway,stream",
                        "--gaps=10us",
                        "--loads=0.5",
                        "--batches=16",
                        "--forks=1",
                        "--budget=1s",
                        "-o",
                        results.toString());
        List<String> ids =
                ResultsFile.read(results).measurements().stream().map(Measurement::id).toList();
        assertEquals(
                Set.of(
                        "sluice/spin/gap-10us/64",
                        "sluice/spin/oneway-50%-exponential/64",
                        "sluice/spin/stream-batch16/64"),
                new TreeSet<>(ids),
                outcome.out());
    }

    /** Nothing failed when the option did nothing. */
    @Test
    void aRunIsContinuedOnlyIfItIsTheSame() throws Exception {
        String file = file("a.json", CompleteResults.build());
        Outcome outcome =
                run(
                        "run",
                        "--resume",
                        "--mechanisms=pipe",
                        "--patterns=lifecycle",
                        "--forks=1",
                        "--budget=1s",
                        "--quiet-within=1ms",
                        "-o",
                        file);
        assertEquals(Exit.ERROR, outcome.status(), outcome.out());
        assertTrue(outcome.err().contains("cannot be continued"), outcome.err());
        assertEquals(CompleteResults.build(), ResultsFile.read(Path.of(file)));
    }

    /** Writes results and returns the file's name. */
    private String file(String name, Results results) throws Exception {
        Path file = directory.resolve(name);
        ResultsFile.write(file, results);
        return file.toString();
    }

    @Test
    void explainSaysItInWords() throws Exception {
        Outcome outcome = run("explain", file("a.json", CompleteResults.build()));
        assertEquals(0, outcome.status(), outcome.err());
        assertTrue(outcome.out().contains("is waiting to be woken"), outcome.out());
        assertTrue(outcome.out().contains("a guest of kvm with 2 CPUs"), outcome.out());
        for (String part :
                List.of(
                        "the kernel copies (pipe)",
                        "memory is shared",
                        "a wake-up costs",
                        "+ sleeping, being woken",
                        "in and out of the kernel, twice")) {
            assertTrue(outcome.out().contains(part), part + " in\n" + outcome.out());
        }
        outcome.out().lines().forEach(line -> assertTrue(line.length() <= 180, line));
    }

    @Test
    void whatIsTheSameIsNoRegression() throws Exception {
        String a = file("a.json", SyntheticResults.typical());
        Outcome outcome = run("diff", a, a);
        assertEquals(0, outcome.status(), outcome.err());
        assertTrue(outcome.out().contains("no difference shown"), outcome.out());
        assertFalse(outcome.out().contains(" worse\n"), outcome.out());
    }

    @Test
    void whatBecameSlowerIsARegressionAndTheOtherWayRoundIsNot() throws Exception {
        String quick = file("quick.json", pipe(10_000));
        String slow = file("slow.json", pipe(12_000));
        Outcome worse = run("diff", quick, slow);
        assertEquals(Exit.REGRESSION, worse.status(), worse.out());
        assertTrue(worse.out().contains("1.20 (1.1"), worse.out());
        assertTrue(
                worse.out().lines().findFirst().orElseThrow().matches(".* [1-9][0-9]* worse, .*"),
                worse.out());
        Outcome better = run("diff", slow, quick);
        assertEquals(0, better.status(), better.out());
        assertTrue(better.out().contains(" better"), better.out());
        assertEquals(0, run("diff", quick, slow, "--threshold", "50%").status());
    }

    /** A measurement that failed has no ratio, and passed for that reason. */
    @Test
    void whatLostItsNumbersIsARegressionAndIsSaidFirst() throws Exception {
        String both = file("both.json", two().build());
        String failed =
                file(
                        "failed.json",
                        new SyntheticResults()
                                .rtt("pipe", Waiting.BLOCK, 64, 10_000)
                                .without("fifo", Waiting.BLOCK, 64, Measurement.FAILED, "exit 134")
                                .build());
        Outcome outcome = run("diff", both, failed);
        assertEquals(Exit.REGRESSION, outcome.status(), outcome.out());
        assertTrue(outcome.out().contains("\nLOST: fifo/block/rtt/64"), outcome.out());
        assertTrue(outcome.out().contains("it is failed, exit 134"), outcome.out());
        Outcome gone = run("diff", both, file("one.json", pipe(10_000)));
        assertEquals(Exit.REGRESSION, gone.status(), gone.out());
        assertTrue(gone.out().contains("is not in the second run"), gone.out());
        assertEquals(0, run("diff", failed, both).status());
        assertEquals(0, run("diff", failed, failed).status());
        Results other = ResultsFile.read(Path.of(both));
        String page = HtmlReport.render(ResultsFile.read(Path.of(failed)), other);
        assertTrue(page.contains("Worse: fifo/block/rtt/64"));
    }

    /** What a smaller suite does not measure has lost nothing. */
    @Test
    void aSmallerSuiteHasLostNothing() throws Exception {
        Results small = pipe(10_000);
        Run run = small.run();
        Run glance =
                Records.run(run.id(), null, null, "glance", run.seed(), run.forks(), null, null);
        String after = file("glance.json", small.withRun(glance));
        Outcome outcome = run("diff", file("both.json", two().build()), after);
        assertEquals(0, outcome.status(), outcome.out());
        assertFalse(outcome.out().contains("LOST"), outcome.out());
        assertTrue(outcome.out().contains("1 measurement of the first run: no part"));
    }

    /** One CPU: both ends share it, and the results say so. */
    @Tag("proof")
    @Test
    void oneCpuIsEnough() throws Exception {
        Path results = directory.resolve("one.json");
        Outcome outcome =
                run(
                        "run",
                        "--quiet-within=1ms",
                        "--mechanisms=pipe",
                        "--patterns=rtt",
                        "--forks=1",
                        "--budget=1s",
                        "--place=one-cpu",
                        "-o",
                        results.toString());
        assertEquals(0, outcome.status(), outcome.out() + outcome.err());
        Measurement measured = ResultsFile.read(results).measurements().get(0);
        assertEquals("one-cpu", measured.factors().placement());
        assertTrue(measured.flags().contains("V15"), measured.flags().toString());
    }

    /** Where there are several; with one there is no other way. */
    @Test
    void oneCpuTwiceIsAnsweredWithTheWayToMeasureThat() throws Exception {
        int[] cpus = Platform.allowedCpus();
        if (cpus.length > 1) {
            Outcome outcome = run("run", "--cpus", cpus[0] + "," + cpus[0]);
            assertEquals(2, outcome.status(), outcome.err());
            assertTrue(outcome.err().contains("--place one-cpu"), outcome.err());
        }
    }

    private static SyntheticResults two() {
        return new SyntheticResults()
                .rtt("pipe", Waiting.BLOCK, 64, 10_000)
                .rtt("fifo", Waiting.BLOCK, 64, 10_000);
    }

    private static Results pipe(double medianNs) {
        return new SyntheticResults().rtt("pipe", Waiting.BLOCK, 64, medianNs).build();
    }

    @Test
    void runsWithNothingInCommonAreNotCompared() throws Exception {
        String other =
                file(
                        "other.json",
                        new SyntheticResults().rtt("fifo", Waiting.BLOCK, 64, 1000).build());
        Outcome outcome = run("diff", file("a.json", pipe(1000)), other);
        assertEquals(1, outcome.status());
        assertTrue(outcome.err().contains("no measurement in common"), outcome.err());
    }

    @Test
    void severalRunsStandSideBySide() throws Exception {
        String page = directory.resolve("both.html").toString();
        Outcome outcome =
                run("merge", file("a.json", pipe(1000)), file("b.json", pipe(9000)), "-o", page);
        assertEquals(0, outcome.status(), outcome.err());
        String html = Files.readString(Path.of(page));
        Set<String> microseconds = new TreeSet<>();
        java.util.regex.Pattern.compile("<td[^>]*>([0-9]+)[0-9.]*\u00a0(µs|ns) \\(")
                .matcher(html.substring(html.indexOf("<caption>Median round trip")))
                .results()
                .limit(2)
                .forEach(m -> microseconds.add(m.group(1) + m.group(2)));
        assertTrue(
                microseconds.toString().matches("\\[(1µs|1000ns|99\\dns), (8|9)µs\\]"),
                microseconds.toString());
        assertFalse(html.contains(" src=") || html.contains("<link"));
    }

    @Test
    void validateNamesWhatIsWrong() throws Exception {
        String good = file("good.json", CompleteResults.build());
        assertEquals(0, run("validate", good).status(), () -> run("validate", good).out());
        Path bad = directory.resolve("bad.json");
        Files.writeString(
                bad,
                Files.readString(Path.of(good)).replaceFirst("\"seed\" : 42", "\"seed\" : \"x\""));
        Outcome outcome = run("validate", bad.toString());
        assertEquals(1, outcome.status());
        assertTrue(outcome.out().contains("seed"), outcome.out());
        assertEquals(0, run("validate", "--schema").status());
        assertEquals(2, run("validate").status());
    }

    @Test
    void whereNothingCanBeWrittenIsSaidBeforeTheWork() throws Exception {
        String file = file("a.json", CompleteResults.build());
        for (String bad : List.of("/", directory.toString(), "/proc/x", "/nowhere/x")) {
            Outcome report = run("report", file, "-o", bad);
            assertEquals(2, report.status(), report.err());
            assertTrue(report.err().contains("director"), report.err());
            Outcome measure = run("run", "--mechanisms", "pipe", "-o", bad);
            assertEquals(2, measure.status(), measure.err());
            assertFalse(measure.out().contains("fork 1/"), measure.out());
        }
    }

    @Test
    void whatWasMeasuredIsKeptIfItsPlaceHasGone() throws Exception {
        Results measured = CompleteResults.build();
        Path gone = directory.resolve("gone").resolve("a.json");
        IOException refused =
                assertThrows(IOException.class, () -> CommandOutput.write(gone, measured));
        Path kept = Path.of(refused.getMessage().replaceFirst(".* kept in ", ""));
        assertEquals(measured, ResultsFile.read(kept));
        Files.delete(kept);
    }

    @Test
    void resultsGoToOtherTools() throws Exception {
        String file = file("a.json", CompleteResults.build());
        int measurements = CompleteResults.build().measurements().size();
        String csv = run("export", file, "--csv").out();
        assertEquals(measurements + 1, csv.lines().count());
        assertEquals(
                1,
                csv.lines()
                        .filter(l -> !l.contains("\""))
                        .map(l -> l.split(",", -1).length)
                        .distinct()
                        .count(),
                csv);
        List<String> head = List.of(csv.lines().findFirst().orElseThrow().split(","));
        String paced = csv.lines().filter(l -> l.contains(",oneway,")).findFirst().orElseThrow();
        String response = paced.split(",", -1)[head.indexOf("response_p99_ns")];
        assertTrue(Double.parseDouble(response) > 0, paced);
        String table = run("export", file, "--md").out();
        assertTrue(table.contains("| pipe/block/rtt/64"));
        assertTrue(table.contains(" response | "), table);
        assertTrue(run("export", file, "--hgrm").out().contains("TotalCount"));
        String hlog = run("export", file, "--hlog").out();
        try (HistogramLogReader reader =
                new HistogramLogReader(new java.io.ByteArrayInputStream(hlog.getBytes()))) {
            assertTrue(reader.nextIntervalHistogram().getMaxValueAsDouble() > 0);
        }
        JsonNode jmh = new ObjectMapper().readTree(run("export", file, "--jmh").out());
        assertEquals("avgt", jmh.get(0).get("mode").asText());
        assertEquals(5, jmh.get(0).get("primaryMetric").get("rawData").size());
        Path out = directory.resolve("out.csv");
        assertEquals(0, run("export", file, "--csv", "-o", out.toString()).status());
        assertEquals(csv, Files.readString(out));
        assertEquals(2, run("export", file).status());
        assertEquals(2, run("export", file, "--csv", "--md").status());
    }

    @Test
    void redactedResultsAreResults() throws Exception {
        String file = file("a.json", CompleteResults.build());
        Path out = directory.resolve("redacted.json");
        assertEquals(0, run("export", file, "--json", "--redact", "-o", out.toString()).status());
        Results redacted = ResultsFile.read(out);
        assertTrue(redacted.run().redacted());
        assertEquals(CompleteResults.build().measurements(), redacted.measurements());
        assertEquals(0, run("validate", out.toString()).status());
        Path page = directory.resolve("page.html");
        assertEquals(0, run("report", out.toString(), "-o", page.toString()).status());
        String digest = Sha256.of(Files.readString(out));
        assertTrue(Files.readString(page).contains("has the SHA-256 " + digest), digest);
    }

    @Test
    void aReportIsRedactedAndShowsWhatChanged() throws Exception {
        String now = file("now.json", pipe(12_000));
        String then = file("then.json", pipe(10_000));
        String page = directory.resolve("page.html").toString();
        assertEquals(0, run("report", now, "-o", page, "--baseline", then, "--redact").status());
        String html = Files.readString(Path.of(page));
        assertTrue(html.contains("Against the baseline") && html.contains("worse"));
        assertTrue(
                html.contains(
                        "Names of host and user, and paths that not every machine has, were"));
    }

    @Test
    void theDoctorsStatusFollowsItsFindings() throws Exception {
        Outcome outcome = run("doctor", "--json");
        List<String> levels = List.of("red", "yellow", "green");
        List<String> shown =
                run("doctor")
                        .out()
                        .lines()
                        .map(line -> line.split(" ")[0])
                        .filter(levels::contains)
                        .toList();
        JsonNode notes = new ObjectMapper().readTree(outcome.out());
        assertTrue(notes.size() > 3, outcome.out());
        assertEquals(notes.size(), shown.size(), "the same as JSON");
        // Of two looks, one may find the machine busy.
        for (List<String> found : List.of(shown, notes.findValuesAsText("level"))) {
            List<String> worstFirst = found.stream().sorted(comparingInt(levels::indexOf)).toList();
            assertEquals(worstFirst, found, "the worst first");
        }
        boolean red = outcome.out().contains("\"red\"");
        assertEquals(red ? Exit.REFUSED : Exit.OK, outcome.status(), outcome.out());
        Note bad = Records.note(Note.RED, "busy", "wait");
        assertEquals(
                List.of(bad),
                Gate.refusals(List.of(Records.note(Note.YELLOW, "a guest", null), bad)));
    }

    /** One look refused a machine on which something was still being written. */
    @Test
    void publishLooksAtTheMachineOnceOthersAreQuiet() {
        List<Note> bad = List.of(Records.note(Note.RED, "busy", "wait"));
        Environment busy =
                Records.environment(
                        "c", 2, null, "none", "k", "tsc", "j", "v", "g", 0, 0, bad, null);
        List<Duration> waits = new ArrayList<>();
        RunCommand command = new RunCommand();
        command.doctor =
                (cpus, quietWithin) -> {
                    waits.add(quietWithin);
                    return busy;
                };
        CommandLine line = new CommandLine(command);
        line.registerConverter(Duration.class, new TimeConverter());
        KnownValues.register(line);
        String output = directory.resolve("a.json").toString();
        assertEquals(
                Exit.REFUSED, line.execute("--suite=publish", "--quiet-within=7s", "-o", output));
        assertEquals(List.of(Duration.ofSeconds(7)), waits);
    }

    @Test
    void aFindingHasTheColorOfItsLevel() {
        System.setProperty("picocli.ansi", "true");
        PrintStream out = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            List.of(Note.RED, Note.YELLOW, Note.GREEN)
                    .forEach(level -> DoctorCommand.print(Records.note(level, "it", "do that")));
        } finally {
            System.setOut(out);
            System.clearProperty("picocli.ansi");
        }
        List<String> lines = printed.toString(StandardCharsets.UTF_8).lines().toList();
        assertTrue(lines.get(0).matches(".*\u001b\\[[0-9;]*31m.*it"), lines.toString());
        assertTrue(lines.get(2).matches(".*\u001b\\[[0-9;]*33m.*it"), lines.toString());
        assertTrue(lines.get(4).matches(".*\u001b\\[[0-9;]*32m.*it"), lines.toString());
    }

    @Tag("proof")
    @Test
    void theMatrixHasALineForEachPair() {
        Outcome outcome = run("floor", "--matrix");
        assertEquals(0, outcome.status(), outcome.err());
        assertTrue(outcome.out().contains("RELATION"), outcome.out());
    }
}
