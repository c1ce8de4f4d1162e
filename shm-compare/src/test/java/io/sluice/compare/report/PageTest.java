package io.sluice.compare.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compare.result.EndCounters;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.FactorsBuilder;
import io.sluice.compare.result.Fork;
import io.sluice.compare.result.ForkBuilder;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Note;
import io.sluice.compare.result.Numbers;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.result.Records;
import io.sluice.compare.result.Results;
import io.sluice.compare.result.Schedule;
import io.sluice.compare.result.Waiting;
import io.sluice.compare.stats.Attribution;
import io.sluice.compare.stats.SyntheticResults;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the six screens answer. */
class PageTest {
    @Test
    void thereAreSixScreensAndTheRestIsFolded() {
        String page = CompleteResults.page();
        String screens = page.substring(page.indexOf("<main>"), page.indexOf("id=\"details\""));
        List<String> heads =
                java.util.regex.Pattern.compile("<h2 id=\"(\\w+)\"")
                        .matcher(screens)
                        .results()
                        .map(m -> m.group(1))
                        .toList();
        assertEquals(List.of("answer", "choose", "kernel", "latency", "cpu", "stream"), heads);
        String rest = page.substring(page.indexOf("id=\"details\""));
        assertFalse(rest.contains("<details open") || rest.contains(" open>"), "folded");
        String contents = page.substring(page.indexOf("<nav"), page.indexOf("</nav>"));
        for (String head : heads) {
            assertTrue(contents.contains("href=\"#" + head + "\""), head);
        }
    }

    @Test
    void theGradeIsOnTheFirstScreenWithItsReasons() {
        Results loaded =
                new SyntheticResults()
                        .note(Note.RED, "The load was 3", "Wait")
                        .rtt("pipe", Waiting.BLOCK, 64, 9_000)
                        .build();
        String answer = screen(HtmlReport.render(loaded), "answer");
        assertTrue(
                answer.contains("grade-C\">C<")
                        && answer.contains("No, do not quote (C, of A to C):"),
                answer);
        assertTrue(answer.contains("The load was 3"), answer);
    }

    /** At a fixed rate the pipe's reader uses little CPU; saturated, both use it all. */
    @Test
    void theMapAndTheChoiceAreOfAFixedRateAndNotOfASaturatedRun() {
        SyntheticResults run = new SyntheticResults();
        run.rtt("pipe", Waiting.BLOCK, 64, 12_000).rtt("sluice", Waiting.SPIN, 64, 450);
        run.measurement(paced("pipe", Waiting.BLOCK, 0.15, 9_000));
        run.measurement(paced("sluice", Waiting.SPIN, 1, 400));
        String page = HtmlReport.render(run.build());
        String answer = screen(page, "answer");
        assertTrue(
                answer.contains(
                        "At 30,000 messages a second, a receiver on a blocking pipe keeps 0.15 CPUs"
                                + " busy and one that spins on shared memory 1.00."),
                answer);
        String choice = screen(page, "choose");
        String row = choice.substring(choice.indexOf("30,000 a second"));
        assertTrue(
                row.matches(
                        "(?s).*?<td>64\u00a0B</td>\\s*<td>Shared memory, spinning \\(4\\d\\d\u00a0ns"
                                + " one way, 1.00 CPUs\\)</td>\\s*<td>Pipe \\(9.*? one way,.*?"),
                row);
        assertTrue(
                page.contains(
                        "By their medians at this rate, nothing beats “Shared memory, spinning” or"
                                + " “Pipe” in both"));
        String saturated =
                HtmlReport.render(
                        new SyntheticResults()
                                .rtt("pipe", Waiting.BLOCK, 64, 12_000)
                                .rtt("sluice", Waiting.SPIN, 64, 450)
                                .build());
        assertFalse(saturated.contains("nothing beats"));
    }

    /** On a machine without a CPU to spare it named rings on which a reader spins. */
    @Test
    void onABusyMachineNoReaderSpinsAndWhatMayBeAsGoodIsNamedOrCounted() {
        SyntheticResults run = new SyntheticResults();
        run.measurement(stream("sluice", Waiting.SPIN, 1, 64, 9e6));
        for (String each : List.of("pipe", "fifo", "uds.stream", "mq.posix", "tcp")) {
            run.measurement(stream(each, Waiting.BLOCK, 1, 64, 1e6));
        }
        String choice = screen(HtmlReport.render(run.build()), "choose");
        String row = choice.substring(choice.indexOf("as many as possible"));
        String[] fields = row.split("<td>");
        assertTrue(fields[2].startsWith("Shared memory, spinning"), row);
        assertFalse(fields[3].contains("spinning"), row);
        assertTrue(fields[3].matches("(?s)[^;]*; or [^;]*; or [^;]*; or 2 more.*"), row);
    }

    @Test
    void ratesAreComparedForAsManyMessagesACall() {
        SyntheticResults unlike = new SyntheticResults();
        unlike.measurement(stream("pipe", Waiting.BLOCK, 1, 64, 1e6))
                .measurement(stream("sluice", Waiting.SPIN, 256, 64, 20e6));
        String page = screen(HtmlReport.render(unlike.build()), "stream");
        assertTrue(page.contains("No fair pair"), page);
        assertTrue(page.contains("256 a call") && page.contains("1 a call"), page);
        assertTrue(
                new Verdict(new ReportModel(unlike.build()))
                        .paragraphs().stream().noneMatch(p -> p.contains("20.0\u00a0M/s")));
        unlike.measurement(stream("sluice", Waiting.SPIN, 1, 64, 9e6));
        page = screen(HtmlReport.render(unlike.build()), "stream");
        assertTrue(
                page.contains(
                        "up to 1 message a call on both sides: Pipe 1.00\u00a0M/s, Shared memory,"
                                + " spinning 9.00\u00a0M/s"),
                page);
        assertFalse(page.contains("No fair pair"), page);
    }

    /** One message a call in shared memory seemed to overtake 256 a call in the kernel. */
    @Test
    void aCrossoverIsBetweenThoseOfAsManyMessagesACall() {
        SyntheticResults both = new SyntheticResults();
        for (boolean large : new boolean[] {false, true}) {
            int size = large ? 4096 : 64;
            both.measurement(stream("sluice", Waiting.SPIN, 1, size, large ? 4e6 : 5e6))
                    .measurement(stream("sluice", Waiting.SPIN, 256, size, large ? 20e6 : 30e6))
                    .measurement(
                            stream("pipe.buffered", Waiting.BLOCK, 256, size, large ? 1e6 : 10e6));
        }
        assertTrue(stream(both).contains("No crossover is shown"), stream(both));
        both.measurement(stream("pipe", Waiting.BLOCK, 1, 64, 1e6))
                .measurement(stream("pipe", Waiting.BLOCK, 1, 4096, 8e6));
        assertTrue(
                stream(both)
                        .contains(
                                "Crossovers: Pipe, 1 a call overtakes shared memory between"
                                        + " 64\u00a0B and 4\u00a0KiB."),
                stream(both));
    }

    @Test
    void thePipeIsSetBesideSharedMemoryOfAsManyMessagesACall() {
        SyntheticResults unlike =
                new SyntheticResults()
                        .measurement(stream("sluice", Waiting.SPIN, 256, 64, 0.5e6))
                        .measurement(stream("pipe", Waiting.BLOCK, 1, 64, 1e6));
        assertFalse(advantages(unlike).contains("a stream"), advantages(unlike));
        unlike.measurement(stream("sluice", Waiting.SPIN, 1, 64, 0.1e6));
        assertTrue(
                advantages(unlike).contains("the pipe passed 10.0 times as many messages a second"),
                advantages(unlike));
    }

    private static String stream(SyntheticResults results) {
        return screen(HtmlReport.render(results.build()), "stream");
    }

    private static String advantages(SyntheticResults results) {
        return new KernelAdvantages(new ReportModel(results.build())).paragraphs().toString();
    }

    /** A host moves the CPUs: quick forks have a low floor, slow ones a high one. */
    @Test
    void eachForkIsHeldAgainstItsOwnFloor() {
        Measurement near =
                new SyntheticResults()
                        .rtt("sluice", Waiting.SPIN, 64, 200)
                        .build()
                        .measurements()
                        .get(0);
        Measurement far =
                new SyntheticResults()
                        .rtt("sluice", Waiting.SPIN, 64, 700)
                        .build()
                        .measurements()
                        .get(0);
        List<Fork> forks = new ArrayList<>();
        forks.add(withFloor(near.forks().get(0), 100));
        forks.add(withFloor(far.forks().get(0), 100));
        forks.add(withFloor(far.forks().get(1), 350));
        Measurement mixed = new Measurement("m", near.factors(), Measurement.OK, null, null, forks);
        Results results = new SyntheticResults().measurement(mixed).build();
        String page = HtmlReport.render(results);
        String figure = page.substring(page.indexOf("id=\"round-trips\""));
        figure = figure.substring(0, figure.indexOf("</figure>"));
        // The median of 2, 7 and 2; the median 700 by the median floor 100 is 7.
        assertTrue(figure.contains("× 2.0") || figure.contains("× 1.9"), figure);
        ReportModel model = new ReportModel(results);
        Attribution a = model.headline().orElseThrow();
        assertEquals(2, a.floorRatio(a.shared()).value(), 0.1);
        assertEquals(100, a.floorNs().value());
        assertEquals(350, a.floorNs().hi(), "the range of three forks");
        String floors =
                java.util.regex.Pattern.compile("class=\"floor\" d=\"([^\"]*)\"")
                        .matcher(figure)
                        .results()
                        .findFirst()
                        .orElseThrow()
                        .group(1);
        assertEquals(3, floors.split("M").length - 1, floors);
        assertFalse(page.contains("Below the dashed line nothing can be"));
    }

    @Test
    void colorsOfOneChartDiffer() throws IOException {
        String css =
                new String(
                        PageTest.class.getResourceAsStream("report.css").readAllBytes(),
                        StandardCharsets.UTF_8);
        List<String> themes =
                List.of(
                        css.substring(0, css.indexOf("@media")),
                        css.substring(css.indexOf("@media (prefers"), css.indexOf("* {")),
                        css.substring(css.indexOf("@media print")));
        for (String theme : themes) {
            List<String> colors =
                    java.util.regex.Pattern.compile("--(c\\d|floor|card): (#[0-9a-f]{3,6});")
                            .matcher(theme)
                            .results()
                            .map(m -> m.group(2))
                            .toList();
            assertEquals(Series.COLORS + 2, colors.size(), theme);
            for (int i = 0; i < colors.size(); i++) {
                for (int k = 0; k < i; k++) {
                    double difference = ColorDifference.between(colors.get(i), colors.get(k));
                    assertTrue(
                            difference >= 20,
                            colors.get(i) + " and " + colors.get(k) + ": ΔE " + difference);
                }
            }
        }
        // Pairs of the test data of Sharma, Wu and Dalal for this formula are in Lab; these are
        // extremes.
        assertEquals(100, ColorDifference.between("#ffffff", "#000000"), 0.01);
        assertEquals(0, ColorDifference.between("#0072b2", "#0072b2"), 1e-9);
    }

    @Test
    void chartsWithOneXValueBecomeRows() {
        SyntheticResults one = new SyntheticResults();
        one.measurement(paced("pipe", Waiting.BLOCK, 0.15, 9_000))
                .measurement(paced("sluice", Waiting.SPIN, 1, 400));
        assertFalse(figure(HtmlReport.render(one.build()), "offered-load").contains("\"curves\""));
        assertTrue(figure(CompleteResults.page(), "offered-load").contains("\"curves\""));
    }

    private static String figure(String page, String id) {
        String figure = page.substring(page.indexOf("<figure role=\"group\" id=\"" + id + "\""));
        return figure.substring(0, figure.indexOf("</figure>"));
    }

    private static String screen(String page, String id) {
        String screen = page.substring(page.indexOf("<h2 id=\"" + id + "\""));
        return screen.substring(0, screen.indexOf("</section>"));
    }

    private static Fork withFloor(Fork f, double floorNs) {
        return Records.fork(
                f.n(), f.messages(), f.durationNs(), f.hdr(), f.meanUntimedNs(), f.ends(), floorNs);
    }

    private static Measurement stream(
            String mechanism, Waiting waiting, int batch, int size, double rate) {
        Measurement m =
                new SyntheticResults()
                        .stream(mechanism, waiting, size, rate).build().measurements().get(0);
        return new Measurement(
                m.id() + batch,
                factors(m.factors(), batch, null),
                m.status(),
                null,
                null,
                m.forks());
    }

    private static Factors factors(Factors f, int batch, Double rate) {
        return FactorsBuilder.builder(f)
                .pattern(rate == null ? f.pattern() : Pattern.ONEWAY)
                .batch(batch)
                .ratePerSecond(rate)
                .schedule(rate == null ? null : Schedule.FIXED)
                .build();
    }

    /** Messages at a rate, whose receiver uses this part of a CPU. */
    private static Measurement paced(
            String mechanism, Waiting waiting, double cpus, double timeNs) {
        Measurement m =
                new SyntheticResults()
                        .rtt(mechanism, waiting, 64, timeNs)
                        .build()
                        .measurements()
                        .get(0);
        long second = 1_000_000_000L;
        EndCounters receiver =
                Records.counters((long) (cpus * second), 1, 1, 1, 0, 0, 30_000, Map.of(), 0, 0, 0);
        List<Fork> forks =
                m.forks().stream()
                        .map(
                                f ->
                                        ForkBuilder.builder()
                                                .n(f.n())
                                                .messages(30_000)
                                                .durationNs(second)
                                                .ends(
                                                        Map.of(
                                                                Fork.INITIATOR,
                                                                receiver,
                                                                Fork.RESPONDER,
                                                                receiver))
                                                .service(f.hdr())
                                                .response(f.hdr())
                                                .numbers(Map.of(Numbers.ACHIEVED_RATE, 30_000.0))
                                                .build())
                        .toList();
        return new Measurement(
                m.id() + "/paced",
                factors(m.factors(), 1, 30_000.0),
                Measurement.OK,
                null,
                null,
                forks);
    }
}
