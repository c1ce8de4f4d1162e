package io.sluice.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The C programs that docs/INDEPENDENT.md compares with: they compile, run and end. */
class IndependentProgramsTest {
    private static final long LIMIT_SECONDS = 60;

    @TempDir Path directory;

    @ParameterizedTest
    @CsvSource({
        "pipe.c, pipe there and back: [0-9.]+ us",
        "line.c, 'line there and back: [0-9]+ ns with the clock, [0-9]+ ns without'"
    })
    void compilesAndSaysWhatItMeasured(String source, String said) throws Exception {
        assumeTrue(hasCompiler(), "no gcc in PATH");
        Path program = directory.resolve(source + ".out");
        String compiled =
                run(
                        "gcc",
                        "-O2",
                        "-Wall",
                        "-Wextra",
                        "-Werror",
                        "-o",
                        program.toString(),
                        Path.of("src/test/c", source).toString());
        assertEquals("", compiled);
        String out = run(program.toString(), "1000");
        assertTrue(out.strip().matches(said), out);
        String guide = Files.readString(Path.of("docs/INDEPENDENT.md"));
        assertTrue(guide.contains("src/test/c/" + source), "the guide says how to compile it");
    }

    private static boolean hasCompiler() {
        return List.of(System.getenv("PATH").split(":")).stream()
                .anyMatch(each -> Files.isExecutable(Path.of(each, "gcc")));
    }

    private String run(String... command) throws IOException, InterruptedException {
        Path out = Files.createTempFile(directory, "out", "");
        Process process =
                new ProcessBuilder(List.of(command))
                        .redirectErrorStream(true)
                        .redirectOutput(out.toFile())
                        .start();
        boolean ended = process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
        process.destroyForcibly();
        String said = Files.readString(out);
        assertTrue(ended, String.join(" ", command) + " did not end: " + said);
        assertEquals(0, process.exitValue(), said);
        return said;
    }
}
