package io.sluice.compare.report;

import static io.sluice.compare.export.Metric.CPUS_BUSY;
import static io.sluice.compare.export.Metric.CPU_NS_PER_MESSAGE;
import static io.sluice.compare.export.Metric.SYSTEM_CALLS_PER_MESSAGE;
import static io.sluice.compare.export.Units.both;
import static io.sluice.compare.export.Units.value;

import io.sluice.compare.export.Units;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.stats.Attribution;
import io.sluice.compare.stats.Estimate;
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
                .ifPresent(pair -> ask(noun, pair.kernel(), pair.shared()));
    }

    private void ask(String noun, Row kernel, Row shared) {
        if (shared.get(SYSTEM_CALLS_PER_MESSAGE).isKnown()) {
            String here = shared.text(SYSTEM_CALLS_PER_MESSAGE);
            String there = kernel.text(SYSTEM_CALLS_PER_MESSAGE);
            ask(kernel.get(SYSTEM_CALLS_PER_MESSAGE), "calls", noun, there, here);
        }
        if (shared.get(CPU_NS_PER_MESSAGE).isKnown()) {
            ask(kernel.get(CPU_NS_PER_MESSAGE), "cpu", noun, cpu(kernel), cpu(shared));
        }
    }

    private static String cpu(Row row) {
        String busy = row.text(CPUS_BUSY);
        return Text.of("quiz.cpu.busy", row.text(CPU_NS_PER_MESSAGE), busy);
    }

    /** Adds a question, if what it needs is known. */
    private void ask(Estimate needed, String key, Object... values) {
        if (needed.isKnown()) {
            String answer = Text.of("quiz." + key + ".answer", values);
            questions.add(new Question(Text.of("quiz." + key, values), answer));
        }
    }
}
