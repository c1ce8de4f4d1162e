package io.sluice.compare.result;

import java.util.ArrayList;
import java.util.List;

/**
 * The rule for publishing a run. It is applied before a run, to decide whether it starts, and after
 * it, to say whether its numbers may be published.
 */
public final class Gate {
    /** The suite whose runs may be published. */
    public static final String SUITE = "publish";

    /** Forks that each of its measurements gets. */
    public static final int FORKS = 10;

    private Gate() {}

    /**
     * Returns the doctor's findings that forbid to publish.
     *
     * @param notes all its findings
     * @return the findings that forbid to publish
     */
    public static List<Note> refusals(List<Note> notes) {
        return notes.stream().filter(note -> Note.RED.equals(note.level())).toList();
    }

    /**
     * Returns the reasons why a run may not be published.
     *
     * @param results the run
     * @return one reason each, in words; none if it may be published
     */
    public static List<String> reasons(Results results) {
        Run run = results.run();
        String suite = run == null ? "not recorded" : run.suite();
        int forks = run == null ? 0 : run.forks();
        List<String> reasons = new ArrayList<>();
        if (!SUITE.equals(suite)) {
            reasons.add("its suite was %s, not %s".formatted(suite, SUITE));
        }
        if (forks < FORKS) {
            reasons.add(forks + (forks == 1 ? " fork" : " forks") + " a measurement, not " + FORKS);
        }
        if (run != null && run.interrupted()) {
            reasons.add("it was stopped before its end");
        }
        Grade grade = run == null ? null : run.grade();
        if (grade != null && !Grade.QUOTABLE.equals(grade.letter())) {
            reasons.add("its grade is " + grade.letter() + ", not " + Grade.QUOTABLE);
        }
        if (results.audit().isEmpty()) {
            reasons.add("its system calls were not counted independently: it has no audit");
        }
        if (results.environment() == null) {
            reasons.add("no doctor looked at the machine");
        } else {
            refusals(results.environment().notes())
                    .forEach(note -> reasons.add("the doctor says no: " + note.text()));
        }
        return reasons;
    }
}
