package io.sluice.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.Proof;
import io.sluice.docs.EdgeComments.Edge;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Both sides of every edge name each other, and ORDERING.md lists exactly the edges of the code.
 */
class OrderingDocTest {
    /** A word of FORMAT.md, and where it is: {@code *hint*, lane 512}. */
    private static final Pattern NAMED_WORD =
            Pattern.compile("\\*([a-z ]+)\\*, (meta|block|lane|broadcast|slot|offer) (\\d+)");

    private static final Pattern STRESS_TEST = Pattern.compile("(?m)^ *@JCStressTest\\b");

    private static final Pattern HEADER_EDGE = Pattern.compile("edge ([A-Z_]{3,})");

    private static final Pattern HEADER_ACCESS =
            Pattern.compile("^(?!static ).*\\bsluice_(?:load_acquire|store_release|cas)\\(");

    private static EdgeComments code;

    @BeforeAll
    static void read() throws IOException {
        code = EdgeComments.read(MarkdownPage.module().resolve("src/main/java"));
    }

    @Test
    void everyReleaseNamesItsAcquiresAndTheyNameIt() {
        assertEquals(lines(code.released()), lines(code.acquired()));
        assertTrue(code.released().size() > 5, () -> "only " + code.released());
    }

    @Test
    void thePageListsTheEdgesOfTheCodeAndNoOther() throws IOException {
        MarkdownPage page = MarkdownPage.read("ORDERING.md");
        Set<Edge> listed = new TreeSet<>();
        for (List<String> row : ofPipes(page)) {
            add(listed, row.get(0), row.get(2), row.get(3));
        }
        for (List<String> row :
                page.table(
                        "The edges of mailboxes",
                        "Edge",
                        "Released by",
                        "Acquired by",
                        "What is guaranteed")) {
            add(listed, row.get(0), row.get(1), row.get(2));
        }
        assertEquals(lines(code.released()), lines(listed));
    }

    @Test
    void theProofExpectsEachStressTest() throws IOException {
        long tests = 0;
        for (Path file : SourceFiles.list(path -> path.startsWith("core/src/stress/"))) {
            tests += STRESS_TEST.matcher(Files.readString(file)).results().count();
        }
        assertEquals(tests, Proof.ORDERINGS.least());
    }

    @Test
    void everyEdgeOfPipesHasItsSteps() throws IOException {
        MarkdownPage page = MarkdownPage.read("ORDERING.md");
        List<String> edges = ofPipes(page).stream().map(row -> row.get(0)).distinct().toList();
        assertEquals(
                edges,
                page
                        .table(
                                "Where the edges are in the steps",
                                "Edge",
                                "Released in",
                                "Acquired in")
                        .stream()
                        .map(row -> row.get(0))
                        .toList());
    }

    private static List<List<String>> ofPipes(MarkdownPage page) {
        return page.table(
                "The edges of pipes",
                "Edge",
                "Word",
                "Released by",
                "Acquired by",
                "What is guaranteed");
    }

    private static void add(Set<Edge> listed, String name, String releasedBy, String acquiredBy) {
        for (String to : acquiredBy.split(", *")) {
            listed.add(new Edge(name, releasedBy, to));
        }
    }

    /** All lines of an edge name one word, at the place that FORMAT.md gives. */
    @Test
    void theWordsOfAPipesEdgesLieWhereTheFormatSays() throws IOException {
        MarkdownPage format = MarkdownPage.read("FORMAT.md");
        Map<String, String> tables =
                Map.of(
                        "meta", "The file meta",
                        "block", "A participant's block in meta",
                        "lane", "A lane's control words",
                        "broadcast", "The control words of a broadcast",
                        "slot", "A message slot",
                        "offer", "An offer");
        Map<String, String> words = new TreeMap<>();
        int named = 0;
        for (List<String> row : ofPipes(MarkdownPage.read("ORDERING.md"))) {
            String first = words.putIfAbsent(row.get(0), row.get(1));
            assertTrue(first == null || first.equals(row.get(1)), () -> "two words in " + row);
            Matcher word = NAMED_WORD.matcher(row.get(1));
            while (word.find()) {
                String name = word.group(1);
                String offset = word.group(3);
                boolean there =
                        format
                                .table(
                                        tables.get(word.group(2)),
                                        "Offset",
                                        "Size",
                                        "Name",
                                        "Meaning")
                                .stream()
                                .anyMatch(r -> r.get(2).equals(name) && r.get(0).equals(offset));
                assertTrue(there, () -> "FORMAT.md has no " + name + " there: " + row);
                named++;
            }
        }
        assertTrue(named > 15, "only " + named + " words with an offset");
    }

    @Test
    void everyOrderedAccessOfSharedMemoryNamesItsEdgeOrSaysThatItHasNone() {
        assertEquals(List.of(), code.unexplained());
    }

    /** The header uses the edges of pipes, and says which, or that there is none. */
    @Test
    void everyOrderedAccessOfTheHeaderNamesItsEdgeOrSaysThatItHasNone() throws IOException {
        Set<String> edges = new TreeSet<>();
        ofPipes(MarkdownPage.read("ORDERING.md")).forEach(row -> edges.add(row.get(0)));
        Set<String> used = new TreeSet<>();
        List<String> unexplained = new ArrayList<>();
        List<String> lines =
                Files.readAllLines(MarkdownPage.module().resolve("src/main/c/sluice.h"));
        int accesses = 0;
        for (int i = 0; i < lines.size(); i++) {
            Matcher named = HEADER_EDGE.matcher(lines.get(i));
            while (named.find()) {
                used.add(named.group(1));
            }
            if (HEADER_ACCESS.matcher(lines.get(i)).find()) {
                accesses++;
                // A comment stands at the access, in the lines before it, or in the call.
                List<String> near = lines.subList(Math.max(0, i - 4), i + 2);
                if (!String.join("\n", near).contains(" edge")) {
                    unexplained.add((i + 1) + ": " + lines.get(i).strip());
                }
            }
        }
        assertEquals(List.of(), unexplained);
        edges.removeAll(Set.of("NODE_NAME", "JOIN")); // Of nodes, which the header leaves to Java.
        assertEquals(edges, used);
        assertTrue(accesses > 50, "only " + accesses);
    }

    private static String lines(Set<Edge> edges) {
        StringBuilder lines = new StringBuilder();
        edges.forEach(edge -> lines.append(edge).append('\n'));
        return lines.toString();
    }
}
