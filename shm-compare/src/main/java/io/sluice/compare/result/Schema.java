package io.sluice.compare.result;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The JSON Schema of results: the required content of a file, for this program and for others. */
public final class Schema {
    /** The schema, beside this class. */
    private static final String RESOURCE = "shm-compare-2.schema.json";

    private Schema() {}

    /**
     * Returns the schema's text.
     *
     * @return JSON Schema, draft 2020-12
     */
    public static String text() {
        return Resource.text(Schema.class, RESOURCE);
    }

    /**
     * Compares a file with the schema.
     *
     * @param file the file
     * @return a line for each violation, with its place; empty if there is none
     * @throws IOException if the file does not exist, cannot be read, or is not JSON
     */
    public static List<String> validate(Path file) throws IOException {
        return ResultsFile.read(file, Schema::validate);
    }

    /**
     * Compares a JSON text with the schema.
     *
     * @param json the text
     * @return a line for each violation, with its place; empty if there is none
     * @throws IOException if it is not JSON
     */
    public static List<String> validate(String json) throws IOException {
        try {
            return JsonSchemaFactory.getInstance(VersionFlag.V202012)
                    .getSchema(text(), InputFormat.JSON)
                    .validate(new ObjectMapper().readTree(json))
                    .stream()
                    .map(ValidationMessage::getMessage)
                    .sorted()
                    .toList();
        } catch (JsonProcessingException e) {
            throw ResultsFile.malformed("not JSON", e);
        }
    }
}
