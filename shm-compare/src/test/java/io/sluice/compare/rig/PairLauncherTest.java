package io.sluice.compare.rig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is said of a fork that fails. */
@Timeout(60)
class PairLauncherTest {
    private static Process end(String script) throws IOException {
        return new ProcessBuilder("sh", "-c", script).start();
    }

    private static String failure(Process... ends) {
        return assertThrows(
                        IOException.class,
                        () -> PairLauncher.awaitLine(List.of(ends), 0, 1, Endpoint.RESULT, 7))
                .getMessage();
    }

    /** One that fails ends the others: what they were killed for is not that they were late. */
    @Test
    void theReasonIsThatOfTheEndThatFailedAndNotOfThoseThatItEnded() throws Exception {
        Process killed = end("exec sleep 1000");
        Process failed = end("echo ready; echo error it is full; exit 1");
        failed.waitFor();
        PairLauncher.kill(killed);
        assertEquals("the responder: it is full", failure(killed, failed));
    }

    @Test
    void anEndThatCrashedIsNotCalledLate() throws Exception {
        Process killed = end("exec sleep 1000");
        Process crashed = end("exit 134");
        crashed.waitFor();
        PairLauncher.kill(killed);
        assertEquals("an end left with status 134", failure(killed, crashed));
    }

    @Test
    void whatNeverEndsIsKilledAndSaysAfterHowLong() throws Exception {
        Process first = end("exec sleep 1000");
        Process second = end("exec sleep 1000");
        PairLauncher.kill(first);
        PairLauncher.kill(second);
        assertTrue(failure(first, second).contains("did not finish within 7 s"));
    }
}
