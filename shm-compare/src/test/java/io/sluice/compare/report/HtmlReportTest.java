package io.sluice.compare.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.compare.result.EndCounters;
import io.sluice.compare.result.Environment;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.FloorReading;
import io.sluice.compare.result.FloorReadingBuilder;
import io.sluice.compare.result.Fork;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Note;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.result.Records;
import io.sluice.compare.result.Results;
import io.sluice.compare.result.ResultsFile;
import io.sluice.compare.result.Touch;
import io.sluice.compare.result.Waiting;
import io.sluice.compare.stats.SyntheticResults;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

class HtmlReportTest {
    private static final Results TYPICAL = SyntheticResults.typical();
    private static final String PAGE = HtmlReport.render(TYPICAL);

    /** The page without its code, and without the results, whose Base64 may spell anything. */
    private static final String SEEN =
            PAGE.replaceAll("(?s)<script( type=\"application/gzip\"[^>]*)?>.*?</script>", "");

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
        assertFalse(
                java.util.regex.Pattern.compile(
                                "<(link|img|iframe|object|embed|audio|video)\\b|@import|\\ssrc=|url\\((?!#)")
                        .matcher(PAGE.replaceAll("(?s)<script>.*?</script>", ""))
                        .find());
        String policy =
                "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src"
                        + " data: blob:;";
        assertTrue(PAGE.contains(policy));
    }

    @Test
    void everyFigureHasAnAnchorToolsACaptionAScopeAndATable() {
        List<String> figures = all("<figure\\b.*?</figure>");
        assertEquals(
                List.of("waterfall-0", "round-trips", "throughput"),
                figures.stream()
                        .limit(3)
                        .map(f -> f.replaceAll("(?s)<figure[^>]*id=\"([^\"]*)\".*", "$1"))
                        .toList());
        assertTrue(figures.size() > 8, figures.size() + " figures");
        for (String figure : figures) {
            String id = figure.replaceAll("(?s)<figure[^>]*id=\"([^\"]*)\".*", "$1");
            for (String part :
                    List.of(
                            "href=\"#" + id + "\"",
                            "class=\"png\">Copy as PNG<",
                            "class=\"csv\">CSV<",
                            "<figcaption>",
                            "<details>",
                            "<table>",
                            "<caption>",
                            "<td",
                            "is better")) {
                assertTrue(figure.contains(part), part + " is not in " + figure.substring(0, 300));
            }
            boolean curves = figure.contains("\"curves\":");
            // A map's own order would differ between JVMs, and so would the page's bytes.
            assertFalse(figure.contains("json\">{\"") && !figure.contains("json\">{\"x"), id);
            for (String part :
                    List.of(
                            "role=\"img\"",
                            "<title id=",
                            "<desc id=",
                            "class=\"scope\"",
                            "class=\"wide\"",
                            "class=\"narrow\"")) {
                assertEquals(!curves, figure.contains(part), part + " in " + id);
            }
            assertTrue(!curves || figure.contains("\"scope\":"), id);
        }
    }

    @Test
    void theMainChartsSayWhatTheyShow() {
        for (String id :
                List.of(
                        "waterfall-0",
                        "round-trips",
                        "percentiles-0",
                        "throughput",
                        "cpu-rtt",
                        "cpu-stream")) {
            assertTrue(figure(id).contains("<p class=\"takeaway\">"), id);
        }
        assertTrue(figure("round-trips").contains("Shortest median: Shared memory, spinning (4"));
        assertTrue(figure("waterfall-0").contains("The largest step: sleeping, being woken, 9."));
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
        String table = page.substring(page.indexOf("<caption>What the doctor found"));
        table = table.substring(0, table.indexOf("</table>"));
        assertTrue(
                table.indexOf("The load was 3") < table.indexOf("are they idle?")
                        && table.indexOf("are they idle?") < table.indexOf("the clock is fine"),
                table);
        assertTrue(table.contains("are they idle?</td>"), table);
        assertFalse(page.contains("idle?."));
    }

    /** It named badges that the page does not have. */
    @Test
    void aRedFindingIsFoundWhereTheVerdictSays() {
        String page =
                HtmlReport.render(
                        new SyntheticResults().note(Note.RED, "The load was 3", "Wait").build());
        assertTrue(
                page.contains("It is red in “What the doctor found”, under Audit, “The machine”."));
        String audit = page.substring(page.indexOf("<h2 id=\"audit\">Audit<"));
        String machine = audit.substring(audit.indexOf("id=\"machine\">The machine<"));
        String table = machine.substring(machine.indexOf("<caption>What the doctor found<"));
        assertTrue(table.indexOf("The load was 3") < table.indexOf("</table>"), table);
        assertTrue(table.indexOf(">red<") < table.indexOf("The load was 3"), table);
    }

    @Test
    void aFloorSaysThatItIncludesAReadingOfTheClock() {
        assertTrue(PAGE.contains("one cache line there and back, and one reading of the clock"));
        assertTrue(PAGE.contains("A floor’s reading includes one reading of the clock"));
    }

    @Test
    void theFrequencyIsSaidToComeFromMultiplicationsAndAdditions() {
        FloorReading r = FloorReadingBuilder.builder().ghz(2.9).build();
        assertTrue(
                Wording.floor(r).contains("GHz, from a chain of multiplications and additions"),
                Wording.floor(r));
    }

    /** It is read after the messages: a host may have moved a CPU meanwhile. */
    @Test
    void noSentenceSaysThatNothingIsQuickerThanAFloor() {
        assertTrue(
                figure("round-trips")
                        .contains(
                                "right after its messages. A message is quicker than that only if"
                                        + " the host moved a CPU between the two"));
        assertTrue(PAGE.contains("No message is faster while both CPUs stay where they are"));
        assertFalse(PAGE.contains("can be quicker") || PAGE.contains("can be faster"));
    }

    @Test
    void aCrossoverTakesTwoSizes() {
        SyntheticResults one = new SyntheticResults();
        one.stream("pipe", Waiting.BLOCK, 64, 1e6).stream("sluice", Waiting.SPIN, 64, 2e7);
        assertFalse(HtmlReport.render(one.build()).contains("rossover"));
        one.stream("pipe", Waiting.BLOCK, 4096, 1e6);
        assertFalse(HtmlReport.render(one.build()).contains("rossover"));
        one.stream("sluice", Waiting.SPIN, 4096, 2e7);
        assertTrue(HtmlReport.render(one.build()).contains("No crossover is shown"));
    }

    @Test
    void waysToWaitOfOneMechanismLookDifferent() {
        SyntheticResults ways = new SyntheticResults();
        for (Waiting wait : List.of(Waiting.SPIN, Waiting.HYBRID, Waiting.FUTEX)) {
            ways.rtt("sluice", wait, 64, 450);
        }
        String page = HtmlReport.render(ways.build());
        for (String look : List.of("c0", "c0 pale", "c0 hollow")) {
            assertTrue(page.contains("class=\"mark " + look + "\""), look);
        }
    }

    @Test
    void forksOfATimelineHaveDashesOfTheirOwn() {
        String page = CompleteResults.page();
        String timeline = page.substring(page.indexOf("<figure role=\"group\" id=\"timelines\""));
        for (String look :
                List.of(
                        "Pipe, fork 1\",\"color\":1,\"dash\":1",
                        "Pipe, fork 2\",\"color\":1,\"dash\":2")) {
            assertTrue(timeline.contains(look), look);
        }
    }

    /** Pipe and Aeron looked the same, and so did sleeping shared memory and Agrona. */
    @Test
    void noTwoCurvesOfAChartLookTheSame() throws IOException {
        List<JsonNode> charts = new ArrayList<>();
        for (String page : List.of(HtmlReport.render(sample()), CompleteResults.page())) {
            for (String data : page.split("<script type=\"application/json\">")) {
                if (data.startsWith("{\"x\"")) {
                    charts.add(new ObjectMapper().readTree(data));
                }
            }
        }
        assertTrue(charts.size() > 6, charts.size() + " charts");
        for (JsonNode chart : charts) {
            Map<String, String> names = new HashMap<>();
            for (JsonNode curve : chart.get("curves")) {
                String name = curve.get("name").asText();
                String same = names.put(curve.get("color") + " " + curve.get("dash"), name);
                assertNull(same, () -> name + " looks like " + same);
            }
        }
    }

    @Test
    void twoPlacementsAreKeptApart() {
        SyntheticResults both = new SyntheticResults();
        TYPICAL.measurements().forEach(both::measurement);
        TYPICAL.measurements().forEach(measurement -> both.measurement(elsewhere(measurement)));
        String page = HtmlReport.render(both.build());
        Set<String> ids = new HashSet<>();
        java.util.regex.Pattern.compile("\\sid=\"([^\"]*)\"")
                .matcher(page)
                .results()
                .forEach(m -> assertTrue(ids.add(m.group(1)), m.group(1)));
        assertTrue(
                ids.contains("waterfall-3-title") && ids.contains("percentiles-3"), ids.toString());
        assertTrue(page.contains("Pipe, one-cpu"));
    }

    private static Measurement elsewhere(Measurement measurement) {
        Factors f = measurement.factors();
        Factors moved =
                Records.factors(
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
                measurement.forks());
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
        assertFalse(SEEN.contains("NaN") || SEEN.contains("Infinity"));
        assertFalse(SEEN.contains("null<") || SEEN.contains(">null"));
    }

    @Test
    void logarithmicAxesSaySoAndThoseOfCpuAreLogarithmic() {
        for (String id : List.of("round-trips", "throughput", "cpu-rtt", "cpu-stream")) {
            assertTrue(figure(id).contains("logarithmic scale"), id);
        }
        assertTrue(figure("waterfall-0").contains("from zero"));
        String cpu = complete("cpu-rate");
        assertTrue(cpu.contains("CPUs busy, logarithmic scale"), cpu);
        assertLogarithmic("x=\"([\\d.]+)\" y=\"[\\d.]+\" text-anchor=\"middle\"", cpu);
        String map = complete("efficiency-0");
        assertTrue(map.contains("both logarithmic"), map);
        assertLogarithmic("x=\"52\" y=\"([\\d.]+)\" text-anchor=\"end\"", map);
    }

    /** Returns the wide picture of a figure in which everything was measured. */
    private static String complete(String id) {
        String figure = CompleteResults.page();
        figure = figure.substring(figure.indexOf("<figure role=\"group\" id=\"" + id + "\""));
        return figure.substring(0, figure.indexOf("</svg>"));
    }

    /** Compares the distances of numbers at an axis with their ratios. */
    private static void assertLogarithmic(String place, String picture) {
        List<MatchResult> ticks =
                java.util.regex.Pattern.compile("class=\"tick\" " + place + ">([\\d.]+)<")
                        .matcher(picture)
                        .results()
                        .filter(tick -> Double.parseDouble(tick.group(2)) > 0)
                        .toList();
        assertTrue(ticks.size() > 2, picture);
        double[] decade =
                ticks.stream()
                        .skip(1)
                        .mapToDouble(
                                t -> distance(ticks.getFirst(), t) / ratio(ticks.getFirst(), t))
                        .toArray();
        for (double each : decade) {
            assertEquals(decade[0], each, 0.02 * Math.abs(decade[0]), Arrays.toString(decade));
        }
    }

    private static double distance(MatchResult from, MatchResult to) {
        return Double.parseDouble(to.group(1)) - Double.parseDouble(from.group(1));
    }

    private static double ratio(MatchResult from, MatchResult to) {
        return Math.log10(Double.parseDouble(to.group(2)) / Double.parseDouble(from.group(2)));
    }

    @Test
    void eachNumberFromTheLiteratureHasALinkToItsSource() {
        String literature = PAGE.substring(PAGE.indexOf("<summary id=\"literature\""));
        String rows = literature.substring(0, literature.indexOf("</table>"));
        int links = rows.split("<th scope=\"row\"><a href=\"https://[^\"]+\">[^<]").length - 1;
        assertEquals(8, links);
        assertEquals(links, rows.split("<th scope=\"row\">").length - 1);
    }

    @Test
    void theJsonInThePageIsTheResults() throws IOException {
        assertEquals(TYPICAL, embedded(PAGE));
    }

    private static Results embedded(String page) throws IOException {
        String packed = page.substring(page.indexOf("id=\"results\">") + 13);
        byte[] bytes = Base64.getDecoder().decode(packed.substring(0, packed.indexOf("</script>")));
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
            return ResultsFile.fromJson(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    @Test
    void aPageIsShorterThan600KilobytesEvenIfItsResultsAreNot() throws IOException {
        String page = HtmlReport.render(sample());
        int length = page.getBytes(StandardCharsets.UTF_8).length;
        assertTrue(length <= HtmlReport.MOST_BYTES, length + " bytes");
        assertTrue(
                page.contains("id=\"results\"")
                        || page.contains("The results are not part of this page"));
        assertTrue(PAGE.contains("id=\"results\""));
    }

    private static Results sample() throws IOException {
        return ResultsFile.read(Path.of("docs/results/results.json"));
    }

    @Test
    void hostileTextStaysText() throws IOException {
        Results results = hostile();
        String page = HtmlReport.render(results);
        assertFalse(page.contains("<img"), "a tag got through");
        assertFalse(page.contains("<script>alert"), "a script got through");
        assertEquals(results, embedded(page));
    }

    @Test
    void whatWasNotMeasuredIsListedWithItsReason() {
        assertTrue(PAGE.contains("mqueue is not mounted"));
        assertTrue(PAGE.contains("not measured in this run"));
        assertTrue(PAGE.contains("not asked for: --patterns gap"));
        String others =
                all("<tr><th scope=\"row\">[^<]*</th><td>not asked for: --mechanisms").getFirst();
        assertTrue(others.contains("Unix socket, io_uring, "), others);
        assertFalse(others.contains("Unix socket, Netty, Pipe,"), "it was measured: " + others);
    }

    @Test
    void resultsWithNothingInThemHaveAPage() {
        String page =
                HtmlReport.render(
                        Records.results(Results.SCHEMA, null, null, null, null, null, null));
        assertTrue(page.contains("No round trips were measured"));
        assertFalse(page.replaceAll("(?s)<script>.*?</script>", "").contains("NaN"));
    }

    @Test
    void oneForkAndFewSamplesHaveDashes() {
        Fork fork = Records.fork(0, 10, 1000, null, 0, Map.of(), 0);
        Factors factors =
                Records.factors("other", new Waiting("dance"), Pattern.RTT, 7, null, null, null, 0);
        Measurement measurement =
                new Measurement("x", factors, Measurement.OK, null, null, List.of(fork));
        String page =
                HtmlReport.render(
                        new SyntheticResults().floor(null).measurement(measurement).build());
        assertTrue(page.contains("other, dance"));
        assertFalse(page.replaceAll("(?s)<script>.*?</script>", "").contains("NaN"));
    }

    private static Results hostile() {
        EndCounters end = Records.counters(9, 4, 5, 1, 0, 0, 10, Map.of(EVIL, 3L), 1, 0, 0);
        Fork fork = Records.fork(0, 10, 1000, null, 0, Map.of(EVIL, end), 0);
        Factors stream =
                Records.factors(
                        EVIL,
                        new Waiting(EVIL),
                        Pattern.STREAM,
                        64,
                        Touch.OTHER,
                        EVIL,
                        List.of(0, 1),
                        1);
        Factors rtt =
                Records.factors(
                        EVIL, Waiting.BLOCK, Pattern.RTT, 64, Touch.OTHER, EVIL, List.of(0, 1), 1);
        Environment environment =
                Records.environment(
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
                        List.of(Records.note(EVIL, EVIL, EVIL), Records.note(Note.RED, EVIL, null)),
                        Map.of(EVIL, EVIL));
        return Records.results(
                Results.SCHEMA,
                Records.tool(EVIL, EVIL),
                Records.run(EVIL, EVIL, EVIL, EVIL, 1, 1, List.of(EVIL), List.of(EVIL)),
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
                .filter(f -> f.contains(" id=\"" + id + "\""))
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
