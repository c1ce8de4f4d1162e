package io.sluice.compare.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compare.export.Units;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.FactorsBuilder;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Note;
import io.sluice.compare.result.Records;
import io.sluice.compare.result.Results;
import io.sluice.compare.result.Waiting;
import io.sluice.compare.stats.Estimate;
import io.sluice.compare.stats.Measurements;
import io.sluice.compare.stats.SyntheticResults;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class VerdictTest {
    /** A situation, what the verdict must state, and what it must not. */
    record VerdictCase(
            String name, SyntheticResults results, List<String> said, List<String> notSaid) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<VerdictCase> cases() {
        return Stream.of(
                new VerdictCase(
                        "all measured",
                        measurements(12_000, 2_400, 450),
                        List.of(
                                "80 % is waiting to be woken",
                                "16 % is the kernel’s path",
                                "4 % is left",
                                "5.3",
                                "should not be quoted alone"),
                        List.of("cannot be", "not measured", "Do not quote", "no clear part")),
                new VerdictCase(
                        "hint missing",
                        new SyntheticResults()
                                .rtt("pipe", Waiting.BLOCK, 64, 12_000)
                                .rtt("sluice", Waiting.SPIN, 64, 450),
                        List.of(
                                "how much of the difference is sleeping cannot be said",
                                "not measured in this run"),
                        List.of("is waiting to be woken", "%")),
                new VerdictCase(
                        "hint invalid",
                        new SyntheticResults()
                                .rtt("pipe", Waiting.BLOCK, 64, 12_000)
                                .without(
                                        "pipe.hint",
                                        Waiting.HINT,
                                        64,
                                        Measurement.INVALID,
                                        "3 messages lost")
                                .rtt("sluice", Waiting.SPIN, 64, 450),
                        List.of("measured, but invalid: 3 messages lost"),
                        List.of("is waiting to be woken")),
                new VerdictCase(
                        "shared memory failed",
                        new SyntheticResults()
                                .rtt("pipe", Waiting.BLOCK, 64, 12_000)
                                .rtt("pipe.hint", Waiting.HINT, 64, 2_400)
                                .without(
                                        "sluice", Waiting.SPIN, 64, Measurement.FAILED, "exit 134"),
                        List.of(
                                "does not have the measurements",
                                "80.0 %",
                                "cannot be split",
                                "failed: exit 134"),
                        List.of("mix the two causes")),
                new VerdictCase(
                        "the pipe's reader did not sleep",
                        new SyntheticResults()
                                .rttWithoutSleep("pipe", Waiting.BLOCK, 64, 4_800)
                                .rtt("pipe.hint", Waiting.HINT, 64, 2_400)
                                .rtt("sluice", Waiting.SPIN, 64, 450),
                        List.of("the reader of the blocking pipe did not sleep each time"),
                        List.of("is waiting to be woken")),
                new VerdictCase(
                        "waiting lost in the noise",
                        new SyntheticResults()
                                .rtt("pipe", Waiting.BLOCK, 64, 2_420, 0.2)
                                .rtt("pipe.hint", Waiting.HINT, 64, 2_400, 0.2)
                                .rtt("sluice", Waiting.SPIN, 64, 450),
                        List.of(
                                "no clear part is waiting to be woken: it cannot be told from"
                                        + " nothing"),
                        List.of("1 % is waiting")),
                new VerdictCase(
                        "hint slower than block",
                        measurements(2_000, 3_000, 450),
                        List.of(
                                "no part is waiting to be woken: taking it away made the round trip"
                                        + " longer"),
                        List.of("-50", "−50.0 % is waiting")),
                new VerdictCase(
                        "shared memory as slow as the kernel",
                        measurements(12_000, 2_400, 2_390),
                        List.of("no difference is shown between the pipe and shared memory"),
                        List.of("the pipe takes 1.00 times")),
                new VerdictCase(
                        "shared memory slower than the kernel",
                        measurements(12_000, 2_400, 66_000_000),
                        List.of(
                                "the pipe is the faster",
                                "no part is the kernel’s path",
                                "shared memory used"),
                        List.of("the kernel’s path, and")),
                new VerdictCase(
                        "no floor",
                        measurements(12_000, 2_400, 450).floor(null),
                        List.of("the floor of the hardware was not measured"),
                        List.of("times the")),
                new VerdictCase(
                        "below the floor",
                        measurements(12_000, 2_400, 450).floor(Records.floor(1, 1, 1, 900, 1000)),
                        List.of("suspect the measurement"),
                        List.of("of which the hardware")),
                new VerdictCase(
                        "the pipe streams faster",
                        measurements(12_000, 2_400, 450).stream(
                                "pipe", Waiting.BLOCK, 4096, 900_000)
                                .stream("sluice", Waiting.SPIN, 4096, 300_000),
                        List.of(
                                "the pipe passed 3.00 times as many messages a second",
                                "Pipe 900\u00a0k/s"),
                        List.of()),
                new VerdictCase(
                        "a red note",
                        measurements(12_000, 2_400, 450).note(Note.RED, "CPU 1 is busy", null),
                        List.of("Do not quote these numbers"),
                        List.of()),
                new VerdictCase(
                        "a host that moved a CPU",
                        measurements(12_000, 2_400, 450).floors(140, 520, 150, 511, 130),
                        List.of(
                                "a cache line there and back (two-cpus) took 140\u00a0ns in 3"
                                        + " blocks and 520\u00a0ns in 2"),
                        List.of()),
                new VerdictCase(
                        "nothing",
                        new SyntheticResults(),
                        List.of("No round trips were measured"),
                        List.of("%")));
    }

    /** The wake-up of ping-pong stood there as if it were every wake-up. */
    @Test
    void aWakeUpSaysAfterWhatItIs() {
        SyntheticResults run =
                new SyntheticResults()
                        .rtt("pipe", Waiting.BLOCK, 64, 12_000)
                        .rtt("pipe.hint", Waiting.HINT, 64, 3_000)
                        .rtt("sluice", Waiting.FUTEX, 64, 10_000)
                        .rtt("sluice", Waiting.SPIN, 64, 600);
        String said = page(run.build());
        assertTrue(said.contains("In round trips without a pause between them, a wake-up"), said);
        assertFalse(said.contains("After a pause of"), said);
        new SyntheticResults()
                .afterPause("pipe", Waiting.BLOCK, 64, 90_000)
                .afterPause("sluice", Waiting.FUTEX, 64, 80_000)
                .build()
                .measurements()
                .forEach(m -> run.measurement(after(1_000_000, m)));
        said = page(run.build());
        assertTrue(
                said.matches(
                        "(?s).*After a pause of 1.00\u00a0ms a message and its answer take 9\\d.\\d"
                                + "\u00a0µs .*? through the pipe and 8\\d.\\d\u00a0µs .*?in all.*"),
                said);
    }

    private static Measurement after(long gapNs, Measurement m) {
        Factors factors = FactorsBuilder.builder(m.factors()).gapNs(gapNs).build();
        return new Measurement(m.id(), factors, m.status(), null, null, m.forks());
    }

    private static String page(Results results) {
        return HtmlReport.render(results);
    }

    /** The step was called sleeping where the reader had not slept. */
    @Test
    void aStepOfAReaderThatDidNotSleepIsNotCalledSleeping() {
        String said =
                Wording.kernel(
                        new SyntheticResults()
                                .rttWithoutSleep("pipe", Waiting.BLOCK, 64, 12_000)
                                .rtt("pipe.hint", Waiting.HINT, 64, 3_000)
                                .rtt("sluice", Waiting.SPIN, 64, 600)
                                .build());
        assertTrue(said.contains("+ waiting, not always asleep"), said);
        assertFalse(said.contains("+ sleeping, being woken"), said);
    }

    /** It said that a futex wakes in 200 ns. */
    @Test
    void aWakeUpThatWasNotMeasuredHasNoNumber() {
        Results results =
                new SyntheticResults()
                        .rtt("pipe", Waiting.BLOCK, 64, 12_000)
                        .rtt("pipe.hint", Waiting.HINT, 64, 3_000)
                        .rttWithoutSleep("sluice", Waiting.FUTEX, 64, 1_000)
                        .rtt("sluice", Waiting.SPIN, 64, 600)
                        .build();
        String said = Wording.kernel(results).replace('\n', ' ');
        assertTrue(said.contains("between them, a wake-up costs 4.5"), said);
        assertTrue(
                said.contains(
                        "and an unknown time (in ping-pong its receiver did not sleep each time,"
                                + " and messages after a pause were not measured in both rows)"
                                + " through a futex"),
                said);
        assertTrue(said.contains("no number: the reader did not sleep each time"), said);
        assertFalse(said.contains("400\u00a0ns"), said);
    }

    private static SyntheticResults measurements(double block, double hint, double shared) {
        return new SyntheticResults()
                .rtt("pipe", Waiting.BLOCK, 64, block)
                .rtt("pipe.hint", Waiting.HINT, 64, hint)
                .rtt("sluice", Waiting.SPIN, 64, shared);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theVerdictSaysWhatTheNumbersAllow(VerdictCase given) {
        String text = text(given.results.build());
        given.said.forEach(
                part ->
                        assertTrue(
                                text.contains(part.replace(" %", "\u00a0%")), part + "\n" + text));
        given.notSaid.forEach(
                part ->
                        assertFalse(
                                text.contains(part.replace(" %", "\u00a0%")), part + "\n" + text));
    }

    @Test
    void theCaseForTheKernelIsAlwaysMade() {
        cases().forEach(
                        given ->
                                assertTrue(
                                        text(given.results.build())
                                                .contains("uses no CPU while there"),
                                        given.name));
    }

    @Test
    void oneForkIsNotGivenAnInterval() {
        String text =
                Verdict.comparison("a", new Estimate(5, Double.NaN, Double.NaN), "b", "interval");
        assertTrue(text.contains("one fork: no interval"), text);
    }

    @Test
    void theRangeOfFewForksIsCalledThat() {
        Results five = SyntheticResults.typical();
        assertTrue(text(five).contains("(range of 5 forks "), text(five));
        String page = HtmlReport.render(five);
        assertTrue(page.contains("the thin line the range of 5 forks"));
        assertFalse(page.contains("the thin line the 95 % interval"));
        assertFalse(page.contains(">95 % interval<"));
        Measurement measurement = five.measurements().get(0);
        Measurement one =
                new Measurement(
                        "one",
                        measurement.factors(),
                        Measurement.OK,
                        null,
                        null,
                        measurement.forks().subList(0, 1));
        assertEquals("range of 1 fork", Measurements.nameOfInterval(List.of(one)));
    }

    @Test
    void flagsAreReadWithTheNumbers() {
        Results results = measurements(12_000, 2_400, 450).build();
        Measurement first = results.measurements().get(0);
        Measurement flagged =
                new Measurement(
                        "f",
                        first.factors(),
                        Measurement.OK,
                        null,
                        List.of("V06", "V99"),
                        first.forks());
        SyntheticResults with =
                new SyntheticResults().measurement(flagged).rtt("sluice", Waiting.SPIN, 64, 450);
        assertEquals(
                List.of(
                        "V06 unstable: forks differ by more than 10 %: 1 of 2 measurements (f)",
                        "V99: 1 of 2 measurements (f)"),
                new Warnings(new ReportModel(with.build())).list());
        String terminal = Wording.of(with.build());
        assertTrue(terminal.contains("\n* V99: 1 of 2 measurements (f)\n"), terminal);
    }

    @Test
    void aWarningSaysInHowManyForksWhereItWasNotInAll() {
        Measurement first = measurements(12_000, 2_400, 450).build().measurements().get(0);
        Results results =
                new SyntheticResults()
                        .measurement(flagged(first, "some", Map.of("V14", 1)))
                        .measurement(flagged(first, "all", Map.of("V14", first.forks().size())))
                        .build();
        String share = "some (1 of " + first.forks().size() + " forks)";
        assertEquals(
                List.of(
                        "V14 page faults during the block: 2 of 2 measurements ("
                                + share
                                + ", all)"),
                new Warnings(new ReportModel(results)).list());
        String page = HtmlReport.render(results);
        assertTrue(page.contains("V14 page faults during the block (1 of "), page);
    }

    private static Measurement flagged(Measurement from, String id, Map<String, Integer> fired) {
        return new Measurement(
                id,
                from.factors(),
                from.status(),
                null,
                List.copyOf(fired.keySet()),
                from.forks(),
                fired,
                null);
    }

    @Test
    void aWarningIsStatedOnceWithTheMeasurementsItConcerns() {
        SyntheticResults all = new SyntheticResults();
        SyntheticResults most = new SyntheticResults();
        SyntheticResults half = new SyntheticResults();
        Measurement measurement = measurements(12_000, 2_400, 450).build().measurements().get(0);
        for (int i = 0; i < 9; i++) {
            all.measurement(flagged(measurement, "c" + i, "V05", "V05"));
            most.measurement(
                    i < 8 ? flagged(measurement, "c" + i, "V05") : flagged(measurement, "c8"));
            half.measurement(
                    i < 8 ? flagged(measurement, "c" + i, "V05") : flagged(measurement, "d"));
        }
        List<String> said = new Warnings(new ReportModel(all.build())).list();
        assertEquals(1, said.size(), said.toString());
        assertTrue(said.get(0).endsWith(": all 9 measurements"), said.toString());
        said = new Warnings(new ReportModel(most.build())).list();
        assertTrue(said.get(0).endsWith("8 of 9 measurements (all but c8)"), said.toString());
        for (int i = 0; i < 6; i++) {
            half.measurement(flagged(measurement, "e" + i));
        }
        said = new Warnings(new ReportModel(half.build())).list();
        assertTrue(
                said.get(0).endsWith("8 of 15 measurements (c0, c1, c2, c3, c4, c5 and 2 more)"),
                said.toString());
        String page = HtmlReport.render(most.build());
        String list = page.substring(page.indexOf("<ul class=\"warnings\">"));
        list = list.substring(0, list.indexOf("</ul>"));
        assertEquals(2, list.split("<li>").length, list);
    }

    private static Measurement flagged(Measurement measurement, String id, String... flags) {
        return new Measurement(
                id,
                measurement.factors(),
                Measurement.OK,
                null,
                List.of(flags),
                measurement.forks());
    }

    private static String text(Results results) {
        Verdict verdict = new Verdict(new ReportModel(results));
        return verdict.headline() + "\n" + String.join("\n", verdict.paragraphs());
    }

    @Test
    void aSmallShareIsNotNothing() {
        assertEquals("under 1\u00a0%", Units.percent(0.004));
        assertEquals("0\u00a0%", Units.percent(0));
        assertEquals("3\u00a0%", Units.percent(0.026));
    }
}
