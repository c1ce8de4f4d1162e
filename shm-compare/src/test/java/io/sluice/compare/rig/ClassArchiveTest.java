package io.sluice.compare.rig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compare.cli.Main;
import io.sluice.compare.transport.PackedClassPath;
import io.sluice.compare.transport.Role;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the forks share. */
@Timeout(120)
class ClassArchiveTest {
    private static final long DEADLINE_SECONDS = 100;

    @TempDir Path directory;

    /**
     * This class path, its directories as jars: as users have it. The first names the others in its
     * manifest, as the main jar names the peers'.
     */
    private String jars() throws IOException {
        ToolProvider jar = ToolProvider.findFirst("jar").orElseThrow();
        String[] entries = PackedClassPath.UNPACKED.split(File.pathSeparator);
        List<String> jars = new ArrayList<>();
        for (int i = entries.length - 1; i >= 0; i--) {
            String entry = entries[i];
            if (Files.isDirectory(Path.of(entry))) {
                String made = directory.resolve("classes-" + i + ".jar").toString();
                Path manifest = directory.resolve("manifest");
                Files.writeString(
                        manifest,
                        i > 0 ? "" : "Class-Path: \n  " + String.join("\n  ", jars) + "\n");
                assertEquals(
                        0,
                        jar.run(
                                System.out,
                                System.err,
                                "-cfm",
                                made,
                                manifest.toString(),
                                "-C",
                                entry,
                                "."),
                        entry);
                jars.add(made);
            } else if (Files.exists(Path.of(entry))) {
                jars.add(entry);
            }
        }
        return jars.getLast();
    }

    private Map<String, FileTime> archivesAfterARun(String jars, Path cache) throws Exception {
        Path output = directory.resolve("output");
        ProcessBuilder builder =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                jars,
                                Main.class.getName(),
                                "floor")
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile());
        builder.environment().put("XDG_CACHE_HOME", cache.toString());
        Process run = builder.start();
        try {
            assertTrue(run.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS), Files.readString(output));
        } finally {
            run.destroyForcibly();
        }
        assertEquals(0, run.exitValue(), Files.readString(output));
        Map<String, FileTime> archives = new TreeMap<>();
        try (Stream<Path> files = Files.walk(cache)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                archives.put(file.getFileName().toString(), Files.getLastModifiedTime(file));
            }
        }
        return archives;
    }

    @Tag("proof")
    @Test
    void eachSideHasOneThatTheNextRunOfTheSameJarUses() throws Exception {
        String jars = jars();
        Path cache = Files.createDirectory(directory.resolve("cache"));
        Map<String, FileTime> made = archivesAfterARun(jars, cache);
        assertEquals(Set.of(Role.INITIATOR + ".jsa", Role.RESPONDER + ".jsa"), made.keySet());
        assertEquals(made, archivesAfterARun(jars, cache));
    }

    @Test
    void directoriesOfClassesHaveNone() {
        assertFalse(ClassArchive.isPossible(List.of(directory)));
    }
}
