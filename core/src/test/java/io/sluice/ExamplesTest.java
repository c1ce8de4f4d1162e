package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each example prints what its comment states, when it is run as the comment states. */
@Tag("alone") // It replaces System.out.
@Timeout(60)
class ExamplesTest {
    private static final Path DIRECTORY =
            Path.of(System.getProperty("basedir", ""), "src", "example").toAbsolutePath();
    private static final Path SOURCES = DIRECTORY.resolve("java/io/sluice/example");
    private static final Pattern BLOCK =
            Pattern.compile(
                    "<p>(Run|Prints)[^:]*:\\n \\*\\n \\* <pre>\\{@code\\n(.*?) \\* }</pre>",
                    Pattern.DOTALL);
    private static final String COMMAND = "java @core/src/example/args io.sluice.example.";

    @TempDir Path directory;

    static List<String> examples() throws IOException {
        try (Stream<Path> files = Files.list(SOURCES)) {
            return files.map(file -> file.getFileName().toString().replace(".java", ""))
                    .sorted()
                    .toList();
        }
    }

    /** Returns the lines of a block of the example's comment. */
    private static List<String> block(String source, String name) {
        Matcher matcher = BLOCK.matcher(source);
        while (matcher.find()) {
            if (matcher.group(1).equals(name)) {
                return matcher.group(2).lines().map(line -> line.substring(3)).toList();
            }
        }
        throw new AssertionError("no block \"" + name + "\" in\n" + source);
    }

    @ParameterizedTest
    @MethodSource("examples")
    void printsWhatItsCommentStates(String example) throws Exception {
        String source = Files.readString(SOURCES.resolve(example + ".java"));
        Class<?> main = Class.forName("io.sluice.example." + example);
        List<String[]> commands = new ArrayList<>();
        for (String command : block(source, "Run")) {
            assertTrue(command.startsWith(COMMAND + example), command);
            String arguments = command.substring((COMMAND + example).length()).strip();
            commands.add(
                    arguments.isEmpty()
                            ? new String[0]
                            : arguments.replace("/dev/shm", directory.toString()).split(" "));
        }
        List<String> printed =
                commands.size() == 1 ? run(main, commands.get(0)) : runInChildren(main, commands);
        assertEquals(block(source, "Prints"), printed);
    }

    private static List<String> run(Class<?> main, String[] arguments) throws Exception {
        Method method = main.getMethod("main", String[].class);
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream out = System.out;
        try (PrintStream capture = new PrintStream(printed, true)) {
            System.setOut(capture);
            method.invoke(null, (Object) arguments);
        } finally {
            System.setOut(out);
        }
        return printed.toString().lines().toList();
    }

    private static List<String> runInChildren(Class<?> main, List<String[]> commands)
            throws Exception {
        List<ChildJvm> children = new ArrayList<>();
        List<String> printed = new ArrayList<>();
        try {
            for (String[] arguments : commands) {
                children.add(ChildJvm.start(main, (Object[]) arguments));
            }
            for (ChildJvm child : children) {
                assertEquals(0, child.waitFor());
                for (String line; (line = child.readLine()) != null; ) {
                    printed.add(line);
                }
            }
        } finally {
            children.forEach(ChildJvm::close);
        }
        return printed;
    }

    @Test
    void eachIsInTheTableOfTheGuide() throws IOException {
        Path guide = DIRECTORY.resolve("../../../docs/GUIDE.md");
        Matcher links =
                Pattern.compile("\\.\\./core/src/example/java/io/sluice/example/(\\w+)\\.java")
                        .matcher(Files.readString(guide));
        assertEquals(examples(), links.results().map(link -> link.group(1)).sorted().toList());
    }
}
