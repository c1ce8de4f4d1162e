package io.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.PipeStatistics;
import io.sluice.PipeStatistics.Lane;
import io.sluice.PipeStatistics.Participant;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Each metric has the value that its name says. */
class PrometheusTest {
    @Test
    void eachMetricHasItsValue() {
        Lane lane = new Lane(5, 1100, 1000, 12, true, 1, 1300, 14);
        Participant sender = new Participant(true, 6, true, true, 1, Instant.EPOCH, 0, 0, 0, 0);
        Participant dead = new Participant(false, 7, true, false, 1, Instant.EPOCH, 1, 2, 3, 4);
        PipeStatistics statistics = new PipeStatistics(0, List.of(lane), List.of(sender, dead));
        PipeReport pipe = new PipeReport(Path.of("/a\"b\\c"), Map.of(), 0, statistics);
        List<String> samples =
                Prometheus.lines(List.of(pipe)).stream()
                        .filter(line -> !line.startsWith("#"))
                        .map(line -> line.replace("sluice_pipe_", ""))
                        .map(line -> line.replace("pipe=\"/a\\\"b\\\\c\",", ""))
                        .toList();
        String of5 = "{lane=\"5\"} ";
        String of6 = "{side=\"sender\",slot=\"6\"} ";
        String of7 = "{side=\"receiver\",slot=\"7\"} ";
        assertEquals(
                List.of(
                        "sent_bytes_total" + of5 + 1100,
                        "received_bytes_total" + of5 + 1000,
                        "messages" + of5 + 12,
                        "allocated_bytes" + of5 + 1300,
                        "dropped_messages_total" + of5 + 14,
                        "corrupt" + of5 + 1,
                        "end_alive" + of6 + 1,
                        "end_alive" + of7 + 0,
                        "end_dead" + of6 + 0,
                        "end_dead" + of7 + 1,
                        "end_in_flight" + of6 + 0,
                        "end_in_flight" + of7 + 1,
                        "end_waits_total" + of6 + 0,
                        "end_waits_total" + of7 + 2,
                        "end_wakeups_total" + of6 + 0,
                        "end_wakeups_total" + of7 + 3,
                        "end_redelivered_total" + of6 + 0,
                        "end_redelivered_total" + of7 + 4),
                samples);
    }
}
