package io.sluice.compare.report;

import static io.sluice.compare.report.Units.both;
import static io.sluice.compare.report.Units.value;

import io.sluice.compare.result.Pattern;
import io.sluice.compare.stats.Attribution;
import io.sluice.compare.stats.Estimate;
import io.sluice.compare.stats.Summary;
import java.util.ArrayList;
import java.util.List;

/**
 * Questions to answer before reading the numbers, in the lab: a reader that has predicted a number
 * notices a surprising one. Each answer is what this run measured; there is no question about what
 * it did not measure.
 */
final class Quiz {
    private static final String LAB = "lab";
    private static final int MIN_QUESTIONS = 3;

    /** A question, and what was measured. */
    record Question(String text, String answer) {}

    private final ReportModel model;
    private final List<Question> questions = new ArrayList<>();

    Quiz(ReportModel model) {
        this.model = model;
        model.headline().ifPresent(this::ask);
    }

    /** Returns the questions of a lab; none if it measured too few of the answers. */
    List<Question> ofLab() {
        boolean asks = LAB.equals(model.run.suite()) && questions.size() >= MIN_QUESTIONS;
        return asks ? questions : List.of();
    }

    List<Question> questions() {
        return questions;
    }

    private void ask(Attribution a) {
        String noun = Series.noun(a.kernel());
        Estimate block = a.roundTripNs(a.block());
        ask(block, "time", Units.bytes(a.size()), noun, both(block, Units::time));
        Estimate waiting = a.waitingShare();
        ask(waiting, "waiting", Verdict.share(waiting, "waiting to be woken"));
        Estimate ratio = a.ratio(a.hint(), a.shared());
        String hinted = value(a.roundTripNs(a.hint()), Units::time);
        String spinning = value(a.roundTripNs(a.shared()), Units::time);
        ask(ratio, "shared", noun, both(ratio, Units::times), hinted, spinning);
        model.pair(a.kernel(), Pattern.RTT, a.size())
                .ifPresent(pair -> ask(noun, pair.kernel().summary(), pair.shared().summary()));
    }

    private void ask(String noun, Summary kernel, Summary shared) {
        if (shared.systemCalls().isKnown()) {
            String here = value(shared.systemCalls(), Units::hundredths);
            String there = value(kernel.systemCalls(), Units::hundredths);
            ask(kernel.systemCalls(), "calls", noun, there, here);
        }
        if (shared.cpuNs().isKnown()) {
            ask(kernel.cpuNs(), "cpu", noun, cpu(kernel), cpu(shared));
        }
    }

    private static String cpu(Summary summary) {
        String busy = value(summary.cpusBusy(), Units::hundredths);
        return Text.of("quiz.cpu.busy", value(summary.cpuNs(), Units::time), busy);
    }

    /** Adds a question, if what it needs is known. */
    private void ask(Estimate needed, String key, Object... values) {
        if (needed.isKnown()) {
            String answer = Text.of("quiz." + key + ".answer", values);
            questions.add(new Question(Text.of("quiz." + key, values), answer));
        }
    }
}
