package io.sluice.compare.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compare.result.Fork;
import io.sluice.compare.result.Grade;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Note;
import io.sluice.compare.result.Records;
import io.sluice.compare.result.Results;
import io.sluice.compare.result.ResultsBuilder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GradingTest {
    /** The typical results with so many forks, some of them disturbed. */
    private static Grade grade(int forks, int disturbed, String level) {
        return grade(forks, "V05", disturbed, level);
    }

    /** The typical results with so many forks, in some of which a rule fired. */
    private static Grade grade(int forks, String rule, int blocks, String level) {
        Results typical = SyntheticResults.typical();
        List<Measurement> measurements = new ArrayList<>();
        for (Measurement m : typical.measurements()) {
            List<Fork> some =
                    m.forks().isEmpty() ? List.of() : Collections.nCopies(forks, m.forks().get(0));
            Map<String, Integer> fired = blocks == 0 ? Map.of() : Map.of(rule, blocks);
            measurements.add(
                    new Measurement(
                            m.id(), m.factors(), m.status(), m.reason(), null, some, fired, null));
        }
        var machine = new SyntheticResults().note(level, "others used the CPUs", null).build();
        return Grading.of(
                Records.results(
                        Results.SCHEMA,
                        null,
                        typical.run(),
                        machine.environment(),
                        typical.floorBefore(),
                        typical.floorAfter(),
                        measurements));
    }

    @Test
    void aQuietRunOfManyForksIsQuotable() {
        Grade grade = grade(10, 0, Note.YELLOW);
        assertEquals(Grade.QUOTABLE, grade.letter(), grade.toString());
        assertEquals(List.of(), grade.reasons());
    }

    @Test
    void fewForksAreUsableAndOneIsNot() {
        assertEquals(Grade.USABLE, grade(3, 0, Note.GREEN).letter());
        Grade one = grade(1, 0, Note.GREEN);
        assertEquals(Grade.DO_NOT_QUOTE, one.letter());
        assertTrue(one.reasons().toString().contains("1 fork"), one.toString());
    }

    /** A disturbed run looked like any other. */
    @Test
    void aDisturbedRunIsNotToBeQuotedAndSaysWhy() {
        Grade some = grade(10, 1, Note.GREEN);
        assertEquals(Grade.USABLE, some.letter(), some.toString());
        Grade most = grade(10, 6, Note.GREEN);
        assertEquals(Grade.DO_NOT_QUOTE, most.letter());
        assertTrue(most.reasons().toString().contains("disturbed by others"), most.toString());
    }

    /** Java's compiler at work in two thirds of all blocks was no reason. */
    @Test
    void blocksInWhichTheCompilerWorkedAreAReason() {
        assertEquals(Grade.QUOTABLE, grade(10, "V13", 2, Note.GREEN).letter());
        Grade most = grade(10, "V13", 6, Note.GREEN);
        assertEquals(Grade.USABLE, most.letter());
        assertTrue(most.reasons().toString().contains("compiler or collector"), most.toString());
    }

    /** Blocks are no forks: 120 pairs of processes were called 324 forks. */
    @Test
    void aSumOverTheRunIsOfBlocks() {
        long blocks =
                10L
                        * SyntheticResults.typical().measurements().stream()
                                .filter(m -> !m.forks().isEmpty())
                                .count();
        String reasons = grade(10, 6, Note.GREEN).reasons().toString();
        assertTrue(reasons.contains(blocks * 6 / 10 + " of " + blocks + " blocks were"), reasons);
    }

    /** "The floor differs" was said when a system call did, and the cache line did not. */
    @Test
    void aFloorThatMovedSaysWhatOfItMoved() {
        Results typical = SyntheticResults.typical();
        Results moved =
                ResultsBuilder.builder(typical)
                        .flags(List.of("V07"))
                        .floorBefore(Records.floor(24, 6, 1450, 411, 610))
                        .floorAfter(Records.floor(24, 6, 1160, 421, 610))
                        .build();
        String reasons = Grading.of(moved).reasons().toString();
        assertTrue(
                reasons.contains("a system call took 1450 ns before the run and 1160 ns after it"),
                reasons);
    }

    @Test
    void aRedFindingIsTheMachinesVeto() {
        Grade grade = grade(10, 0, Note.RED);
        assertEquals(Grade.DO_NOT_QUOTE, grade.letter());
        assertTrue(grade.reasons().contains("others used the CPUs"), grade.toString());
    }
}
