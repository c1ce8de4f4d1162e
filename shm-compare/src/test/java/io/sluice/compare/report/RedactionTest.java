package io.sluice.compare.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Records;
import io.sluice.compare.result.Results;
import io.sluice.compare.result.ResultsFile;
import io.sluice.compare.result.Run;
import io.sluice.compare.result.Waiting;
import io.sluice.compare.stats.SyntheticResults;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RedactionTest {
    private static final List<String> SECRETS =
            List.of(
                    "lovelace",
                    "/home/lovelace/results.json",
                    "engine-1",
                    "192.0.2.17",
                    "02:00:5e:10:00:01",
                    "ada@analytical.example",
                    "123e4567-e89b-12d3-a456-426614174000");

    private static Results results() {
        Results r =
                new SyntheticResults()
                        .rtt("pipe", Waiting.BLOCK, 64, 12_000)
                        .without(
                                "fifo",
                                Waiting.BLOCK,
                                64,
                                Measurement.FAILED,
                                String.join(" ", SECRETS))
                        .build();
        Run run = r.run();
        return Records.results(
                r.schema(),
                r.tool(),
                Records.run(
                        run.id(),
                        run.startedUtc(),
                        run.finishedUtc(),
                        run.suite(),
                        run.seed(),
                        run.forks(),
                        List.of("run", "-o", "/home/lovelace/results.json"),
                        run.order()),
                r.environment(),
                r.floorBefore(),
                r.floorAfter(),
                r.measurements());
    }

    @Test
    void secretsGoAndNumbersStay() {
        Results hidden = Redaction.of(results(), List.of("lovelace", "engine-1"));
        String json = ResultsFile.toJson(hidden);
        SECRETS.forEach(secret -> assertFalse(json.contains(secret), secret));
        assertTrue(hidden.run().redacted());
        assertEquals(results().measurements().get(0), hidden.measurements().get(0));
        assertEquals(results().environment(), hidden.environment());
    }

    @Test
    void whatTheKernelStartsGoesAndItsOptionsStay() {
        String line = "quiet pti=on rdinit=/agent nosmt -- --agent-port 2024";
        Results measured = results();
        Results r =
                Records.results(
                        measured.schema(),
                        measured.tool(),
                        measured.run(),
                        measured.environment(),
                        measured.floorBefore(),
                        measured.floorAfter(),
                        List.of(
                                new Measurement(
                                        "x",
                                        measured.measurements().get(0).factors(),
                                        Measurement.FAILED,
                                        line,
                                        List.of(),
                                        List.of())));
        assertEquals(
                "quiet pti=on rdinit=[redacted] nosmt -- [redacted]",
                Redaction.of(r, List.of()).measurements().get(0).reason());
    }

    @Test
    void theRunsIdAndWhatEveryMachineHasStay() {
        Results measured = results();
        Run run = measured.run();
        String id = "123e4567-e89b-12d3-a456-426614174001";
        String said =
                "/dev/shm is small, /proc/sys/fs/pipe-max-size is 65536,"
                        + " /sys/devices/system/cpu/smt/control is on, /dev/mqueue/ is not mounted,"
                        + " /dev/shm/lovelace-1 and /proc/4711/maps are mine";
        Results r =
                Records.results(
                        measured.schema(),
                        measured.tool(),
                        Records.run(
                                id,
                                run.startedUtc(),
                                run.finishedUtc(),
                                run.suite(),
                                run.seed(),
                                run.forks(),
                                run.argv(),
                                run.order()),
                        measured.environment(),
                        measured.floorBefore(),
                        measured.floorAfter(),
                        List.of(
                                new Measurement(
                                        "x",
                                        measured.measurements().get(0).factors(),
                                        Measurement.FAILED,
                                        said,
                                        List.of(),
                                        List.of())));
        Results hidden = Redaction.of(r, List.of("lovelace"));
        assertEquals(id, hidden.run().id());
        assertEquals(
                said.replace("/dev/shm/lovelace-1", "[redacted]")
                        .replace("/proc/4711/maps", "[redacted]"),
                hidden.measurements().get(0).reason());
    }

    @Test
    void addressesThatEveryMachineHasStay() {
        String said =
                "TCP on 127.0.0.1, 127.3.2.1:80, [::1]:80 and localhost, hostname=localhost,"
                        + " to 10.127.0.1, 192.0.2.17, hostname=localhost-2";
        Results r =
                new SyntheticResults()
                        .without("tcp", Waiting.BLOCK, 64, Measurement.FAILED, said)
                        .build();
        Results hidden = Redaction.of(r, List.of("localhost", "127.0.0.1", "::1", "x"));
        assertEquals(
                said.replaceAll("10.127.0.1|192.0.2.17|localhost-2", "[redacted]"),
                hidden.measurements().get(0).reason());
    }

    @Test
    void measurementsKeepTheirNamesAndCanBeToldApart() {
        List<Measurement> measurements = new ArrayList<>();
        for (String id :
                List.of(
                        "sluice/spin/oneway-80%/64/one-cpu",
                        "sluice/spin/oneway-80%/64/two-cpus", "pipe/block/rtt/64")) {
            Measurement first = results().measurements().get(0);
            measurements.add(
                    new Measurement(
                            id,
                            first.factors(),
                            Measurement.INVALID,
                            id + " is mixed: /home/lovelace/x",
                            null,
                            first.forks()));
        }
        SyntheticResults given = new SyntheticResults();
        measurements.forEach(given::measurement);
        Results hidden = Redaction.of(given.build(), List.of("lovelace", "pipe"));
        assertEquals(
                measurements.stream().map(Measurement::id).toList(),
                hidden.measurements().stream().map(Measurement::id).toList());
        assertEquals(measurements.stream().map(Measurement::id).toList(), hidden.run().order());
        assertEquals(measurements.get(0).factors(), hidden.measurements().get(0).factors());
        assertEquals(
                measurements.get(0).id() + " is mixed: [redacted]",
                hidden.measurements().get(0).reason());
    }

    @Test
    void thePageHidesThemToo() {
        String page = HtmlReport.render(Redaction.of(results(), List.of("lovelace", "engine-1")));
        SECRETS.forEach(secret -> assertFalse(page.contains(secret), secret));
    }
}
