package io.sluice.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        List<String> contenders =
                List.of("stream/sluice", "roundtrip/sluice", "fanin/sluice", "bulk");
        SideBySide.run(1, contenders, new PrintStream(bytes));
        String said = bytes.toString();
        assertEquals(1, said.lines().filter(l -> l.startsWith("round 0: ")).count(), said);
        for (String contender : contenders) {
            assertEquals(2, said.lines().filter(l -> l.startsWith(contender + " ")).count(), said);
        }
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
