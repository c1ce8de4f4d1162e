package io.sluice.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The README's Java compiles as it stands, and runs. */
@Tag("minutes")
@Timeout(60)
class ReadmeTest {
    private static final Path README = Path.of("../README.md");
    private static final Pattern SNIPPET = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL);

    @TempDir Path directory;

    @Test
    void everySnippetCompilesAndRuns() throws Exception {
        List<String> snippets = new ArrayList<>();
        Matcher matcher = SNIPPET.matcher(Files.readString(README));
        while (matcher.find()) {
            snippets.add(matcher.group(1));
        }
        assertEquals(3, snippets.size(), "snippets in the README");
        for (int i = 0; i < snippets.size(); i++) {
            run("Snippet" + i, snippets.get(i));
        }
    }

    private void run(String name, String snippet) throws Exception {
        Path source = directory.resolve(name + ".java");
        Files.writeString(
                source,
                "import io.sluice.*;\n"
                        + "import static java.lang.foreign.ValueLayout.JAVA_INT;\n"
                        + "public class "
                        + name
                        + " {\n  public static void run(java.nio.file.Path path) throws Exception"
                        + " {\n"
                        + snippet
                        + "  }\n}\n");
        StringWriter errors = new StringWriter();
        var compiler = ToolProvider.getSystemJavaCompiler();
        boolean compiled =
                compiler.getTask(
                                errors,
                                null,
                                null,
                                List.of(
                                        "-d",
                                        directory.toString(),
                                        "-cp",
                                        System.getProperty("java.class.path")),
                                null,
                                compiler.getStandardFileManager(null, null, null)
                                        .getJavaFileObjects(source))
                        .call();
        assertTrue(compiled, () -> snippet + "\n" + errors);
        try (URLClassLoader loader = new URLClassLoader(new URL[] {directory.toUri().toURL()})) {
            loader.loadClass(name)
                    .getMethod("run", Path.class)
                    .invoke(null, directory.resolve("pipe-of-" + name));
        }
    }
}
