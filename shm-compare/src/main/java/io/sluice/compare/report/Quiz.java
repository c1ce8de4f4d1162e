package io.sluice.compare.report;

import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.stats.Attribution;
import io.sluice.compare.stats.Estimate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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

    Quiz(ReportModel model) {
        this.model = model;
    }

    /** Returns the questions of a lab; none if it measured too few of the answers. */
    List<Question> ofLab() {
        List<Question> questions = questions();
        return LAB.equals(model.run.suite()) && questions.size() >= MIN_QUESTIONS
                ? questions
                : List.of();
    }

    List<Question> questions() {
        List<Question> questions = new ArrayList<>();
        model.headline()
                .ifPresent(
                        a -> {
                            time(a).ifPresent(questions::add);
                            waiting(a).ifPresent(questions::add);
                            shared(a).ifPresent(questions::add);
                            calls(a).ifPresent(questions::add);
                            cpu(a).ifPresent(questions::add);
                        });
        return questions;
    }

    private Optional<Question> time(Attribution a) {
        Estimate time = a.roundTripNs(a.block());
        return when(
                time.isKnown(),
                "Two processes, a message of "
                        + Units.bytes(a.size())
                        + " and its answer, through a blocking "
                        + Series.noun(a.kernel())
                        + ": how long does it take? Nanoseconds, microseconds, milliseconds?",
                Units.both(time, Units::time) + ".");
    }

    private Optional<Question> waiting(Attribution a) {
        Estimate share = a.waitingShare();
        return when(
                share.isKnown(),
                "The kernel copies each message twice, and wakes the end that waits for it. Which"
                        + " part of that time goes into sleeping and being woken?",
                Verdict.share(share, "waiting to be woken") + ".");
    }

    private Optional<Question> shared(Attribution a) {
        Estimate time = a.roundTripNs(a.shared());
        Estimate ratio = a.ratio(a.hint(), a.shared());
        return when(
                time.isKnown() && ratio.isKnown(),
                "Neither end sleeps: how many times as long as shared memory does the "
                        + Series.noun(a.kernel())
                        + " take then?",
                Units.both(ratio, Units::times)
                        + " times: "
                        + Units.value(a.roundTripNs(a.hint()), Units::time)
                        + " against "
                        + Units.value(time, Units::time)
                        + ".");
    }

    private Optional<Question> calls(Attribution a) {
        Optional<Row> kernel = row(a.kernel(), Factors.BLOCK, a);
        Optional<Row> shared = row("sluice", Factors.SPIN, a);
        boolean known =
                kernel.isPresent()
                        && shared.isPresent()
                        && kernel.get().summary().systemCalls().isKnown()
                        && shared.get().summary().systemCalls().isKnown();
        return when(
                known,
                "How many system calls does a message in one direction make through the blocking "
                        + Series.noun(a.kernel())
                        + ", both ends together? And how many through shared memory on which both"
                        + " spin?",
                known
                        ? Units.value(kernel.get().summary().systemCalls(), Units::hundredths)
                                + " through the "
                                + Series.noun(a.kernel())
                                + ", "
                                + Units.value(
                                        shared.get().summary().systemCalls(), Units::hundredths)
                                + " through shared memory."
                        : "");
    }

    private Optional<Question> cpu(Attribution a) {
        Optional<Row> kernel = row(a.kernel(), Factors.BLOCK, a);
        Optional<Row> shared = row("sluice", Factors.SPIN, a);
        boolean known =
                kernel.isPresent()
                        && shared.isPresent()
                        && kernel.get().summary().cpuNs().isKnown()
                        && shared.get().summary().cpuNs().isKnown();
        return when(
                known,
                "One sleeps while it waits, the other spins and never lets go of its CPU. Which of"
                        + " the two uses more CPU time for a message, in round trips?",
                known ? cpu(a, kernel.get(), shared.get()) : "");
    }

    private static String cpu(Attribution a, Row kernel, Row shared) {
        return "The blocking "
                + Series.noun(a.kernel())
                + " uses "
                + cpu(kernel)
                + ", shared memory "
                + cpu(shared)
                + ". While no message comes, the one that sleeps uses nothing.";
    }

    private static String cpu(Row row) {
        return Units.value(row.summary().cpuNs(), Units::time)
                + " (with "
                + Units.value(row.summary().cpusBusy(), Units::hundredths)
                + " CPUs busy)";
    }

    private Optional<Row> row(String mechanism, String waiting, Attribution a) {
        return model.row(mechanism, waiting, Pattern.RTT, a.size());
    }

    private static Optional<Question> when(boolean known, String asks, String answer) {
        return known ? Optional.of(new Question(asks, answer)) : Optional.empty();
    }
}
