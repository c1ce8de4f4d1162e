package io.sluice.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.docs.EdgeComments.Edge;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Both sides of every edge name each other, and ORDERING.md lists exactly the edges of the code.
 */
class OrderingDocTest {
    private EdgeComments code;

    @BeforeEach
    void read() throws IOException {
        code = EdgeComments.read(MarkdownPage.module().resolve("src/main/java"));
    }

    @Test
    void everyReleaseNamesItsAcquiresAndTheyNameIt() {
        assertEquals(lines(code.released()), lines(code.acquired()));
        assertTrue(code.released().size() > 5, () -> "only " + code.released());
    }

    @Test
    void thePageListsTheEdgesOfTheCodeAndNoOther() throws IOException {
        Set<Edge> listed = new TreeSet<>();
        for (List<String> row :
                MarkdownPage.read("ORDERING.md")
                        .table(
                                "The edges",
                                "Edge",
                                "Released by",
                                "Acquired by",
                                "What is guaranteed")) {
            for (String to : row.get(2).split(", *")) {
                listed.add(new Edge(row.get(0), row.get(1), to));
            }
        }
        assertEquals(lines(code.released()), lines(listed));
    }

    @Test
    void everyOrderedAccessOfSharedMemoryNamesItsEdgeOrSaysThatItHasNone() {
        assertEquals(List.of(), code.unexplained());
    }

    private static String lines(Set<Edge> edges) {
        StringBuilder lines = new StringBuilder();
        edges.forEach(edge -> lines.append(edge).append('\n'));
        return lines.toString();
    }
}
