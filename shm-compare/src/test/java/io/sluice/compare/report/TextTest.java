package io.sluice.compare.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TextTest {
    private static final Pattern CALL = Pattern.compile("Text\\.of\\(\\s*\"([^\"]+)\"[,)]");

    @Test
    void eachTextIsUsedAndEachThatIsUsedIsThere() throws IOException {
        StringBuilder sources = new StringBuilder();
        try (var files = Files.list(Path.of("src/main/java/io/sluice/compare/report"))) {
            for (Path file : files.toList()) {
                sources.append(Files.readString(file));
            }
        }
        Properties texts = new Properties();
        try (var in = Text.class.getResourceAsStream("text.properties")) {
            texts.load(in);
        }
        List<String> unused =
                texts.stringPropertyNames().stream()
                        .filter(key -> sources.indexOf('"' + key + '"') < 0)
                        // Numbers or results complete these names.
                        .filter(key -> !isCompleted(key, sources))
                        .toList();
        assertEquals(List.of(), unused, "not used");
        List<String> absent =
                CALL.matcher(sources)
                        .results()
                        .map(call -> call.group(1))
                        .filter(key -> !texts.containsKey(key))
                        .toList();
        assertEquals(List.of(), absent, "not there");
    }

    /** Tests whether the sources have a beginning of a key: "quiz." of "quiz.time.answer". */
    private static boolean isCompleted(String key, StringBuilder sources) {
        return IntStream.range(0, key.length())
                .filter(i -> key.charAt(i) == '.')
                .anyMatch(i -> sources.indexOf('"' + key.substring(0, i + 1) + '"') >= 0);
    }
}
