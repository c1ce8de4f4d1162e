package io.sluice.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** No package uses more of Sluice than ARCHITECTURE.md allows. */
class PackageDependencyTest {
    private static final String ROOT = "io.sluice";
    private static final Pattern NAME =
            Pattern.compile("\\b(io\\.sluice(?:\\.[a-z]\\w*)*)\\.([A-Z]\\w*)");

    private final Path sources = MarkdownPage.module().resolve("src/main/java");
    private final Map<String, Set<String>> allowed = new HashMap<>();

    @BeforeEach
    void read() throws IOException {
        for (List<String> row : table()) {
            allowed.put(row.get(0), types(row));
        }
    }

    private static List<List<String>> table() throws IOException {
        return MarkdownPage.read("ARCHITECTURE.md")
                .table("Allowed dependencies", "Package", "Uses", "Holds");
    }

    private static Set<String> types(List<String> row) {
        return Set.of(row.get(1).split(", *"));
    }

    /** Returns the types of io.sluice that inner packages may use. */
    static Set<String> leafTypes() throws IOException {
        return table().stream()
                .flatMap(row -> types(row).stream())
                .filter(name -> name.matches("[A-Z]\\w*"))
                .collect(Collectors.toSet());
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.walk(sources)) {
            return files.filter(f -> f.getFileName().toString().matches("[A-Z]\\w*\\.java"))
                    .sorted()
                    .toList();
        }
    }

    private String packageOf(Path file) {
        return sources.relativize(file.getParent()).toString().replace('/', '.');
    }

    /** Returns the types of Sluice that a file names with their packages, except in comments. */
    private static Set<String> used(Path file) throws IOException {
        Set<String> used = new TreeSet<>();
        for (String line : Files.readAllLines(file)) {
            if (!line.strip().matches("(//|/?\\*).*")) {
                Matcher matcher = NAME.matcher(line);
                while (matcher.find()) {
                    used.add(matcher.group());
                }
            }
        }
        return used;
    }

    @Test
    void nothingIsSeenThatThePageDoesNotAllow() throws IOException {
        Set<String> refused = new TreeSet<>();
        for (Path file : files()) {
            String from = packageOf(file);
            Set<String> seen = allowed.get(from);
            if (seen == null) {
                refused.add(from + " is not on the page");
                continue;
            }
            for (String type : used(file)) {
                String to = type.substring(0, type.lastIndexOf('.'));
                boolean leaf = to.equals(ROOT) && seen.contains(type.substring(ROOT.length() + 1));
                if (!to.equals(from) && !leaf && !seen.contains(to)) {
                    refused.add(from + "." + file.getFileName() + " sees " + type);
                }
            }
        }
        assertEquals(Set.of(), refused);
    }

    /** The factory of an interface's one implementation, which ARCHITECTURE.md names. */
    private static final Map<String, Set<String>> FACTORIES =
            Map.of("Mailbox", Set.of("io.sluice.mailbox.Mailboxes"));

    /** Types of io.sluice that inner packages may use: they use nothing, so there is no cycle. */
    @Test
    void theLeafTypesSeeNothing() throws IOException {
        for (String leaf : leafTypes()) {
            Path file = sources.resolve("io/sluice/" + leaf + ".java");
            assertEquals(FACTORIES.getOrDefault(leaf, Set.of()), used(file), leaf);
        }
    }
}
