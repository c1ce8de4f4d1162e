package io.sluice.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Ends are configured by options: only three types read system properties, for the process. */
class SystemPropertiesTest {
    private static final Pattern READ =
            Pattern.compile(
                    "System\\.getProperty\\(|Boolean\\.getBoolean\\(|Integer\\.getInteger\\("
                            + "|Long\\.getLong\\(");

    @Test
    void onlyTheProcessIsConfiguredByProperties() throws IOException {
        Set<String> readers = new TreeSet<>();
        try (Stream<Path> files = Files.walk(MarkdownPage.module().resolve("src/main/java"))) {
            for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
                if (READ.matcher(Files.readString(file)).find()) {
                    readers.add(file.getFileName().toString());
                }
            }
        }
        // Futex, Membarrier: whether the kernel's call is used. Platform: os.name and os.arch.
        assertEquals(
                Set.copyOf(List.of("Futex.java", "Membarrier.java", "Platform.java")), readers);
        Path guide = MarkdownPage.module().resolve("../docs/GUIDE.md");
        assertTrue(Files.readString(guide).contains("`io.sluice.membarrier=false`"));
        assertTrue(Files.readString(guide).contains("`io.sluice.futex_waitv=false`"));
    }
}
