package io.sluice.compare.report;

import com.fasterxml.jackson.core.JsonProcessingException;
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
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Removes from results what identifies the person and the machine: names of host and user, paths,
 * serial numbers, addresses. Numbers stay as they are, and so do the run's id and the names of
 * measurements and their factors: they come from this tool, and runs and measurements must remain
 * distinct. Paths that every machine has stay too.
 */
public final class Redaction {
    private static final String HIDDEN = "[redacted]";

    /** Fields that hold histograms: base64 may look like a path. */
    private static final Set<String> HISTOGRAMS = Set.of("hdr", "service", "response");

    /** Not a path that every Linux machine has: those say nothing about this one. */
    private static final String NOT_PUBLIC =
            "(?!/(?:proc/(?!\\d)|sys/|dev/(?:shm|mqueue|hugepages)/?(?![\\w@+~./-])))";

    private static final List<Pattern> PATTERNS =
            List.of(
                    // The kernel's init program, and its arguments.
                    Pattern.compile("(?<=\\b(?:rd)?init=)\\S+"),
                    Pattern.compile("(?<= -- )-.*"),
                    Pattern.compile("\\b[\\w.+-]+@[\\w.-]+\\b"),
                    Pattern.compile("(?<![\\w.%])" + NOT_PUBLIC + "~?(/[\\w.@+~-]+){2,}/?"),
                    Pattern.compile("\\b[A-Za-z]:\\\\[^\\s\"]+"),
                    Pattern.compile("\\b([0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}\\b"),
                    Pattern.compile("\\b[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\\b"),
                    Pattern.compile("\\b(?:\\d{1,3}\\.){3}\\d{1,3}\\b"),
                    Pattern.compile("(?i)(?<=(serial|uuid|hostname|root)[=: ])\\S+"));

    private final Set<String> kept = new HashSet<>();
    private final List<Pattern> names = new ArrayList<>();

    private Redaction(List<String> secret, Results results) {
        if (results.run() != null) {
            kept.add(results.run().id());
        }
        for (Measurement measurement : results.measurements()) {
            Factors f = measurement.factors();
            kept.addAll(
                    Arrays.asList(
                            measurement.id(),
                            f.mechanism(),
                            f.waiting(),
                            String.valueOf(f.pattern()),
                            f.placement(),
                            f.touch(),
                            f.api(),
                            f.schedule()));
        }
        secret.stream()
                .filter(name -> name != null && name.length() > 1)
                .map(name -> Pattern.compile("(?<!\\w)" + Pattern.quote(name) + "(?!\\w)"))
                .forEach(names::add);
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
            new Redaction(secret, results).hide(tree);
            if (tree.get("run") instanceof ObjectNode) {
                ((ObjectNode) tree.get("run")).put("redacted", true);
            }
            return ResultsFile.fromJson(json.writeValueAsString(tree));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("these results have no JSON", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void hide(JsonNode node) {
        if (node instanceof ObjectNode) {
            ObjectNode object = (ObjectNode) node;
            for (Map.Entry<String, JsonNode> field : List.copyOf(object.properties())) {
                if (field.getValue() instanceof TextNode) {
                    if (!HISTOGRAMS.contains(field.getKey())) {
                        object.put(field.getKey(), hidden(field.getValue().textValue()));
                    }
                } else {
                    hide(field.getValue());
                }
            }
        } else if (node instanceof ArrayNode) {
            ArrayNode array = (ArrayNode) node;
            for (int i = 0; i < array.size(); i++) {
                if (array.get(i) instanceof TextNode) {
                    array.set(i, new TextNode(hidden(array.get(i).textValue())));
                } else {
                    hide(array.get(i));
                }
            }
        }
    }

    private String hidden(String text) {
        if (kept.contains(text)) {
            return text;
        }
        String rest = text;
        // Paths first: removing a name from a path would leave the rest of it.
        for (Pattern pattern : PATTERNS) {
            rest = pattern.matcher(rest).replaceAll(HIDDEN);
        }
        for (Pattern pattern : names) {
            rest = pattern.matcher(rest).replaceAll(HIDDEN);
        }
        return rest;
    }
}
