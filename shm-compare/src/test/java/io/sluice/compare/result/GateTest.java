package io.sluice.compare.result;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compare.rig.Suites;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GateTest {
    private static final Note GUEST = Records.note(Note.YELLOW, "a guest", null);
    private static final Note BUSY = Records.note(Note.RED, "CPU 1 is busy", "wait");
    private static final List<Audit> AUDITED =
            List.of(new Audit("pipe", Waiting.BLOCK, 1000, Map.of("read", 1000L), "strace"));

    @Test
    void whatMayBePublishedIsWhatTheSuiteMakesOnAMachineWithoutRed() {
        assertEquals(List.of(), Gate.reasons(run(Gate.SUITE, 10, false, AUDITED, GUEST)));
        assertEquals(Gate.SUITE, Suites.of(Gate.SUITE).name());
        assertEquals(Gate.FORKS, Suites.of(Gate.SUITE).forks());
    }

    @Test
    void eachReasonIsSaid() {
        only("the doctor says no: CPU 1 is busy", run(Gate.SUITE, 10, false, AUDITED, BUSY));
        only("its suite was lab, not publish", run("lab", 10, false, AUDITED, GUEST));
        only("1 fork a measurement, not 10", run(Gate.SUITE, 1, false, AUDITED, GUEST));
        only("it was stopped before its end", run(Gate.SUITE, 10, true, AUDITED, GUEST));
        only(
                "its system calls were not counted independently: it has no audit",
                run(Gate.SUITE, 10, false, List.of(), GUEST));
    }

    /** It was publishable with the grade "do not quote". */
    @Test
    void onlyAQuotableRunIsPublished() {
        Results run = run(Gate.SUITE, 10, false, AUDITED, GUEST);
        only("its grade is C, not A", graded(run, Grade.DO_NOT_QUOTE));
        only("its grade is B, not A", graded(run, Grade.USABLE));
        assertEquals(List.of(), Gate.reasons(graded(run, Grade.QUOTABLE)));
    }

    private static Results graded(Results results, String letter) {
        Run run = RunBuilder.builder(results.run()).grade(new Grade(letter, List.of())).build();
        return ResultsBuilder.builder(results).run(run).build();
    }

    @Test
    void anEmptyFileIsNotPublished() {
        Results nothing = Records.results(Results.SCHEMA, null, null, null, null, null, null);
        assertTrue(Gate.reasons(nothing).contains("no doctor looked at the machine"));
        assertTrue(Gate.reasons(nothing).contains("its suite was not recorded, not publish"));
    }

    private static void only(String reason, Results results) {
        assertEquals(List.of(reason), Gate.reasons(results));
    }

    static Results run(String suite, int forks, boolean interrupted, List<Audit> audit, Note note) {
        return ResultsBuilder.builder()
                .schema(Results.SCHEMA)
                .run(Records.run("1", null, null, suite, 1, forks, null, null, interrupted, false))
                .environment(
                        Records.environment(
                                null,
                                0,
                                null,
                                null,
                                null,
                                null,
                                null,
                                null,
                                null,
                                0,
                                0,
                                List.of(note),
                                null))
                .audit(audit)
                .build();
    }
}
