package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The examples in C and in Python exchange messages with the Java example {@code TwoProcesses},
 * built by the lines of {@code docs/C.md}.
 */
@Timeout(120)
class CExamplesTest {
    private static final Path EXAMPLES =
            Path.of(System.getProperty("basedir", "")).toAbsolutePath().resolve("src/example");

    @TempDir static Path programs;
    private static Path library; // Null until a test needs it.

    @TempDir Path directory;

    @BeforeAll
    static void need() {
        CCompiler.need("gcc");
    }

    /** Checks that the page has the line that builds an example. */
    private static void assertBuiltBy(String line) throws Exception {
        String page = Files.readString(EXAMPLES.resolve("../../../docs/C.md"));
        assertTrue(page.contains("    cc " + line + "\n"), line);
    }

    private ChildJvm startReceiver(Path pipe) throws Exception {
        return ChildJvm.start(Class.forName("io.sluice.example.TwoProcesses"), "receive", pipe);
    }

    @Test
    void cSendsToTheJavaExample() throws Exception {
        assertBuiltBy("-std=c11 -O2 -I core/src/main/c -o greet core/src/example/c/greet.c");
        Path greet = CCompiler.compile(EXAMPLES.resolve("c/greet.c"), directory);
        Path pipe = directory.resolve("greetings");
        try (ChildJvm java = startReceiver(pipe);
                CProgram c = CProgram.start(greet, pipe)) {
            assertEquals("", c.finish());
            java.expectLine("received: hello from C");
            java.expectLine("received: from process two");
            java.expectLine("end of stream");
            assertEquals(0, java.waitFor());
        }
    }

    @Test
    void cReceivesFromTheJavaExample() throws Exception {
        assertBuiltBy("-std=c11 -O2 -I core/src/main/c -o listen core/src/example/c/listen.c");
        Path listen = CCompiler.compile(EXAMPLES.resolve("c/listen.c"), directory);
        Path pipe = directory.resolve("greetings");
        Pipe.create(pipe, PipeSpec.bounded()).close();
        Class<?> example = Class.forName("io.sluice.example.TwoProcesses");
        try (CProgram c = CProgram.start(listen, pipe);
                ChildJvm java = ChildJvm.start(example, "send", pipe)) {
            assertEquals("received: hello\nreceived: are you there?", c.finish());
            assertEquals(0, java.waitFor());
        }
    }

    private Path sharedObject() throws Exception {
        CCompiler.need("python3");
        assertBuiltBy(
                "-std=c11 -O2 -fPIC -shared -I core/src/main/c -o libsluice_ends.so"
                        + " core/src/example/python/sluice_ends.c");
        if (library == null) {
            library =
                    CCompiler.compile(
                            "gcc",
                            EXAMPLES.resolve("python/sluice_ends.c"),
                            programs.resolve("libsluice_ends.so"),
                            List.of("-std=c11", "-O2", "-fPIC", "-shared"));
        }
        return library;
    }

    @Test
    void pythonSendsToTheJavaExample() throws Exception {
        Path object = sharedObject();
        Path pipe = directory.resolve("greetings");
        try (ChildJvm java = startReceiver(pipe);
                CProgram python =
                        CProgram.start(
                                Path.of("python3"),
                                EXAMPLES.resolve("python/greet.py"),
                                object,
                                "send",
                                pipe)) {
            assertEquals("", python.finish());
            java.expectLine("received: hello from Python");
            java.expectLine("end of stream");
            assertEquals(0, java.waitFor());
        }
    }

    @Test
    void pythonReceivesFromJava() throws Exception {
        Path object = sharedObject();
        Pipe pipe = Pipe.create(directory.resolve("greetings"), PipeSpec.bounded());
        try (CProgram python =
                CProgram.start(
                        Path.of("python3"),
                        EXAMPLES.resolve("python/greet.py"),
                        object,
                        "receive",
                        pipe.path())) {
            try (PipeSender sender = pipe.sender()) {
                sender.send("hello".getBytes());
                python.expectLine("received: hello");
            }
            assertEquals("end of stream", python.finish());
        }
    }
}
