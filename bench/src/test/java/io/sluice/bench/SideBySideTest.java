package io.sluice.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class SideBySideTest {
    @Test
    void everyKindHasItsTurnInEachRound() throws Exception {
        System.setProperty("sluice.warmup.ms", "20");
        System.setProperty("sluice.trial.ms", "50");
        System.setProperty("sluice.attempts", "1");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        List<String> contenders =
                List.of(
                        "stream/sluice",
                        "roundtrip/sluice",
                        "fanin/sluice",
                        "send/sluice",
                        "floor");
        ByteArrayOutputStream progress = new ByteArrayOutputStream();
        SideBySide.run(1, contenders, new PrintStream(bytes), new PrintStream(progress));
        assertEquals(
                1 + contenders.size(), progress.toString().lines().count(), progress::toString);
        String said = bytes.toString();
        for (String contender : contenders) {
            assertEquals(3, said.lines().filter(l -> l.startsWith(contender + " ")).count(), said);
        }
    }

    @Test
    void aTrialIsLeftOutThatAnotherProcessDisturbedOrThatWasNotWarm() {
        long nanos = 300_000_000;
        ResourceUse start = new ResourceUse(1_000, 500, 7_000, 40);
        long own = nanos / 1_000_000 * Cpus.count();
        ResourceUse quiet = new ResourceUse(1_000 + own, 500 + own, 7_003, 41);
        assertTrue(quiet.isWarmSince(start, nanos));
        assertFalse(quiet.isDisturbedSince(start, nanos));
        ResourceUse shared = new ResourceUse(1_000 + own, 500 + own * 8 / 10, 7_003, 41);
        assertTrue(shared.isDisturbedSince(start, nanos));
        ResourceUse faulting = new ResourceUse(1_000 + own, 500 + own, 8_000, 41);
        assertFalse(faulting.isWarmSince(start, nanos));
        ResourceUse compiling = new ResourceUse(1_000 + own, 500 + own, 7_003, 60);
        assertFalse(compiling.isWarmSince(start, nanos));
    }

    @Test
    void theKernelsCountersAreParsed() {
        String stat = "4711 (a ) b) R 1 2 3 0 -1 4194304 120 0 3 0 25 6 0 0 20 0 9 0 55";
        assertEquals(new ResourceUse(0, 310, 120, 0), ResourceUse.parse(stat));
        int cpu = Integer.parseInt(Cpus.list().split(",")[0]);
        assertEquals(
                136, ResourceUse.busyTicks("cpu" + cpu + " 100 20 3 9999 888 4 1 8 77 0"), "steal");
        assertEquals(0, ResourceUse.busyTicks("cpu  100 20 3 9999 888 4 1 8 77 0"), "the sum");
    }

    @Test
    void aTrialWhoseCpusMovedIsLeftOut() {
        TrialResult moved = TrialResult.parse("120.0 5e7 640.0 NONE 0 0");
        assertEquals(TrialResult.Exclusion.MOVED, moved.exclusion());
        TrialResult far = TrialResult.parse("620.0 5e7 640.0 NONE 2 1");
        assertTrue(far.counts(false));
        assertFalse(far.counts(true));
        assertEquals(far, TrialResult.parse(far.toString()));
    }

    @Test
    void anUnknownContenderIsNamed() {
        for (String name : List.of("strem/sluice", "stream/slice", "fanin/kernel-pipe")) {
            IllegalArgumentException e =
                    assertThrows(IllegalArgumentException.class, () -> Trial.check(name));
            assertTrue(e.getMessage().contains(name), e::toString);
            assertTrue(e.getMessage().contains("choose from"), e::toString);
        }
    }
}
