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

/** The tests that GUARANTEES.md and PROOF.md name exist, so that each promise has one. */
class NamedTestsTest {
    /** A class, or one and a member, in code style. */
    private static final Pattern NAME =
            Pattern.compile("`([A-Z]\\w*(?:Test|Stress))(?:\\.(\\w+))?`");

    private static Map<String, String> tests() throws IOException {
        Map<String, String> sources = new TreeMap<>();
        for (Path file : SourceFiles.list(path -> path.endsWith(".java"))) {
            String name = file.getFileName().toString().replace(".java", "");
            if (NAME.matcher("`" + name + "`").matches()) {
                sources.put(name, Files.readString(file));
            }
        }
        return sources;
    }

    @Test
    void theyExist() throws IOException {
        Map<String, String> sources = tests();
        Set<String> missing = new TreeSet<>();
        int found = 0;
        for (String page : new String[] {"GUARANTEES.md", "PROOF.md"}) {
            Path path = SourceFiles.root().resolve("docs").resolve(page);
            Matcher matcher = NAME.matcher(Files.readString(path));
            while (matcher.find()) {
                String source = sources.get(matcher.group(1));
                String member = matcher.group(2);
                boolean exists =
                        source != null
                                && (member == null
                                        || source.contains("void " + member + "(")
                                        || source.contains("class " + member + " "));
                if (!exists) {
                    missing.add(page + ": " + matcher.group());
                }
                found++;
            }
        }
        assertEquals(Set.of(), missing);
        int count = found;
        assertTrue(count > 150, () -> "only " + count);
    }
}
