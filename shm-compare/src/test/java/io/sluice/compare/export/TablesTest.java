package io.sluice.compare.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compare.report.CompleteResults;
import io.sluice.compare.report.UncountedResults;
import io.sluice.compare.result.Audit;
import io.sluice.compare.result.Results;
import io.sluice.compare.result.Waiting;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

class TablesTest {
    private static final Audit STRACE =
            new Audit(
                    "nio.uds",
                    Waiting.BLOCK,
                    1000,
                    Map.of("read", 1000L, "write", 1100L),
                    "strace");

    @Test
    void uncountedCallsAreNoZero() {
        Map<String, String> alone = csv(UncountedResults.results()).get(0);
        assertEquals("", alone.get("system_calls_per_message"));
        assertEquals("", alone.get("system_calls_counted_by"));
        Map<String, String> audited = csv(UncountedResults.results(STRACE)).get(0);
        assertEquals("2.10000", audited.get("system_calls_per_message"));
        assertEquals("strace", audited.get("system_calls_counted_by"));
        Map<String, String> pipe = csv(UncountedResults.results(STRACE)).get(1);
        assertEquals("2.00000", pipe.get("system_calls_per_message"));
        assertEquals("ends", pipe.get("system_calls_counted_by"));
        assertTrue(
                printed(UncountedResults.results(), Tables::markdown).contains("| not counted |"));
        String table = printed(UncountedResults.results(STRACE), Tables::markdown);
        assertTrue(table.contains("| 2.10 (strace) |"), table);
    }

    @Test
    void disturbancesAreExported() {
        Map<String, String> line = csv(CompleteResults.build()).get(0);
        assertEquals("pipe/block/rtt/64/two-cpus", line.get("id"));
        assertEquals("", line.get("p9999_ns"), "200,000 samples are too few");
        for (String name :
                List.of(
                        "initiator_cpu_ns_per_message",
                        "responder_cpu_ns_per_message",
                        "bystander_cpu_ns_per_message",
                        "wake_up_interrupts_per_message",
                        "observer_effect",
                        "collections_sum")) {
            assertTrue(Double.isFinite(Double.parseDouble(line.get(name))), name);
        }
        for (String name : List.of("clock_offset_ns", "ghz_before", "steady_forks")) {
            assertEquals("", line.get(name), name);
        }
        assertEquals("", line.get("run_delay_ns_per_message"), "the kernel did not say");
    }

    /** Returns the lines by the names in the first; nothing in these results needs quotes. */
    static List<Map<String, String>> csv(Results results) {
        String[] lines = printed(results, Tables::csv).split("\r\n");
        List<String> names = List.of(lines[0].split(","));
        return Arrays.stream(lines).skip(1).map(line -> fields(names, line)).toList();
    }

    private static Map<String, String> fields(List<String> names, String line) {
        String[] fields = line.split(",", -1);
        assertEquals(names.size(), fields.length, line);
        Map<String, String> byName = new LinkedHashMap<>();
        for (int i = 0; i < fields.length; i++) {
            byName.put(names.get(i), fields[i]);
        }
        return byName;
    }

    private static String printed(Results results, BiConsumer<Results, PrintStream> as) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        as.accept(results, new PrintStream(bytes, true, StandardCharsets.UTF_8));
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
