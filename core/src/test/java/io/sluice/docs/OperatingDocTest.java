package io.sluice.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.Mailbox;
import io.sluice.Node;
import io.sluice.Pipe;
import io.sluice.PipeSpec;
import io.sluice.metrics.MailboxMetrics;
import io.sluice.metrics.NodeMetrics;
import io.sluice.metrics.PipeMetrics;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import jdk.jfr.Name;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tables of OPERATING.md list the events and the meters that there are. */
class OperatingDocTest {
    @TempDir Path directory;

    private static List<List<String>> table(String heading, String... columns) throws Exception {
        return MarkdownPage.read("OPERATING.md").table(heading, columns);
    }

    private static Set<String> fields(Class<?> event) {
        return Arrays.stream(event.getDeclaredFields())
                .filter(field -> field.getModifiers() == 0) // Others are the JDK's.
                .map(Field::getName)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void theEvents() throws Exception {
        Map<String, Set<String>> expected = new TreeMap<>();
        for (Class<?> type :
                Class.forName("io.sluice.pipe.FlightRecorderEvents").getDeclaredClasses()) {
            Name name = type.getAnnotation(Name.class);
            if (name != null && !Modifier.isAbstract(type.getModifiers())) {
                Set<String> fields = fields(type);
                fields.addAll(fields(type.getSuperclass()));
                fields.remove("pipe");
                expected.put(name.value(), fields);
            }
        }
        Map<String, Set<String>> listed = new TreeMap<>();
        for (List<String> row : table("Events of pipes", "Event", "When", "Fields")) {
            listed.put(row.get(0), new TreeSet<>(List.of(row.get(2).split(", "))));
        }
        assertEquals(expected, listed);
    }

    private static String describe(Meter meter) {
        String type = meter.getId().getType() == Meter.Type.GAUGE ? "gauge" : "counter";
        String tags =
                meter.getId().getTags().stream()
                        .map(tag -> tag.getKey())
                        .sorted()
                        .collect(Collectors.joining(", "));
        return String.join(" | ", meter.getId().getName(), type, meter.getId().getBaseUnit(), tags);
    }

    @Test
    void theMeters() throws Exception {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (Pipe pipe = Pipe.create(directory.resolve("pipe"), PipeSpec.bounded(4096));
                Node node = Node.join(directory.resolve("nodes"), "pricing");
                PipeMetrics ofPipe = new PipeMetrics(pipe);
                MailboxMetrics ofMailbox = new MailboxMetrics(Mailbox.bounded(4), "orders");
                NodeMetrics ofNode = new NodeMetrics(node)) {
            ofPipe.bindTo(registry);
            ofMailbox.bindTo(registry);
            ofNode.bindTo(registry);
            Set<String> expected =
                    registry.getMeters().stream()
                            .map(OperatingDocTest::describe)
                            .collect(Collectors.toCollection(TreeSet::new));
            Set<String> listed = new TreeSet<>();
            for (List<String> row : table("Meters", "Meter", "Type", "Unit", "Tags", "What")) {
                listed.add(String.join(" | ", row.subList(0, 4)));
            }
            assertEquals(expected, listed);
        }
    }
}
