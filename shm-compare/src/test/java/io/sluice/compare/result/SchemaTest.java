package io.sluice.compare.result;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.compare.stats.SyntheticResults;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SchemaTest {
    @TempDir Path directory;

    @Test
    void whatIsWrittenFitsTheSchema() throws IOException {
        Path file = directory.resolve("results.json");
        ResultsFile.write(file, SyntheticResults.typical());
        assertEquals(List.of(), Schema.validate(file));
        ResultsFile.write(file, ResultsFileTest.complete());
        assertEquals(List.of(), Schema.validate(file));
    }

    @Test
    void whatDoesNotFitIsNamedWithItsPlace() throws IOException {
        String good = ResultsFile.toJson(SyntheticResults.typical());
        assertViolation(good, "\"shm-compare/2\"", "\"shm-compare/1\"", "$.schema");
        assertViolation(good, "\"status\" : \"ok\"", "\"status\" : \"fine\"", "status");
        assertViolation(good, "\"size\" : 64", "\"size\" : -64", "$.measurements[0].factors.size");
        assertViolation(good, "\"messages\" : 200000", "\"messages\" : \"many\"", "messages");
        assertViolation(good, "\"status\" : \"ok\"", "\"status\" : \"failed\"", "reason");
        assertViolation(good, "\"measurements\"", "\"meters\"", "measurements");
    }

    private static void assertViolation(String good, String from, String to, String place)
            throws IOException {
        assertTrue(good.contains(from), from);
        List<String> found =
                Schema.validate(good.replaceFirst(java.util.regex.Pattern.quote(from), to));
        assertTrue(found.stream().anyMatch(line -> line.contains(place)), found.toString());
    }

    @Test
    void laterFieldsFit() throws IOException {
        assertEquals(
                List.of(),
                Schema.validate(
                        "{\"schema\":\"shm-compare/2\",\"measurements\":[],\"weather\":{\"wind\":1}}"));
    }

    @Test
    void whatIsNoJsonOrIsNotThereIsAnError() throws IOException {
        Path file = directory.resolve("results.json");
        assertMessage("does not exist", file);
        Files.writeString(file, "{\n\"schema\": 7x");
        assertMessage("line 2", file);
    }

    private static void assertMessage(String part, Path file) {
        String message = assertThrows(IOException.class, () -> Schema.validate(file)).getMessage();
        assertTrue(message.contains(part) && message.contains(file.toString()), message);
    }

    @Test
    void theSchemaHasTheFieldsOfTheRecordsAndNoOthers() throws IOException {
        JsonNode schema = new ObjectMapper().readTree(Schema.text());
        assertFields(schema, Results.class);
        Map<String, Class<?>> records =
                Map.ofEntries(
                        Map.entry("tool", Tool.class),
                        Map.entry("run", Run.class),
                        Map.entry("note", Note.class),
                        Map.entry("library", Environment.Library.class),
                        Map.entry("environment", Environment.class),
                        Map.entry("jitter", FloorReading.Jitter.class),
                        Map.entry("floor", FloorReading.class),
                        Map.entry("floorPair", FloorReading.CpuPairLatency.class),
                        Map.entry("factors", Factors.class),
                        Map.entry("endCounters", EndCounters.class),
                        Map.entry("systemCounters", SystemCounters.class),
                        Map.entry("window", Window.class),
                        Map.entry("fork", Fork.class),
                        Map.entry("measurement", Measurement.class),
                        Map.entry("grade", Grade.class),
                        Map.entry("quantity", Quantity.class),
                        Map.entry("decomposition", Decomposition.class),
                        Map.entry("audit", Audit.class),
                        Map.entry("notMeasured", NotMeasured.class));
        for (Map.Entry<String, Class<?>> each : records.entrySet()) {
            assertFields(schema.get("$defs").get(each.getKey()), each.getValue());
        }
    }

    private static void assertFields(JsonNode definition, Class<?> type) {
        TreeSet<String> described = new TreeSet<>();
        definition.get("properties").fieldNames().forEachRemaining(described::add);
        TreeSet<String> declared = new TreeSet<>();
        Arrays.stream(type.getRecordComponents()).map(SchemaTest::name).forEach(declared::add);
        assertEquals(declared, described, type.getSimpleName());
    }

    private static String name(RecordComponent component) {
        JsonProperty renamed = component.getAccessor().getAnnotation(JsonProperty.class);
        return renamed == null ? component.getName() : renamed.value();
    }
}
