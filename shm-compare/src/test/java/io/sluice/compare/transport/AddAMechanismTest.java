package io.sluice.compare.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.children.ClassCache;
import io.sluice.compare.cli.Main;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.ResultsFile;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The page on how to add a mechanism: its example is compiled, found and measured. */
@Timeout(120)
class AddAMechanismTest {
    private static final Path PAGE = Path.of("docs/ADD-A-MECHANISM.md");
    private static final String CLASS = "example.SlotTransport";
    private static final String SERVICE = "META-INF/services/" + Transport.class.getName();

    @TempDir private Path directory;

    private void makeJarsContent() throws IOException {
        String page = Files.readString(PAGE);
        assertTrue(page.contains("In `" + SERVICE + "`:\n\n    " + CLASS + "\n"), "the line");
        String code = page.substring(page.indexOf("```java\n") + 8);
        Path source = directory.resolve("SlotTransport.java");
        Files.writeString(source, code.substring(0, code.indexOf("```")));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter said = new StringWriter();
        List<String> options =
                List.of(
                        "-Xlint:all,-path,-classfile",
                        "-Werror",
                        "-proc:none",
                        "-d",
                        directory.toString());
        try (var files = compiler.getStandardFileManager(null, null, null)) {
            var units = files.getJavaFileObjects(source);
            assertTrue(
                    compiler.getTask(said, files, null, options, null, units).call(),
                    said.toString());
        }
        Path service = directory.resolve(SERVICE);
        Files.createDirectories(service.getParent());
        Files.writeString(service, CLASS + "\n");
    }

    /**
     * Runs the program with an additional jar on the class path, as a user would; returns its
     * output.
     */
    private String run(int expected, String... arguments) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ClassCache.BRIEF);
        command.add("--enable-native-access=ALL-UNNAMED");
        String classPath = System.getProperty("java.class.path") + File.pathSeparator + directory;
        command.addAll(List.of("-cp", classPath, Main.class.getName()));
        command.addAll(List.of(arguments));
        Path output = directory.resolve("output");
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        boolean ended = process.waitFor(90, TimeUnit.SECONDS);
        process.destroyForcibly().waitFor();
        String said = Files.readString(output);
        assertTrue(ended, said);
        assertEquals(expected, process.exitValue(), said);
        return said;
    }

    @Tag("proof")
    @Test
    void theExampleIsCompiledFoundAndMeasured() throws Exception {
        makeJarsContent();
        assertTrue(
                run(0, "list")
                        .lines()
                        .anyMatch(line -> line.matches("  slot +spin +one message.*")));
        Path results = directory.resolve("results.json");
        String[] arguments = {
            "run",
            "--mechanisms",
            "slot",
            "--patterns",
            "rtt",
            "--sizes",
            "64",
            "--forks",
            "1",
            "-o",
            results.toString()
        };
        run(0, arguments);
        Measurement measurement = ResultsFile.read(results).measurements().get(0);
        assertEquals("slot/spin/rtt/64", measurement.id());
        assertEquals(1, measurement.forks().size());
    }

    @Test
    void aClassThatCannotBeLoadedIsNamedAndDoesNotHideTheOthers() throws Exception {
        makeJarsContent();
        Files.writeString(directory.resolve(SERVICE), "example.Missing\n" + CLASS + "\n");
        String list = run(0, "list");
        assertTrue(list.contains("cannot be used: "), list);
        assertTrue(list.contains("example.Missing"), list);
        assertTrue(list.lines().anyMatch(line -> line.startsWith("  slot ")), list);
    }
}
