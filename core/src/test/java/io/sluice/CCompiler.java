package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
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

/**
 * Compiles the C programs of the tests and examples, with each warning as an error.
 *
 * <p>A test that needs a compiler is skipped without one, unless {@code -Dsluice.c=required}.
 */
public final class CCompiler {
    private static final Path BASE = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
    private static final int DEADLINE_SECONDS = 120;

    private CCompiler() {}

    /** Returns the directory of the header. */
    public static Path headers() {
        return BASE.resolve("src/main/c");
    }

    /** Returns a source file of the tests. */
    public static Path test(String name) {
        return BASE.resolve("src/test/c").resolve(name);
    }

    /** Tests whether a program is on the path. */
    public static boolean isAvailable(String program) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(place -> Files.isExecutable(Path.of(place, program)));
    }

    /** Skips the test if a program is missing. */
    public static void need(String program) {
        if (!isAvailable(program)) {
            String message = "no " + program + " on the PATH: sluice.h is not tested with it";
            if ("required".equals(System.getProperty("sluice.c"))) {
                fail(message);
            }
            System.out.println("CCompiler: " + message);
            abort(message);
        }
    }

    /** Compiles a program with gcc as C11; optimized, which takes long, in a proof or by a flag. */
    public static Path compile(Path source, Path directory, String... flags)
            throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of("-std=c11", "-O" + Proof.size(0, 2)));
        all.addAll(List.of(flags));
        String name = source.getFileName().toString().replace(".c", "");
        return compile("gcc", source, directory.resolve(name), all);
    }

    /** Compiles a program. */
    public static Path compile(String compiler, Path source, Path program, List<String> flags)
            throws IOException, InterruptedException {
        need(compiler);
        List<String> command = new ArrayList<>(List.of(compiler));
        command.addAll(List.of("-Wall", "-Wextra", "-Werror", "-pedantic", "-Wshadow"));
        command.addAll(flags);
        command.addAll(List.of("-I", headers().toString(), "-o", program.toString()));
        command.addAll(List.of(source.toString(), "-pthread"));
        Path output = Files.createTempFile("sluice-compile-", ".txt");
        try {
            Process process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(output.toFile())
                            .start();
            if (!process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                fail("not done after " + DEADLINE_SECONDS + " s: " + command);
            }
            String text = Files.readString(output);
            assertEquals(0, process.exitValue(), () -> command + " said:\n" + text);
            return program;
        } finally {
            Files.delete(output);
        }
    }
}
