package io.sluice.compare.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compare.result.Results;
import io.sluice.compare.result.ResultsFile;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Ctrl-C of a real run: a terminal sends SIGINT to its ends, too. */
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
        List<String> said =
                interrupted("/500]", "-o", results.toString(), "--html", page.toString());
        assertTrue(said.stream().anyMatch(l -> l.startsWith("page: ")), said.toString());
        assertTrue(said.stream().noneMatch(l -> l.contains("FAILED")), said.toString());
        Results read = ResultsFile.read(results);
        assertTrue(read.run().interrupted());
        assertTrue(read.measurements().get(0).forks().size() < 500);
        assertTrue(read.measurements().get(0).usable(), read.measurements().get(0).reason());
        assertTrue(Files.readString(page).strip().endsWith("</html>"));
    }

    /** Results without numbers replaced those of an earlier run. */
    @Tag("proof")
    @Test
    void beforeItsFirstForkItWritesNothing() throws Exception {
        Path results = directory.resolve("results.json");
        Files.writeString(results, "earlier");
        List<String> said = interrupted("500 forks of each", "-o", results.toString());
        assertTrue(said.stream().anyMatch(l -> l.startsWith("results: none")), said.toString());
        assertEquals("earlier", Files.readString(results));
    }

    /** Interrupts a run, once it has printed a line with that text; returns what it then prints. */
    private static List<String> interrupted(String text, String... more) throws Exception {
        List<String> command = new ArrayList<>();
        command.add("setsid"); // A process group of its own, as a shell's job.
        command.add("env"); // It ignores SIGINT if this JVM does: as a job of a script.
        command.add("--default-signal=INT");
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(List.of("run", "--quiet-within=1ms", "--mechanisms=pipe", "--patterns=rtt"));
        command.addAll(List.of("--forks=500", "--budget=1s"));
        command.addAll(List.of(more));
        Process run = new ProcessBuilder(command).redirectErrorStream(true).start();
        CompletableFuture.delayedExecutor(DEADLINE_SECONDS, TimeUnit.SECONDS)
                .execute(run::destroyForcibly);
        try (BufferedReader said = run.inputReader()) {
            String line;
            do {
                line = said.readLine();
            } while (line != null && !line.contains(text));
            assertTrue(line != null, "it ended before it said " + text);
            int sent = new ProcessBuilder("kill", "-INT", "--", "-" + run.pid()).start().waitFor();
            assertEquals(0, sent);
            List<String> rest = said.lines().toList();
            assertTrue(run.waitFor(60, TimeUnit.SECONDS), "it did not end: " + rest);
            assertEquals(ENDED_BY_SIGINT, run.exitValue(), rest.toString());
            return rest;
        } finally {
            run.destroyForcibly();
        }
    }
}
