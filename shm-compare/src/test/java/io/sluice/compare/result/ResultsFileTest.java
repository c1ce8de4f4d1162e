package io.sluice.compare.result;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultsFileTest {
    @TempDir Path directory;

    private static Results results() {
        Histogram histogram = new Histogram(3);
        histogram.recordValueWithCount(12_000, 990);
        histogram.recordValueWithCount(80_000, 10);
        EndCounters end =
                Records.counters(
                        9_000_000,
                        2,
                        3,
                        4,
                        5,
                        6,
                        1000,
                        Map.of("read", 1000L, "write", 1000L),
                        0,
                        1,
                        2);
        Fork fork =
                Records.fork(
                        0,
                        1000,
                        12_680_000,
                        Hdr.encode(histogram),
                        12_600.5,
                        Map.of(Fork.INITIATOR, end, Fork.RESPONDER, end),
                        380);
        Factors factors =
                Records.factors(
                        "pipe",
                        Waiting.BLOCK,
                        Pattern.RTT,
                        64,
                        Touch.FULL,
                        "pair",
                        List.of(0, 1),
                        65536);
        return Records.results(
                Results.SCHEMA,
                Records.tool("0.1", "abc"),
                Records.run(
                        "r1",
                        "2026-11-22T00:00:00Z",
                        null,
                        "lab",
                        42,
                        1,
                        List.of("run", "--seed=42"),
                        List.of("c1")),
                Records.environment(
                        "CPU <model> & \"name\"",
                        2,
                        List.of(0, 1),
                        "kvm",
                        "6.18",
                        "tsc",
                        "JVM",
                        "25",
                        "Serial",
                        0.5,
                        1.5,
                        List.of(Records.note(Note.YELLOW, "a guest", null)),
                        Map.of("pipe-max-size", "1048576")),
                Records.floor(22, 5, 60.5, 380, 520),
                null,
                List.of(
                        new Measurement(
                                "c1", factors, Measurement.OK, null, List.of("V06"), List.of(fork)),
                        new Measurement(
                                "c2",
                                factors,
                                Measurement.NOT_AVAILABLE,
                                "mq is not mounted",
                                List.of(),
                                List.of())));
    }

    /** Every field of every record has a value. */
    static Results complete() {
        Results plain = results();
        Measurement measurement = plain.measurements().get(0);
        Fork fork = measurement.forks().get(0);
        Quantity quantity = new Quantity(1.5, 1.0, 2.0);
        EndCounters end =
                new EndCounters(
                        1,
                        2,
                        3,
                        4,
                        5,
                        6,
                        7,
                        Map.of("recv", 8L),
                        9,
                        10,
                        11,
                        Map.of("recv", 12L),
                        13,
                        14L,
                        15L,
                        16,
                        17,
                        18,
                        19L,
                        20L,
                        21L,
                        22L,
                        23L);
        Fork full =
                new Fork(
                        1,
                        1000,
                        5,
                        fork.hdr(),
                        1.5,
                        Map.of("initiator.1", end),
                        2.5,
                        fork.hdr(),
                        fork.hdr(),
                        new SystemCounters(1, 2L, 3L, 4L, 5L),
                        List.of(new Window(0, 10, 1.5, 2.5, 3.5), new Window(1, 5, 1, null, 3)),
                        Map.of(Numbers.FAIRNESS, 0.99));
        Factors factors =
                new Factors(
                        "sluice",
                        Waiting.FUTEX,
                        Pattern.ONEWAY,
                        64,
                        Touch.HEADER,
                        "two-cpus",
                        List.of(0, 1),
                        65536,
                        "claim",
                        2,
                        3,
                        16,
                        1e6,
                        Schedule.EXPONENTIAL,
                        1_000_000L,
                        910L,
                        0.8);
        Environment machine = plain.environment();
        return new Results(
                Results.SCHEMA,
                new Tool("0.1", "abc", true, "0123456789abcdef".repeat(4)),
                new Run(
                        "r",
                        "s",
                        "f",
                        "lab",
                        1,
                        1,
                        List.of("a"),
                        List.of("c"),
                        true,
                        true,
                        null,
                        1,
                        2,
                        3),
                new Environment(
                        machine.cpuModel(),
                        2,
                        List.of(0, 1),
                        "kvm",
                        "6.18",
                        "tsc",
                        "JVM",
                        "25",
                        "Serial",
                        0.5,
                        1.5,
                        List.of(new Note(Note.RED, "slow", "faster", "clocksource")),
                        Map.of("msgmax", "8192"),
                        Map.of(Details.KERNEL, Map.of("hz", "250")),
                        List.of(new Environment.Library("x.jar", "1", "ab".repeat(32)))),
                plain.floorBefore(),
                new FloorReading(
                        1,
                        2,
                        3,
                        4,
                        5,
                        6,
                        Map.of(64, 7.0),
                        Map.of(64, 8.0),
                        Map.of("pipe", Map.of(64, 9.0)),
                        10,
                        11,
                        List.of(new FloorReading.Jitter(0, 1, 2, 3, 4)),
                        2.9),
                List.of(
                        new Measurement(
                                "c", factors, Measurement.OK, null, List.of("V06"), List.of(full))),
                List.of(new FloorReading.CpuPairLatency(0, 1, "same-llc", 110.5, true)),
                List.of(
                        new Decomposition(
                                64,
                                "two-cpus",
                                "pipe",
                                Map.of(Decomposition.KERNEL_SLEEPS, "c"),
                                Map.of(Decomposition.KERNEL_SLEEPS, quantity),
                                quantity,
                                quantity,
                                quantity,
                                Quantity.NONE,
                                quantity,
                                quantity,
                                Map.of(Decomposition.ENTRY, quantity),
                                List.of("mixed"))),
                Map.of("pipe", Map.of("boundaries", "none")),
                List.of(new Audit("pipe", Waiting.BLOCK, 1000, Map.of("read", 1003L), "strace")),
                List.of(new NotMeasured("tcp", "no")),
                List.of("V07"));
    }

    @Test
    void whatIsWrittenIsReadBack() throws IOException {
        Path file = directory.resolve("results.json");
        ResultsFile.write(file, complete());
        assertEquals(complete(), ResultsFile.read(file));
        ResultsFile.write(file, results());
        assertEquals(results(), ResultsFile.read(file));
        try (var files = Files.list(directory)) {
            assertEquals(List.of(file), files.toList());
        }
    }

    @Test
    void aFileIsReplacedAsAWhole() throws IOException {
        Path file = directory.resolve("results.json");
        Files.writeString(file, "x".repeat(100_000));
        ResultsFile.write(file, results());
        assertEquals(results(), ResultsFile.read(file));
    }

    @Test
    void histogramsSurvive() throws IOException {
        Results read = ResultsFile.fromJson(ResultsFile.toJson(results()));
        Histogram histogram = Hdr.decode(read.measurements().get(0).forks().get(0).hdr());
        assertEquals(1000, histogram.getTotalCount());
        assertTrue(histogram.valuesAreEquivalent(12_000, histogram.getValueAtPercentile(50)));
    }

    @Test
    void fieldsOfLaterVersionsAreIgnored() throws IOException {
        String json =
                ResultsFile.toJson(results()).replaceFirst("\\{", "{\"weather\":{\"wind\":[1,2]},");
        assertEquals(results(), ResultsFile.fromJson(json));
    }

    @Test
    void fieldsOfLaterVersionsThatAreMissingAreEmpty() throws IOException {
        Results read =
                ResultsFile.fromJson(
                        "{\"schema\":\"shm-compare/2\",\"measurements\":[{\"id\":\"a\"}]}");
        assertEquals(List.of(), read.measurements().get(0).forks());
        assertFalse(read.measurements().get(0).usable());
    }

    /** A way to wait may be a mechanism's own; of the other factors this version knows all. */
    @Test
    void waysToWaitThatThisVersionDoesNotKnowAreKept() throws IOException {
        String json =
                ResultsFile.toJson(results())
                        .replace("\"wait\" : \"block\"", "\"wait\" : \"doorbell\"")
                        .replace("\"touch\" : \"full\"", "\"touch\" : \"half\"");
        Results read = ResultsFile.fromJson(json);
        Factors factors = read.measurements().get(0).factors();
        assertEquals(new Waiting("doorbell"), factors.waiting());
        assertSame(Touch.OTHER, factors.touch());
        assertEquals(read, ResultsFile.fromJson(ResultsFile.toJson(read)));
        assertTrue(ResultsFile.toJson(read).contains("\"wait\" : \"doorbell\""));
        String without = json.replace("\"wait\" : \"doorbell\",", "");
        String again = ResultsFile.toJson(ResultsFile.fromJson(without));
        assertFalse(again.contains("\"wait\""), again);
    }

    @Test
    void jsonHoldsTheFieldsOfTheRecordsOnly() {
        assertFalse(ResultsFile.toJson(results()).contains("usable"));
    }

    @Test
    void whatCannotBeReadSaysWhy() throws IOException {
        Path file = directory.resolve("results.json");
        assertMessage("does not exist", file);
        Files.writeString(file, "{\n\"schema\": 7x");
        assertMessage("at line 2", file);
        Files.writeString(file, "{\"schema\":\"shm-compare/9\"}");
        assertMessage("format shm-compare/9 is not shm-compare/2", file);
        Files.writeString(file, "null");
        assertMessage("format null is not shm-compare/2", file);
        assertThrows(IllegalArgumentException.class, () -> Hdr.decode("AAAA"));
        assertThrows(IllegalArgumentException.class, () -> Hdr.decode("*"));
    }

    /** A file of the first format, with its names, is not read as one without measurements. */
    @Test
    void anOldFileIsRefusedWithItsVersionAndTheRemedy() throws IOException {
        Path file = directory.resolve("old.json");
        Files.writeString(file, "{\"schema\":\"shm-compare/1\",\"measurements\":[{\"id\":\"a\"}]}");
        assertMessage("format shm-compare/1 is not shm-compare/2", file);
        assertMessage("measure again with 'shm-compare run'", file);
    }

    private static void assertMessage(String part, Path file) {
        String message = assertThrows(IOException.class, () -> ResultsFile.read(file)).getMessage();
        assertTrue(message.contains(file.toString()) && message.contains(part), message);
    }
}
