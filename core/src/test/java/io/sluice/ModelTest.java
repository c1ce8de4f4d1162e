package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The models in {@code src/model}, checked by SPIN: each holds, and its mutants are detected. Three
 * are checked in their smallest configuration, with one mutant; with {@code -Pproof}, all in all
 * small configurations with all mutants. {@code docs/MODELS.md} describes the models.
 *
 * <p>Skipped without {@code spin} or {@code gcc}, unless {@code -Dsluice.models=required}.
 */
@Order(2) // Cannot be split, so it does not start last.
class ModelTest {
    private static final Path CHECK = Path.of("src", "model", "check");
    private static final Path SOURCES = Path.of("src", "main", "java");
    private static final int DEADLINE_SECONDS = 1200;

    @TempDir Path directory;

    private String run(int expectedStatus, Path check, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(check.toAbsolutePath().toString()));
        command.addAll(List.of(arguments));
        Path output = Files.createTempFile(directory, "check", ".txt");
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile());
        builder.environment().put("JAVA_SOURCES", SOURCES.toAbsolutePath().toString());
        Process process = builder.start();
        try {
            if (!process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
                fail("not done after " + DEADLINE_SECONDS + " s:\n" + Files.readString(output));
            }
        } finally {
            process.descendants().forEach(ProcessHandle::destroy);
            process.destroy();
        }
        String text = Files.readString(output);
        assertEquals(expectedStatus, process.exitValue(), () -> command + " said:\n" + text);
        return text;
    }

    private static void need(String program) {
        boolean found =
                Stream.of(System.getenv("PATH").split(File.pathSeparator))
                        .anyMatch(place -> Files.isExecutable(Path.of(place, program)));
        if (!found) {
            String message = "no " + program + " on the PATH: the models are not checked";
            if ("required".equals(System.getProperty("sluice.models"))) {
                fail(message);
            }
            System.out.println("ModelTest: " + message);
            abort(message);
        }
    }

    /** Copies the models, so that a test may modify them. */
    private Path copy() throws IOException {
        Path models = Files.createDirectories(directory.resolve("src/model"));
        try (Stream<Path> files = Files.list(CHECK.getParent())) {
            for (Path file : files.toList()) {
                Files.copy(file, models.resolve(file.getFileName()));
            }
        }
        return models.resolve("check");
    }

    private static void replace(Path file, String old, String replacement) throws IOException {
        String text = Files.readString(file);
        assertTrue(text.contains(old), () -> file + " has no " + old);
        Files.writeString(file, text.replace(old, replacement));
    }

    private static long count(List<String> lines, String result) {
        return lines.stream().filter(line -> line.contains(result)).count();
    }

    @Test
    void eachModelHoldsAndEachMutantIsCaught() throws Exception {
        need("spin");
        need("gcc");
        List<String> lines =
                run(0, CHECK, Proof.isProofBuild() ? "--small" : "--tiny").lines().toList();
        System.out.println("ModelTest: " + lines.getLast());
        Proof.MODELS.add(count(lines, "  holds  "), "not holding 0");
        Proof.MUTANTS.add(count(lines, "  mutant caught  "), "not caught 0");
    }

    @Test
    void theProofExpectsAllThatCheckLists() throws Exception {
        List<String> lines = run(0, CHECK, "--small", "--list").lines().toList();
        assertEquals(count(lines, " holds "), Proof.MODELS.least());
        assertEquals(count(lines, " caught "), Proof.MUTANTS.least());
    }

    @Tag("proof")
    @Test
    void aModelThatDoesNotHoldIsReportedWithItsTrail() throws Exception {
        need("spin");
        need("gcc");
        Path check = copy();
        replace(check.resolveSibling("spsc.pml"), "#ifndef MUT_NO_CLEAR", "#ifdef MUT_NO_CLEAR");
        String text = run(1, check, "--match", "M=4 K=1$|MUT_NO_CLEAR$", "spsc");
        assertTrue(text.contains("ERROR FOUND") && text.contains("assertion violated"), text);
        assertTrue(text.contains("NOT CAUGHT"), text);
        assertTrue(text.contains("proc "), text);
    }

    /** A mutant that no line runs, and a comment that names what is gone. */
    @Test
    void whatAModelAndItsTableDoNotShareIsADefect() throws Exception {
        Path check = copy();
        replace(check.resolveSibling("spsc.pml"), "MUT_UNMARKED", "MUT_UNLISTED");
        replace(
                check.resolveSibling("futex-event.pml"),
                "ReadySet.passWakeup",
                "ReadySet.passedOn");
        String text = run(1, check, "--list");
        assertTrue(text.contains("no line runs MUT_UNLISTED"), text);
        assertTrue(text.contains("does not know MUT_UNMARKED"), text);
        assertTrue(text.contains("ReadySet has no passedOn"), text);
    }
}
