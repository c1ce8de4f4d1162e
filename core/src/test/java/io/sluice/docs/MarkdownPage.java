package io.sluice.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A page of documentation: the tables under its headings. */
final class MarkdownPage {
    private final Map<String, List<List<String>>> tables = new LinkedHashMap<>();
    private final Path path;

    private MarkdownPage(Path path) {
        this.path = path;
    }

    /** Returns the directory of the module under test. */
    static Path module() {
        return Path.of(System.getProperty("basedir", "")).toAbsolutePath();
    }

    static MarkdownPage read(String name) throws IOException {
        MarkdownPage page = new MarkdownPage(module().resolveSibling("docs").resolve(name));
        String heading = "";
        for (String line : Files.readAllLines(page.path)) {
            if (line.startsWith("#")) {
                heading = line.replaceFirst("#+ *", "").replace("`", "");
            } else if (line.startsWith("|")) {
                page.tables.computeIfAbsent(heading, h -> new ArrayList<>()).add(cells(line));
            }
        }
        return page;
    }

    private static List<String> cells(String line) {
        List<String> cells = new ArrayList<>();
        for (String cell : line.substring(1, line.lastIndexOf('|')).split("\\|")) {
            cells.add(cell.strip().replace("`", ""));
        }
        return cells;
    }

    /**
     * Returns the rows under a heading, without the two header lines, which must be these columns.
     */
    List<List<String>> table(String heading, String... columns) {
        List<List<String>> rows = tables.get(heading);
        if (rows == null) {
            throw new AssertionError(path + " has no table under \"" + heading + "\"");
        }
        if (!rows.get(0).equals(List.of(columns))) {
            throw new AssertionError(
                    heading + " has columns " + rows.get(0) + ", not " + List.of(columns));
        }
        return rows.subList(2, rows.size());
    }
}
