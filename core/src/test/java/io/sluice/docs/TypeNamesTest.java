package io.sluice.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** One name of a type stands for one thing in the repository; only private ones share a name. */
class TypeNamesTest {
    private static final Pattern DECLARATION =
            Pattern.compile(
                    "(?m)^([\\w@(\" ,.-]*\\b)?(?:class|interface|enum|record)\\s+([A-Z]\\w*)\\s*[<({\\s]");

    @Test
    void aNameStandsForOneType() throws IOException {
        Map<String, Set<String>> places = new TreeMap<>();
        Set<String> visible = new TreeSet<>();
        for (Path file : SourceFiles.list(path -> path.endsWith(".java"))) {
            String code = SourceFiles.code(Files.readString(file));
            Matcher matcher = DECLARATION.matcher(code);
            while (matcher.find()) {
                String name = matcher.group(2);
                boolean added =
                        places.computeIfAbsent(name, n -> new TreeSet<>())
                                .add(SourceFiles.root().relativize(file).toString());
                assertTrue(added, () -> name + " twice in " + file);
                if (!matcher.group().contains("private ")) {
                    visible.add(name);
                }
            }
        }
        assertTrue(visible.size() > 700, () -> "only " + visible.size());
        places.values().removeIf(files -> files.size() == 1);
        places.keySet().retainAll(visible);
        assertEquals(Map.of(), places);
    }
}
