package io.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.cli.Sluice.CommandResult;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The script starts the command, with classes from an archive that it makes once. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ScriptTest {
    private static final Path SCRIPT = Path.of("src/main/sh/sluice");

    @TempDir Path directory;

    private Path script = SCRIPT;
    private Path jar;
    private Path cache;

    /** Makes a jar like the one of the build, which is made after the tests. */
    @BeforeEach
    void makeJar() throws IOException {
        jar = directory.resolve("sluice.jar");
        cache = directory.resolve("cache");
        Manifest manifest = new Manifest();
        Attributes attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.put(Attributes.Name.MAIN_CLASS, SluiceCommand.class.getName());
        attributes.putValue("Enable-Native-Access", "ALL-UNNAMED");
        List<Path> classes = new ArrayList<>();
        List<String> others = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path path = Path.of(entry);
            if (entry.endsWith(".jar")) {
                others.add(path.toUri().toString());
            } else if (entry.endsWith("/classes")) {
                classes.add(path);
            }
        }
        attributes.put(Attributes.Name.CLASS_PATH, String.join(" ", others));
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file, manifest)) {
            for (Path root : classes) {
                add(root, out);
            }
        }
    }

    private static void add(Path root, JarOutputStream jar) throws IOException {
        try (Stream<Path> files = Files.walk(root.resolve("io"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                jar.putNextEntry(new ZipEntry(root.relativize(file).toString()));
                Files.copy(file, jar);
            }
        }
    }

    private Process start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("sh", script.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        Sluice.clean(builder);
        builder.environment().put("SLUICE_JAR", jar.toString());
        builder.environment().put("SLUICE_CACHE", cache.toString());
        builder.environment().put("JAVA25_HOME", System.getProperty("java.home"));
        return builder.start();
    }

    private CommandResult run(String... arguments) throws Exception {
        return Sluice.await(start(arguments));
    }

    private List<String> cached() throws IOException {
        try (Stream<Path> files = Files.list(cache)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void itWorksWithoutAPlaceForTheArchive() throws Exception {
        Files.createFile(cache);
        CommandResult result = run("--version");
        assertEquals(0, result.status(), result::toString);
        assertEquals("sluice development\n", result.out());
        assertEquals("", result.err());
    }

    @Test
    void whatIsMissingIsNamed() throws Exception {
        script = Files.copy(SCRIPT, directory.resolve("sluice"));
        CommandResult bridge = run("bridge", "out", "pipe", "b:1", "a:1");
        assertEquals(1, bridge.status());
        String message = "sluice: there is no sluice-bridge.jar beside " + directory.toRealPath();
        assertTrue(bridge.err().startsWith(message), bridge::toString);
        Files.copy(jar, directory.resolve("sluice-bridge.jar"));
        assertEquals("sluice development\n", run("bridge", "--version").out());
        Files.delete(jar);
        CommandResult missing = run("ls");
        assertEquals(1, missing.status());
        message = "sluice: there is no sluice.jar beside " + directory.toRealPath();
        assertTrue(missing.err().startsWith(message), missing::toString);
    }

    /** The second start maps the archive that the first has made. */
    @Test
    @Tag("proof")
    void theArchiveIsMadeOnceAndUsed() throws Exception {
        String pipe = directory.resolve("pipe").toString();
        Pipes.create(Path.of(pipe), Pipes.PipeSample.BOUNDED, "a");
        CommandResult first = run("--version");
        assertEquals("sluice development\n", first.out());
        assertEquals("", first.err());
        List<String> made = cached();
        assertEquals(2, made.size(), made::toString);
        assertTrue(made.get(0).endsWith(".aot"), made::toString);
        Process cat = start("cat", "--lines", "--follow", pipe);
        assertEquals("a", cat.inputReader().readLine());
        String maps = Files.readString(Path.of("/proc/" + cat.pid() + "/maps"));
        cat.toHandle().destroyForcibly();
        assertTrue(maps.contains(made.get(0)), maps);
        assertEquals(made, cached());
    }
}
