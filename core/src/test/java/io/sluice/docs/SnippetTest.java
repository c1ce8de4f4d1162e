package io.sluice.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The Java of the documents compiles as it stands, and runs. */
@Timeout(60)
class SnippetTest {
    private static final Pattern SNIPPET = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL);

    /** The documents, relative to the module, and how many snippets each has. */
    private static final Map<String, Integer> DOCUMENTS =
            Map.of(
                    "../README.md", 2,
                    "../docs/GUIDE.md", 6,
                    "../docs/COMING-FROM.md", 7,
                    "../docs/OPERATING.md", 1,
                    "../docs/GUARANTEES.md", 0);

    @TempDir Path directory;

    @Test
    void everySnippetCompilesAndRuns() throws Exception {
        Map<String, String> snippets = new LinkedHashMap<>();
        for (String document : DOCUMENTS.keySet().stream().sorted().toList()) {
            List<String> found = snippets(document);
            assertEquals(DOCUMENTS.get(document), found.size(), "snippets in " + document);
            String name = document.replaceAll(".*/|\\.md|\\W", "");
            for (int i = 0; i < found.size(); i++) {
                snippets.put(name + (i + 1), found.get(i));
            }
        }
        compile(snippets);
        try (URLClassLoader loader = new URLClassLoader(new URL[] {directory.toUri().toURL()})) {
            for (String name : snippets.keySet()) {
                loader.loadClass(name)
                        .getMethod("run", Path.class)
                        .invoke(null, directory.resolve("pipe-of-" + name));
            }
        }
    }

    private static List<String> snippets(String document) throws IOException {
        List<String> snippets = new ArrayList<>();
        Matcher matcher =
                SNIPPET.matcher(Files.readString(MarkdownPage.module().resolve(document)));
        while (matcher.find()) {
            snippets.add(matcher.group(1));
        }
        return snippets;
    }

    private void compile(Map<String, String> snippets) throws IOException {
        List<Path> sources = new ArrayList<>();
        for (Map.Entry<String, String> snippet : snippets.entrySet()) {
            Path source = directory.resolve(snippet.getKey() + ".java");
            Files.writeString(source, program(snippet.getKey(), snippet.getValue()));
            sources.add(source);
        }
        StringWriter errors = new StringWriter();
        var compiler = ToolProvider.getSystemJavaCompiler();
        List<String> options =
                List.of("-d", directory.toString(), "-cp", System.getProperty("java.class.path"));
        boolean compiled =
                compiler.getTask(
                                errors,
                                null,
                                null,
                                options,
                                null,
                                compiler.getStandardFileManager(null, null, null)
                                        .getJavaFileObjectsFromPaths(sources))
                        .call();
        assertTrue(compiled, errors::toString);
    }

    /** A snippet is the body of a method, with the imports that it begins with. */
    private static String program(String name, String snippet) {
        String imports =
                snippet.lines()
                        .filter(line -> line.startsWith("import "))
                        .collect(Collectors.joining("\n"));
        String body =
                snippet.lines()
                        .filter(line -> !line.startsWith("import "))
                        .collect(Collectors.joining("\n"));
        return """
        import io.sluice.*;
        import static java.lang.foreign.ValueLayout.JAVA_INT;
        %s
        public class %s {
            public static void run(java.nio.file.Path path) throws Exception {
        %s
            }
        }
        """
                .formatted(imports, name, body);
    }
}
