package io.sluice.compare.rig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compare.transport.Role;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is said of a fork that fails. */
@Tag("alone")
@Timeout(60)
class EndProcessesTest {
    private static final String NEVER_ENDS = "exec sleep 1000";

    /** Starts an initiator and a responder, and returns why their results do not come. */
    private static String failure(EndProcesses ends, String initiator, String responder)
            throws Exception {
        Process first = ends.start(Role.INITIATOR, List.of("sh", "-c", initiator));
        Process second = ends.start(Role.RESPONDER, List.of("sh", "-c", responder));
        if (!responder.equals(NEVER_ENDS)) {
            second.waitFor();
            first.toHandle().destroyForcibly();
        }
        return assertThrows(IOException.class, ends::results).getMessage();
    }

    /** One that fails ends the others: what they were killed for is not that they were late. */
    @Test
    void theReasonIsThatOfTheEndThatFailedAndNotOfThoseThatItEnded() throws Exception {
        try (EndProcesses ends = new EndProcesses(7)) {
            String failed = "echo ready; echo error it is full; exit 1";
            assertEquals("the responder: it is full", failure(ends, NEVER_ENDS, failed));
        }
    }

    @Test
    void anEndThatCrashedIsNotCalledLate() throws Exception {
        try (EndProcesses ends = new EndProcesses(7)) {
            assertEquals("an end left with status 134", failure(ends, NEVER_ENDS, "exit 134"));
        }
    }

    /** A stop between two starts left the second one running. */
    @Test
    void whatIsStartedAfterAllWereKilledIsKilled() throws Exception {
        try (EndProcesses ends = new EndProcesses(1000)) {
            ends.kill();
            Process late = ends.start(Role.INITIATOR, List.of("sh", "-c", NEVER_ENDS));
            assertEquals(128 + 9, late.waitFor());
        }
    }

    @Test
    void whatNeverEndsIsKilledAndSaysAfterHowLong() throws Exception {
        try (EndProcesses ends = new EndProcesses(1)) {
            String said = failure(ends, NEVER_ENDS, NEVER_ENDS);
            assertTrue(said.contains("did not finish within 1 s"), said);
        }
    }
}
