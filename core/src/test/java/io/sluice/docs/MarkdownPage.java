package io.sluice.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A page of documentation: its tables, under the headings where they stand. */
final class MarkdownPage {
    private final Map<String, List<List<String>>> tables = new LinkedHashMap<>();
    private final Path path;

    private MarkdownPage(Path path) {
        this.path = path;
    }

    /** The directory of the module that is tested. */
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

    /** The rows under a heading, without the two lines above them, which must be these columns. */
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
