package io.sluice.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** No file contains a word of the old vocabulary. */
class VocabularyTest {
    private static final String LIST = "core/src/test/resources/io/sluice/docs/old-words.txt";
    private static final Pattern TEXT =
            Pattern.compile(
                    ".*\\.(java|md|pml|txt|xml|c|css|js|json|properties|sh|ya?ml)|.*/[a-z]+");

    /** The past: what has changed, and what was measured; the words, and their test. */
    private static final Pattern SKIPPED =
            Pattern.compile(
                    "\\.mvn/.*|CHANGELOG\\.md|shm-compare/docs/results/.*|.*/VocabularyTest.java|.*/META-INF/licenses/.*|"
                            + LIST);

    private static final Pattern TOKEN = Pattern.compile("\\w+");
    private static final Pattern PART = Pattern.compile("[A-Z]+(?![a-z])|[A-Z]?[a-z]+");

    /** A word or a part of identifiers, and the files that must not contain it. */
    private record Word(Pattern files, Pattern text) {}

    private final Map<String, List<Word>> words = new HashMap<>(); // By the first token.
    private final Map<String, Pattern> parts = new HashMap<>();

    @BeforeEach
    void read() throws IOException {
        Pattern where = Pattern.compile(".*");
        for (String line : Files.readAllLines(SourceFiles.root().resolve(LIST))) {
            if (line.startsWith("@")) {
                where = Pattern.compile(line.substring(1));
            } else if (line.matches("\\*\\w+")) {
                parts.put(line.substring(1), where);
            } else if (!line.isEmpty() && !line.startsWith("#")) {
                Matcher token = TOKEN.matcher(line);
                assertTrue(token.find(), line);
                String before = Pattern.quote(line.substring(0, token.start()));
                String rest = line.substring(token.start());
                rest = Pattern.quote(rest).replace(" ", "\\E\\s+(?:(?:\\*|//)\\s+)?\\Q");
                words.computeIfAbsent(token.group(), t -> new ArrayList<>())
                        .add(
                                new Word(
                                        where,
                                        Pattern.compile("(?<=" + before + ")" + rest + "(?!\\w)")));
            }
        }
    }

    private Set<String> found(String name, String text) {
        Set<String> found = new TreeSet<>();
        Matcher token = TOKEN.matcher(text);
        while (token.find()) {
            for (Word word : words.getOrDefault(token.group(), List.of())) {
                Matcher matcher = word.text.matcher(text);
                matcher.region(token.start(), text.length()).useTransparentBounds(true);
                if (word.files.matcher(name).matches() && matcher.lookingAt()) {
                    long line =
                            1 + text.chars().limit(token.start()).filter(c -> c == '\n').count();
                    found.add(name + ":" + line + ": " + matcher.group());
                }
            }
        }
        if (name.endsWith(".java")) {
            Matcher identifier = TOKEN.matcher(SourceFiles.code(text));
            while (identifier.find()) {
                Matcher part = PART.matcher(identifier.group());
                while (part.find()) {
                    Pattern files = parts.get(part.group().toLowerCase(Locale.ROOT));
                    if (files != null && files.matcher(name).matches()) {
                        found.add(name + ": " + identifier.group());
                    }
                }
            }
        }
        return found;
    }

    @Test
    void noFileContainsAnOldWord() throws IOException {
        Set<String> found = new TreeSet<>();
        List<Path> files =
                SourceFiles.list(
                        path -> TEXT.matcher(path).matches() && !SKIPPED.matcher(path).matches());
        for (Path file : files) {
            String name = SourceFiles.root().relativize(file).toString();
            found.addAll(found(name, name));
            found.addAll(found(name, Files.readString(file)));
        }
        assertEquals(Set.of(), found);
        assertTrue(files.size() > 700, () -> "only " + files.size());
    }

    @Test
    void anOldWordIsFound() {
        String text = "/** A bell\n * of an exclusive\n * lane. */ class X { int theBells; }\n";
        assertEquals(
                Set.of("X.java:1: bell", "X.java:2: exclusive\n * lane", "X.java: theBells"),
                found("X.java", text));
        assertEquals(Set.of(), found("X.java", "// doorbell, rungs, LetIn, a Napster\n"));
        String forks = "// a cell, three launches\nclass X { int launchesOfCells; }";
        assertEquals(Set.of(), found("core/X.java", forks));
        String compare = "shm-compare/X.java";
        assertEquals(
                Set.of(
                        compare + ":1: cell",
                        compare + ":1: launches",
                        compare + ": launchesOfCells"),
                found(compare, forks));
    }
}
