package io.sluice.compare.rig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compare.cli.Main;
import io.sluice.compare.transport.Role;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the launches share. */
@Tag("minutes")
@Timeout(120)
class ClassArchiveTest {
    private static final long DEADLINE_SECONDS = 100;

    @TempDir Path directory;

    /** This class path, its directories as jars: as users have it. */
    private String jars() throws IOException {
        List<String> jars = new ArrayList<>();
        ToolProvider jar = ToolProvider.findFirst("jar").orElseThrow();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path path = Path.of(entry);
            if (Files.isDirectory(path)) {
                String made = directory.resolve("classes-" + jars.size() + ".jar").toString();
                assertEquals(
                        0, jar.run(System.out, System.err, "-cf", made, "-C", entry, "."), entry);
                jars.add(made);
            } else if (Files.exists(path)) {
                jars.add(entry);
            }
        }
        return String.join(File.pathSeparator, jars);
    }

    private static void collect(Path scratch, Set<String> archives) throws IOException {
        try (Stream<Path> files = Files.walk(scratch)) {
            for (Path file : files.toList()) {
                if (file.toString().endsWith(".jsa") && Files.size(file) > 0) {
                    archives.add(file.getFileName().toString());
                }
            }
        } catch (IOException | UncheckedIOException e) {
            // A file has just gone.
        }
    }

    @Tag("proof")
    @Test
    void eachSideHasOneWhileTheRunLastsAndNothingIsLeft() throws Exception {
        Path scratch = Files.createDirectory(directory.resolve("scratch"));
        Path output = directory.resolve("output");
        Process run =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Djava.io.tmpdir=" + scratch,
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                jars(),
                                Main.class.getName(),
                                "floor")
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        Set<String> archives = new TreeSet<>();
        try {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
            while (!run.waitFor(5, TimeUnit.MILLISECONDS)) {
                collect(scratch, archives);
                assertTrue(System.nanoTime() < end, () -> "still running, with " + archives);
            }
        } finally {
            run.destroyForcibly();
        }
        String said = Files.readString(output);
        assertEquals(0, run.exitValue(), said);
        assertEquals(Set.of(Role.INITIATOR + ".jsa", Role.RESPONDER + ".jsa"), archives, said);
        try (Stream<Path> left = Files.list(scratch)) {
            assertEquals(List.of(), left.toList());
        }
    }

    @Test
    void directoriesOfClassesHaveNone() {
        assertEquals(List.of(), ClassArchive.flags(Role.INITIATOR));
    }
}
