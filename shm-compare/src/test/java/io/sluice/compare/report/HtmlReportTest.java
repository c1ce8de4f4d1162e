package io.sluice.compare.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compare.result.Audit;
import io.sluice.compare.result.EndCounters;
import io.sluice.compare.result.Environment;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Fork;
import io.sluice.compare.result.Gate;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Note;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.result.Results;
import io.sluice.compare.result.ResultsFile;
import io.sluice.compare.result.Run;
import io.sluice.compare.result.Tool;
import io.sluice.compare.stats.SyntheticResults;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("minutes")
class HtmlReportTest {
    private static final Results TYPICAL = SyntheticResults.typical();
    private static final String PAGE = HtmlReport.render(TYPICAL);
    private static final String EVIL =
            "</script><script>alert(1)</script>\"'><img src=x onerror=alert(2)>&\u0001";

    @Test
    void theSameResultsGiveTheSamePage() {
        assertEquals(PAGE, HtmlReport.render(SyntheticResults.typical()));
    }

    @Test
    void resultsReadFromAFileGiveTheSamePage() throws IOException {
        assertEquals(PAGE, HtmlReport.render(ResultsFile.fromJson(ResultsFile.toJson(TYPICAL))));
    }

    @Test
    void nothingIsLoaded() {
        assertFalse(PAGE.contains("http://") || PAGE.contains("https://"));
        assertFalse(
                java.util.regex.Pattern.compile(
                                "<(link|img|iframe|object|embed|audio|video)\\b|@import|\\ssrc=|url\\((?!#)")
                        .matcher(PAGE)
                        .find());
    }

    @Test
    void everyChartHasATitleADescriptionACaptionAScopeAndATable() {
        List<String> figures = all("<figure\\b.*?</figure>");
        // Each is drawn for wide pages and for narrow ones.
        assertEquals(all("<svg\\b").size(), 2 * figures.size());
        // Latency, 2 of percentiles, 3 of throughput, 2 of CPU, 2 of efficiency, 2 waterfalls.
        assertEquals(12, figures.size());
        for (String figure : figures) {
            for (String part :
                    List.of(
                            "role=\"img\"",
                            "<title id=",
                            "<desc id=",
                            "<figcaption>",
                            "<details>",
                            "<table ",
                            "<caption>",
                            "<td ",
                            "class=\"scope\"",
                            "class=\"wide\"",
                            "class=\"narrow\"",
                            "is better")) {
                assertTrue(figure.contains(part), part + " is not in " + figure.substring(0, 300));
            }
        }
    }

    @Test
    void theMainChartsSayWhatTheyShow() {
        for (String id :
                List.of(
                        "waterfall-0",
                        "latency",
                        "percentiles-0",
                        "throughput",
                        "by-size-messages",
                        "cpu-rtt",
                        "cpu-stream",
                        "efficiency-0")) {
            assertTrue(figure(id).contains("<p class=\"takeaway\">"), id);
        }
        assertTrue(figure("latency").contains("Shortest median: Shared memory, spinning (4"));
        assertTrue(figure("waterfall-0").contains("The largest step: sleeping, being woken, 9."));
    }

    @Test
    void theBadgeFollowsTheGate() {
        Results refused =
                new SyntheticResults().note(Note.RED, "CPU 1 is busy", "Stop what runs").build();
        String page = HtmlReport.render(refused);
        assertTrue(page.contains("class=\"badge yellow\">not publishable</span>"));
        String reasons = page.substring(page.indexOf("Not publishable: "));
        for (String reason : Gate.reasons(refused)) {
            assertTrue(reasons.contains(reason), reason);
        }
        assertTrue(reasons.startsWith("Not publishable: its suite was lab, not publish; "));
        Results allowed = publishable(refused);
        assertEquals(List.of(), Gate.reasons(allowed));
        page = HtmlReport.render(allowed);
        assertTrue(page.contains("class=\"badge green\">publishable</span>"));
        assertFalse(page.contains("ot publishable"));
    }

    private static Results publishable(Results r) {
        Environment e = r.environment();
        Environment quiet =
                new Environment(
                        e.cpuModel(),
                        e.cpus(),
                        e.cpuPair(),
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        0,
                        0,
                        List.of(new Note(Note.YELLOW, "a guest", null)),
                        null);
        return new Results(
                r.schema(),
                r.tool(),
                new Run("1", null, null, Gate.SUITE, 1, Gate.FORKS, null, null),
                quiet,
                null,
                null,
                r.cells(),
                null,
                null,
                null,
                List.of(new Audit("pipe", "block", 1, Map.of(), "strace")),
                null,
                null);
    }

    @Test
    void theDoctorsFindingsAreATableTheWorstFirst() {
        Results noted =
                new SyntheticResults()
                        .note(Note.GREEN, "the clock is fine", null)
                        .note(Note.YELLOW, "There were 2 others: are they idle?", "Stop them")
                        .note(Note.RED, "The load was 3", "Wait")
                        .build();
        String page = HtmlReport.render(noted);
        String table = page.substring(page.indexOf("What the doctor found"));
        table = table.substring(0, table.indexOf("</table>"));
        assertTrue(
                table.indexOf("The load was 3") < table.indexOf("are they idle?")
                        && table.indexOf("are they idle?") < table.indexOf("the clock is fine"),
                table);
        assertTrue(table.contains("class=\"badge red\">red</span>"), table);
        assertTrue(table.contains("are they idle?</td>"), table);
        assertTrue(page.contains("doctor: 1 red, 1 yellow"));
        assertFalse(page.contains("idle?."));
    }

    @Test
    void aFloorSaysThatItIncludesAReadingOfTheClock() {
        assertTrue(PAGE.contains("one cache line there and back, and one reading of the clock"));
        assertTrue(PAGE.contains("A floor’s reading includes one reading of the clock"));
    }

    @Test
    void aCrossoverTakesTwoSizes() {
        SyntheticResults one = new SyntheticResults();
        one.stream("pipe", Factors.BLOCK, 64, 1e6).stream("sluice", Factors.SPIN, 64, 2e7);
        assertFalse(HtmlReport.render(one.build()).contains("rossover"));
        one.stream("pipe", Factors.BLOCK, 4096, 1e6);
        assertFalse(HtmlReport.render(one.build()).contains("rossover"));
        one.stream("sluice", Factors.SPIN, 4096, 2e7);
        assertTrue(HtmlReport.render(one.build()).contains("No crossover is shown"));
    }

    @Test
    void waysToWaitOfOneMechanismLookDifferent() {
        SyntheticResults ways = new SyntheticResults();
        for (String wait : List.of(Factors.SPIN, Factors.HYBRID, Factors.FUTEX)) {
            ways.rtt("sluice", wait, 64, 450);
        }
        String page = HtmlReport.render(ways.build());
        for (String look : List.of("c0", "c0 pale", "c0 hollow")) {
            assertTrue(page.contains("class=\"mark " + look + "\""), look);
            assertTrue(page.contains("class=\"curve " + look + "\""), look);
        }
    }

    @Test
    void forksOfATimelineHaveDashesOfTheirOwn() {
        String page = HtmlReport.render(CompleteResults.build());
        String timeline = page.substring(page.indexOf("id=\"timeline-title\""));
        for (String look : List.of("c1 dashed d0", "c1 dashed d1", "c1 dashed d2")) {
            assertTrue(timeline.contains("class=\"curve " + look + "\""), look);
        }
    }

    @Test
    void twoPlacementsAreKeptApart() {
        SyntheticResults both = new SyntheticResults();
        TYPICAL.cells().forEach(both::measurement);
        TYPICAL.cells().forEach(measurement -> both.measurement(elsewhere(measurement)));
        String page = HtmlReport.render(both.build());
        Set<String> ids = new HashSet<>();
        java.util.regex.Pattern.compile("\\sid=\"([^\"]*)\"")
                .matcher(page)
                .results()
                .forEach(m -> assertTrue(ids.add(m.group(1)), m.group(1)));
        assertTrue(
                ids.contains("waterfall-3-title") && ids.contains("percentiles-3-title"),
                ids.toString());
        assertTrue(page.contains("pipe · blocking · one-cpu"));
    }

    private static Measurement elsewhere(Measurement measurement) {
        Factors f = measurement.factors();
        Factors moved =
                new Factors(
                        f.mechanism(),
                        f.waiting(),
                        f.pattern(),
                        f.size(),
                        f.touch(),
                        "one-cpu",
                        f.cpus(),
                        0);
        return new Measurement(
                measurement.id() + "'",
                moved,
                measurement.status(),
                measurement.reason(),
                measurement.flags(),
                measurement.launches());
    }

    @Test
    void anEmptyMeasurementIsListed() throws IOException {
        Results results =
                ResultsFile.fromJson(
                        "{\"schema\":\"shm-compare/2\",\"measurements\":[{\"id\":\"bare\"}]}");
        assertTrue(HtmlReport.render(results).contains("bare"));
    }

    @Test
    void eachIdIsUsedOnceAndEachLabelExists() {
        Set<String> ids = new HashSet<>();
        matches("\\sid=\"([^\"]*)\"").forEach(m -> assertTrue(ids.add(m.group(1)), m.group(1)));
        matches("aria-labelledby=\"([^\"]*)\"")
                .forEach(
                        m ->
                                assertTrue(
                                        ids.containsAll(List.of(m.group(1).split(" "))),
                                        m.group(1)));
    }

    @Test
    void noNumberIsMissingInAPicture() {
        assertFalse(PAGE.contains("NaN") || PAGE.contains("Infinity"));
        assertFalse(PAGE.contains("null<") || PAGE.contains(">null"));
    }

    @Test
    void logarithmicAxesSaySo() {
        assertTrue(
                figure("latency").contains("logarithmic scale")
                        && figure("throughput").contains("logarithmic scale"));
        assertTrue(
                figure("cpu-rtt").contains("from zero")
                        && figure("waterfall-0").contains("from zero"));
    }

    @Test
    void theJsonInThePageIsTheResults() throws IOException {
        String json = all("<script type=\"application/json\"[^>]*>.*?</script>").get(0);
        json = json.substring(json.indexOf('>') + 1, json.lastIndexOf("</script>"));
        assertEquals(TYPICAL, ResultsFile.fromJson(json));
    }

    @Test
    void theScriptIsSmall() {
        assertTrue(all("<script>.*?</script>").get(0).length() < 8192);
    }

    @Test
    void hostileTextStaysText() throws IOException {
        Results results = hostile();
        String page = HtmlReport.render(results);
        assertFalse(page.contains("<img"), "a tag got through");
        assertFalse(page.contains("<script>alert"), "a script got through");
        assertEquals(2, java.util.regex.Pattern.compile("<script").matcher(page).results().count());
        assertEquals(
                2, java.util.regex.Pattern.compile("</script").matcher(page).results().count());
        String json =
                page.substring(page.indexOf("id=\"results\">") + 13, page.indexOf("</script>"));
        assertEquals(results, ResultsFile.fromJson(json));
    }

    @Test
    void whatWasNotMeasuredIsListedWithItsReason() {
        assertTrue(PAGE.contains("mqueue is not mounted"));
        assertTrue(PAGE.contains("was not measured in this run"));
        assertTrue(PAGE.contains("not asked for: --patterns gap"));
    }

    @Test
    void resultsWithNothingInThemHaveAPage() {
        String page =
                HtmlReport.render(new Results(Results.SCHEMA, null, null, null, null, null, null));
        assertTrue(page.contains("No round trips were measured"));
        assertFalse(page.contains("NaN"));
    }

    @Test
    void oneForkAndFewSamplesHaveDashes() {
        Fork fork = new Fork(0, 10, 1000, null, 0, Map.of(), 0);
        Factors factors = new Factors("other", "dance", Pattern.RTT, 7, null, null, null, 0);
        Measurement measurement =
                new Measurement("x", factors, Measurement.OK, null, null, List.of(fork));
        String page =
                HtmlReport.render(
                        new SyntheticResults().floor(null).measurement(measurement).build());
        assertTrue(page.contains("other · dance"));
        assertFalse(page.contains("NaN"));
    }

    private static Results hostile() {
        EndCounters end = new EndCounters(9, 4, 5, 1, 0, 0, 10, Map.of(EVIL, 3L), 1, 0, 0);
        Fork fork = new Fork(0, 10, 1000, null, 0, Map.of(EVIL, end), 0);
        Factors stream = new Factors(EVIL, EVIL, Pattern.STREAM, 64, EVIL, EVIL, List.of(0, 1), 1);
        Factors rtt =
                new Factors(EVIL, Factors.BLOCK, Pattern.RTT, 64, EVIL, EVIL, List.of(0, 1), 1);
        Environment environment =
                new Environment(
                        EVIL,
                        2,
                        List.of(0, 1),
                        EVIL,
                        EVIL,
                        EVIL,
                        EVIL,
                        EVIL,
                        EVIL,
                        0,
                        0,
                        List.of(new Note(EVIL, EVIL, EVIL), new Note(Note.RED, EVIL, null)),
                        Map.of(EVIL, EVIL));
        return new Results(
                Results.SCHEMA,
                new Tool(EVIL, EVIL),
                new Run(EVIL, EVIL, EVIL, EVIL, 1, 1, List.of(EVIL), List.of(EVIL)),
                environment,
                null,
                null,
                List.of(
                        new Measurement(
                                EVIL, stream, Measurement.OK, null, List.of(EVIL), List.of(fork)),
                        new Measurement(EVIL, rtt, EVIL, EVIL, List.of(EVIL), List.of())));
    }

    private static String figure(String id) {
        return all("<figure\\b.*?</figure>").stream()
                .filter(f -> f.contains(id + "-title"))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> all(String regex) {
        return matches(regex).stream().map(MatchResult::group).toList();
    }

    private static List<MatchResult> matches(String regex) {
        return java.util.regex.Pattern.compile(regex, java.util.regex.Pattern.DOTALL)
                .matcher(PAGE)
                .results()
                .toList();
    }
}
