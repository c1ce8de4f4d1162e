package io.sluice.compare.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Results;
import io.sluice.compare.result.ResultsFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Removes from results what identifies the person and the machine: names of host and user, paths,
 * serial numbers, addresses. Numbers stay as they are, and so do the run's id and the names of
 * measurements and their factors: they come from this tool, and runs and measurements must remain
 * distinct. Paths and addresses that every machine has stay too.
 */
public final class Redaction {
    private static final String HIDDEN = "[redacted]";

    /** Fields that hold histograms: base64 may look like a path. */
    private static final Set<String> HISTOGRAMS = Set.of("hdr", "service", "response");

    /** Not a path that every Linux machine has: those say nothing about this one. */
    private static final String NOT_PUBLIC =
            "(?!/(?:proc/(?!\\d)|sys/|dev/(?:shm|mqueue|hugepages)/?(?![\\w@+~./-])))";

    /** What each machine calls itself. */
    private static final String LOOPBACK = "(?i)localhost|127(\\.\\d{1,3}){3}|::1";

    private static final List<String> SECRETS =
            List.of(
                    // The kernel's init program, and its arguments.
                    "(?<=\\b(?:rd)?init=)\\S+",
                    "(?<= -- )-.*",
                    "\\b[\\w.+-]+@[\\w.-]+\\b",
                    "(?<![\\w.%])" + NOT_PUBLIC + "~?(/[\\w.@+~-]+){2,}/?",
                    "\\b[A-Za-z]:\\\\[^\\s\"]+",
                    "\\b([0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}\\b",
                    "\\b[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\\b",
                    "\\b(?!127\\.)(?:\\d{1,3}\\.){3}\\d{1,3}\\b",
                    "(?i)(?<=(serial|uuid|hostname|root)[=: ])(?!localhost(?![\\w.-]))\\S+");

    private final Set<String> kept = new HashSet<>();

    /** Paths first: removing a name from a path would leave the rest of it. */
    private final List<Pattern> patterns;

    private Redaction(List<String> names, Results results) {
        if (results.run() != null) {
            kept.add(results.run().id());
        }
        for (Measurement measurement : results.measurements()) {
            Factors f = measurement.factors();
            Collections.addAll(kept, measurement.id(), f.mechanism(), f.placement());
            Stream.of(f.waiting(), f.pattern(), f.touch(), f.api(), f.schedule())
                    .map(String::valueOf)
                    .forEach(kept::add);
        }
        Stream<String> words =
                names.stream()
                        .filter(name -> name != null && !name.matches(LOOPBACK + "|.?"))
                        .map(name -> "(?<!\\w)" + Pattern.quote(name) + "(?!\\w)");
        patterns = Stream.concat(SECRETS.stream(), words).map(Pattern::compile).toList();
    }

    /**
     * Returns the results without the names of this host and user either.
     *
     * @param results what was measured
     */
    public static Results of(Results results) {
        List<String> secret = new ArrayList<>();
        secret.add(System.getProperty("user.name"));
        secret.add(System.getProperty("user.home"));
        secret.add(System.getenv("HOSTNAME"));
        try {
            secret.add(InetAddress.getLocalHost().getHostName());
        } catch (UnknownHostException e) {
            // Then no result contains it.
        }
        return of(results, secret);
    }

    /** Returns the results without what looks like a secret, and without these words. */
    static Results of(Results results, List<String> secret) {
        ObjectMapper json = new ObjectMapper();
        try {
            JsonNode tree = json.readTree(ResultsFile.toJson(results));
            new Redaction(secret, results).hide("", tree);
            if (tree.get("run") instanceof ObjectNode run) {
                run.put("redacted", true);
            }
            return ResultsFile.fromJson(json.writeValueAsString(tree));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns what replaces the value of a field. */
    private JsonNode hide(String field, JsonNode node) {
        if (node instanceof ObjectNode object) {
            object.properties().forEach(e -> e.setValue(hide(e.getKey(), e.getValue())));
        } else if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                array.set(i, hide("", array.get(i)));
            }
        } else if (node.isTextual() && !HISTOGRAMS.contains(field)) {
            return new TextNode(hidden(node.textValue()));
        }
        return node;
    }

    private String hidden(String text) {
        String rest = text;
        for (Pattern pattern : kept.contains(text) ? List.<Pattern>of() : patterns) {
            rest = pattern.matcher(rest).replaceAll(HIDDEN);
        }
        return rest;
    }
}
