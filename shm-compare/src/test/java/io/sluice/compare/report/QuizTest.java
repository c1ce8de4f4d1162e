package io.sluice.compare.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compare.result.Records;
import io.sluice.compare.result.Results;
import io.sluice.compare.result.Run;
import io.sluice.compare.result.Waiting;
import io.sluice.compare.stats.SyntheticResults;
import java.util.List;
import org.junit.jupiter.api.Test;

class QuizTest {
    @Test
    void eachAnswerIsWhatThisRunMeasured() {
        List<Quiz.Question> some = questions(run(12_000, 2_400, 450));
        assertEquals(5, some.size());
        assertTrue(some.get(0).answer().startsWith("12.0\u00a0µs ("), some.toString());
        assertTrue(some.get(1).answer().startsWith("80.0\u00a0% ("), some.toString());
        assertTrue(some.get(2).answer().startsWith("5.3"), some.toString());
        assertEquals("2.00 through the pipe, 0.00 through shared memory.", some.get(3).answer());
        List<Quiz.Question> others = questions(run(90_000, 9_000, 3_000));
        for (int i : List.of(0, 1, 2, 4)) {
            assertFalse(some.get(i).answer().equals(others.get(i).answer()), some.toString());
            assertEquals(some.get(i).text(), others.get(i).text());
        }
        assertTrue(others.get(0).answer().startsWith("90.1\u00a0µs"), others.toString());
    }

    @Test
    void theAnswersAreClosedAndEachHasASwitchOfItsOwn() {
        String page = HtmlReport.render(run(12_000, 2_400, 450).build());
        int begin = page.indexOf("<details class=\"predict\"") + 1;
        String part = page.substring(begin, page.indexOf("class=\"answer\""));
        assertFalse(part.matches("(?s).*<details[^>]*\\sopen.*"), part);
        assertTrue(
                page.contains(".predict[open] ~ * { display: none; }"), "what it hides while open");
        assertEquals(5, part.split("<details").length - 1, part);
        for (int i = 1; i <= 5; i++) {
            String answer = part.substring(part.indexOf("<summary>Answer</summary>"));
            assertTrue(answer.indexOf("</details>") > 0, part);
        }
        String asked = part.substring(0, part.indexOf("Answer</summary>"));
        assertFalse(asked.contains("12.0"), asked);
    }

    @Test
    void onlyTheLabAsks() {
        Results lab = run(12_000, 2_400, 450).build();
        Run r = lab.run();
        Run quick = Records.run(r.id(), null, null, "quick", r.seed(), r.forks(), null, null);
        Results other =
                Records.results(
                        lab.schema(),
                        lab.tool(),
                        quick,
                        lab.environment(),
                        lab.floorBefore(),
                        lab.floorAfter(),
                        lab.measurements());
        assertFalse(HtmlReport.render(other).contains("Predict first"));
    }

    @Test
    void thereIsNoQuestionWithoutItsMeasurement() {
        SyntheticResults hintless =
                new SyntheticResults()
                        .rtt("pipe", Waiting.BLOCK, 64, 12_000)
                        .rtt("sluice", Waiting.SPIN, 64, 450);
        List<Quiz.Question> some = questions(hintless);
        assertEquals(3, some.size(), some.toString());
        SyntheticResults pipeOnly = new SyntheticResults().rtt("pipe", Waiting.BLOCK, 64, 12_000);
        assertFalse(HtmlReport.render(pipeOnly.build()).contains("Predict first"));
    }

    private static SyntheticResults run(double block, double hint, double shared) {
        return new SyntheticResults()
                .rtt("pipe", Waiting.BLOCK, 64, block)
                .rtt("pipe.hint", Waiting.HINT, 64, hint)
                .rtt("sluice", Waiting.SPIN, 64, shared);
    }

    private static List<Quiz.Question> questions(SyntheticResults results) {
        return new Quiz(new ReportModel(results.build())).questions();
    }
}
