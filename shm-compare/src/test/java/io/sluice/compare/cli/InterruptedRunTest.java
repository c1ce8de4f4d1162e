package io.sluice.compare.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compare.result.Results;
import io.sluice.compare.result.ResultsFile;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Ctrl-C of a real run: a terminal sends SIGINT to its ends, too. */
@Tag("minutes")
@Timeout(120)
class InterruptedRunTest {
    /** What a shell reports for a process that SIGINT ended. */
    private static final int ENDED_BY_SIGINT = 128 + 2;

    /** Then the run is killed, and the test fails with what it has printed. */
    private static final int DEADLINE_SECONDS = 110;

    @TempDir Path directory;

    @Tag("proof")
    @Test
    void itWritesResultsAndPageBeforeItEnds() throws Exception {
        Path results = directory.resolve("results.json");
        Path page = directory.resolve("page.html");
        Process run =
                new ProcessBuilder(
                                "setsid", // A process group of its own, as a shell's job.
                                "env", // It ignores SIGINT if this JVM does: as a job of a script.
                                "--default-signal=INT",
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Main.class.getName(),
                                "run",
                                "--quiet-within=1ms",
                                "--mechanisms=pipe",
                                "--patterns=rtt",
                                "--forks=500",
                                "--budget=1s",
                                "-o",
                                results.toString(),
                                "--html",
                                page.toString())
                        .redirectErrorStream(true)
                        .start();
        CompletableFuture.delayedExecutor(DEADLINE_SECONDS, TimeUnit.SECONDS)
                .execute(run::destroyForcibly);
        try (BufferedReader said = run.inputReader()) {
            String line;
            do {
                line = said.readLine();
            } while (line != null && !line.contains("/500]"));
            assertTrue(line != null, "it ended before its first fork");
            int sent = new ProcessBuilder("kill", "-INT", "--", "-" + run.pid()).start().waitFor();
            assertEquals(0, sent);
            List<String> rest = said.lines().toList();
            assertTrue(rest.stream().anyMatch(l -> l.startsWith("page: ")), rest.toString());
            assertTrue(rest.stream().noneMatch(l -> l.contains("FAILED")), rest.toString());
            assertTrue(run.waitFor(60, TimeUnit.SECONDS), "it did not end: " + rest);
            assertEquals(ENDED_BY_SIGINT, run.exitValue(), rest.toString());
        } finally {
            run.destroyForcibly();
        }
        Results read = ResultsFile.read(results);
        assertTrue(read.run().interrupted());
        assertTrue(read.measurements().get(0).forks().size() < 500);
        assertTrue(read.measurements().get(0).usable(), read.measurements().get(0).reason());
        assertTrue(Files.readString(page).strip().endsWith("</html>"));
    }
}
