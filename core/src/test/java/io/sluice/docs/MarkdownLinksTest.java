package io.sluice.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the documents name is there: files, headings, tests. */
class MarkdownLinksTest {
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ +(.*)$");
    private static final Pattern TEST = Pattern.compile("`(\\w+Test)`");
    private static final Pattern CODE = Pattern.compile("(?ms)^```.*?^```|`[^`\\n]*`");

    private final Path root = MarkdownPage.module().getParent();
    private List<Path> pages;

    @BeforeEach
    void find() throws IOException {
        pages = new ArrayList<>();
        pages.addAll(markdown(root, 1));
        pages.addAll(markdown(root.resolve("docs"), 9));
        pages.addAll(markdown(root.resolve("shm-compare/docs"), 9));
        pages.addAll(markdown(root.resolve("shm-compare"), 1));
        assertTrue(pages.size() > 20, () -> "only " + pages);
    }

    private static List<Path> markdown(Path directory, int depth) throws IOException {
        try (Stream<Path> files = Files.walk(directory, depth)) {
            return files.filter(file -> file.toString().endsWith(".md")).sorted().toList();
        }
    }

    @Test
    void everyLinkLeadsToAFileAndAHeading() throws IOException {
        Set<String> dead = new TreeSet<>();
        int links = 0;
        for (Path page : pages) {
            Matcher matcher = LINK.matcher(CODE.matcher(Files.readString(page)).replaceAll(""));
            while (matcher.find()) {
                String link = matcher.group(1);
                links++;
                if (!link.matches("[a-z]+:.*") && !isThere(page, link)) {
                    dead.add(root.relativize(page) + ": " + link);
                }
            }
        }
        assertEquals(Set.of(), dead);
        assertTrue(links > 60, "only " + links + " links");
    }

    private static boolean isThere(Path page, String link) throws IOException {
        int hash = link.indexOf('#');
        String file = hash < 0 ? link : link.substring(0, hash);
        Path target = file.isEmpty() ? page : page.resolveSibling(file).normalize();
        return Files.isRegularFile(target)
                && (hash < 0 || anchors(target).contains(link.substring(hash + 1)));
    }

    /** Returns the anchors that a page has on GitHub. */
    private static Set<String> anchors(Path page) throws IOException {
        Set<String> anchors = new HashSet<>();
        Matcher matcher = HEADING.matcher(Files.readString(page));
        while (matcher.find()) {
            String words = matcher.group(1).strip().toLowerCase(Locale.ROOT);
            anchors.add(words.replaceAll("[^\\w\\- ]", "").replace(' ', '-'));
        }
        return anchors;
    }

    @Test
    void everyTestThatIsNamedExists() throws IOException {
        Set<String> tests;
        try (Stream<Path> files = Files.walk(root)) {
            tests =
                    files.map(file -> file.getFileName().toString())
                            .filter(name -> name.endsWith("Test.java"))
                            .map(name -> name.replace(".java", ""))
                            .collect(Collectors.toSet());
        }
        Set<String> unknown = new TreeSet<>();
        for (Path page : pages) {
            Matcher matcher = TEST.matcher(Files.readString(page));
            while (matcher.find()) {
                if (!tests.contains(matcher.group(1))) {
                    unknown.add(root.relativize(page) + ": " + matcher.group(1));
                }
            }
        }
        assertEquals(Set.of(), unknown);
    }

    @Test
    void theFrontPagesStayShort() throws IOException {
        assertTrue(Files.readAllLines(root.resolve("README.md")).size() <= 120);
        String architecture = Files.readString(root.resolve("docs/ARCHITECTURE.md"));
        assertTrue(architecture.split("\\s+").length <= 1200);
    }
}
