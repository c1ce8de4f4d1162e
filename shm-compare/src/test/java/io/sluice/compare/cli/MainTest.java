package io.sluice.compare.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compare.result.Results;
import io.sluice.compare.result.ResultsFile;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class MainTest {
    @TempDir Path directory;

    private record Outcome(int status, String out, String err) {}

    private static synchronized Outcome run(String... arguments) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream caughtOut = new ByteArrayOutputStream();
        ByteArrayOutputStream caughtErr = new ByteArrayOutputStream();
        System.setOut(new PrintStream(caughtOut, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(caughtErr, true, StandardCharsets.UTF_8));
        try {
            int status = Main.run(arguments);
            return new Outcome(
                    status,
                    caughtOut.toString(StandardCharsets.UTF_8),
                    caughtErr.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }

    @Test
    void listNamesEveryMechanism() {
        Outcome outcome = run("list");
        assertEquals(0, outcome.status());
        for (String id : List.of("pipe", "fifo", "uds.stream", "pipe.hint", "sluice")) {
            assertTrue(outcome.out().contains("\n" + id + " "), outcome.out());
        }
    }

    @Test
    void everyVerbHasHelp() {
        for (String verb : List.of("run", "list", "floor", "report")) {
            Outcome outcome = run(verb, "--help");
            assertEquals(0, outcome.status());
            assertTrue(outcome.out().contains("Usage: shm-compare " + verb), outcome.out());
        }
    }

    @Test
    void wrongArgumentsAreNamedWithWhatIsRight() {
        String[][] wrong = {
            {"run", "--suite", "huge"},
            {"run", "--mechanisms", "carrier-pigeon"},
            {"run", "--sizes", "12"},
            {"run", "--patterns", "chaos"},
            {"run", "--launches", "0"},
            {"run", "--cpus", "0,4095"},
            {"run", "-o", "/no/such/directory/results.json"},
            {"explode"}
        };
        for (String[] arguments : wrong) {
            Outcome outcome = run(arguments);
            assertEquals(2, outcome.status(), String.join(" ", arguments));
            String value = arguments[arguments.length - 1];
            String named = value.startsWith("/") ? "/no/such/directory" : value;
            assertTrue(outcome.err().contains(named), outcome.err());
        }
    }

    @Test
    void resultsThatAreNotThereAreAnErrorOfOneLine() {
        Outcome outcome = run("report", directory.resolve("none.json").toString());
        assertEquals(1, outcome.status());
        assertEquals(1, outcome.err().lines().count(), outcome.err());
        assertTrue(outcome.err().contains("none.json"), outcome.err());
    }

    @Test
    void aRunWritesResultsAndAPageWhichReportMakesAgain() throws Exception {
        Path results = directory.resolve("results.json");
        Path page = directory.resolve("report.html");
        Outcome outcome =
                run(
                        "run",
                        "--mechanisms=pipe,sluice/spin",
                        "--patterns=rtt",
                        "--sizes=64",
                        "--launches=1",
                        "-o",
                        results.toString(),
                        "--html",
                        page.toString());
        assertEquals(0, outcome.status(), outcome.out() + outcome.err());
        assertTrue(outcome.out().contains("[  2/2]"), outcome.out());
        assertTrue(outcome.out().contains(page.toString()), outcome.out());
        Results read = ResultsFile.read(results);
        assertEquals(2, read.cells().size());
        Path again = directory.resolve("again.html");
        assertEquals(0, run("report", results.toString(), "-o", again.toString()).status());
        assertEquals(Files.readString(page), Files.readString(again));
    }
}
