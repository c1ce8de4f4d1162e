package io.sluice.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The comments {@code // edge NAME, to A.b, C.d: why} and {@code // edge NAME, from A.b: why} of
 * the sources, each with the method that it stands in. A constructor is called {@code new}.
 */
final class EdgeComments {
    /** A happens-before edge: what the one method wrote is visible to the other. */
    record Edge(String name, String from, String to) implements Comparable<Edge> {
        @Override
        public int compareTo(Edge other) {
            return Comparator.comparing(Edge::name)
                    .thenComparing(Edge::from)
                    .thenComparing(Edge::to)
                    .compare(this, other);
        }

        @Override
        public String toString() {
            return name + ": " + from + " -> " + to;
        }
    }

    private static final Pattern COMMENT =
            Pattern.compile("// edge (\\w+), (to|from) (\\w+\\.\\w+(?:, \\w+\\.\\w+)*)");
    private static final Pattern TYPE =
            Pattern.compile("^( *)[^/*=(]*\\b(?:class|enum|record|interface) (\\w+).*");
    private static final Pattern METHOD =
            Pattern.compile("^( *)(?:[\\w<>\\[\\],.? ]+ )?(\\w+)\\(.*");
    private static final Pattern ORDERED =
            Pattern.compile("\\.(?:getLongAcquire|setLongRelease|compareAndSetLong)\\(");

    private final Set<Edge> released = new TreeSet<>();
    private final Set<Edge> acquired = new TreeSet<>();
    private final List<String> unexplained = new ArrayList<>();

    static EdgeComments read(Path sources) throws IOException {
        EdgeComments comments = new EdgeComments();
        try (Stream<Path> files = Files.walk(sources)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".java")).sorted().toList()) {
                comments.readFile(file);
            }
        }
        return comments;
    }

    private void readFile(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file);
        boolean memory = file.getParent().endsWith("memory"); // Explained at its calls.
        String type = "";
        String outer = "";
        String method = "";
        int depth = 0; // The indentation of the current type's members.
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            Matcher header = TYPE.matcher(line);
            Matcher member = METHOD.matcher(line);
            if (header.matches() && header.group(1).length() == depth) {
                outer = type;
                type = header.group(2);
                depth += 4;
            } else if (depth == 8 && line.equals("    }")) {
                type = outer;
                depth = 4;
            } else if (member.matches() && member.group(1).length() == depth) {
                method = type + "." + (member.group(2).equals(type) ? "new" : member.group(2));
            }
            if (line.contains("// edge ")) {
                add(file.getFileName() + ":" + (i + 1), comment(lines, i), method);
            }
            if (!memory && ORDERED.matcher(line).find() && !explained(lines, i)) {
                unexplained.add(file.getFileName() + ":" + (i + 1) + " " + line.strip());
            }
        }
    }

    /** Returns a comment with its continuation lines. */
    private static String comment(List<String> lines, int index) {
        StringBuilder text = new StringBuilder(lines.get(index).strip());
        for (int i = index + 1; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (!line.startsWith("// ") || line.startsWith("// edge ")) {
                break;
            }
            text.append(line.substring(2));
        }
        return text.toString();
    }

    private void add(String where, String comment, String method) {
        Matcher matcher = COMMENT.matcher(comment);
        if (!matcher.find()) {
            throw new AssertionError(where + " is not \"edge NAME, to|from Class.method\"");
        }
        for (String other : matcher.group(3).split(", ")) {
            if (matcher.group(2).equals("to")) {
                released.add(new Edge(matcher.group(1), method, other));
            } else {
                acquired.add(new Edge(matcher.group(1), other, method));
            }
        }
    }

    /** Tests whether an access has a comment about edges, at its end or on the lines above. */
    private static boolean explained(List<String> lines, int index) {
        StringBuilder text = new StringBuilder(lines.get(index).replaceFirst("^[^/]*", ""));
        for (int i = index - 1; i >= 0 && lines.get(i).strip().startsWith("//"); i--) {
            text.append(lines.get(i));
        }
        return text.toString().toLowerCase(Locale.ROOT).contains(" edge");
    }

    Set<Edge> released() {
        return released;
    }

    Set<Edge> acquired() {
        return acquired;
    }

    List<String> unexplained() {
        return unexplained;
    }
}
