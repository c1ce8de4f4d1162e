package io.sluice.compare.result;

import static com.fasterxml.jackson.annotation.JsonInclude.Include.NON_NULL;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Results as a JSON file. Any thread may call. */
public final class ResultsFile {
    private static final ObjectMapper JSON =
            JsonMapper.builder()
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .enable(DeserializationFeature.READ_UNKNOWN_ENUM_VALUES_USING_DEFAULT_VALUE)
                    .defaultPropertyInclusion(JsonInclude.Value.construct(NON_NULL, NON_NULL))
                    .build();

    private ResultsFile() {}

    /** Makes something of the text of a file. */
    interface Parser<T> {
        T parse(String text) throws IOException;
    }

    /**
     * Reads a file.
     *
     * @throws IOException if it does not exist, cannot be read, is not JSON, or has another schema
     */
    public static Results read(Path file) throws IOException {
        return read(file, ResultsFile::fromJson);
    }

    /** Reads a file and parses its text; the message of what fails begins with the file's name. */
    static <T> T read(Path file, Parser<T> parser) throws IOException {
        String text;
        try {
            text = Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new IOException(
                    file + " does not exist: 'shm-compare run -o FILE' writes one", e);
        } catch (IOException e) {
            throw new IOException(file + " cannot be read: " + e.getMessage(), e);
        }
        try {
            return parser.parse(text);
        } catch (IOException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    /**
     * Writes a file, replacing one that exists. Readers see the old one or the new one, never a
     * part.
     *
     * @throws IOException if it cannot be written; then the old one is still there
     */
    public static void write(Path file, Results results) throws IOException {
        write(file, toJson(results));
    }

    /** Writes a page of results, in the same way. */
    public static void write(Path file, String text) throws IOException {
        Path target = file.toAbsolutePath();
        // Not a temporary file of the system's, which other users may not read.
        Path temporary =
                target.resolveSibling(
                        target.getFileName() + "." + ProcessHandle.current().pid() + ".tmp");
        try {
            Files.writeString(temporary, text);
            Files.move(temporary, target, REPLACE_EXISTING, ATOMIC_MOVE);
        } catch (IOException e) {
            Files.deleteIfExists(temporary);
            throw new IOException(file + " cannot be written: " + e, e);
        }
    }

    /** Returns the JSON, indented, with a line end at its end. */
    public static String toJson(Results results) {
        try {
            return JSON.writeValueAsString(results) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "these results have no JSON: " + e.getOriginalMessage(), e);
        }
    }

    /**
     * Returns the results of a JSON text.
     *
     * @throws IOException if it is not JSON or has another schema
     */
    public static Results fromJson(String text) throws IOException {
        Results results;
        try {
            results = JSON.readValue(text, Results.class);
        } catch (JsonProcessingException e) {
            throw malformed("not results of shm-compare", e);
        }
        String schema = results == null ? null : results.schema();
        if (!Results.SCHEMA.equals(schema)) {
            String remedy =
                    schema != null && schema.startsWith("shm-compare/")
                            ? "measure again with 'shm-compare run', or read the file with the"
                                    + " version of shm-compare that wrote it"
                            : "another program wrote it";
            throw new IOException(
                    "format %s is not %s, the one that this version reads: %s"
                            .formatted(schema, Results.SCHEMA, remedy));
        }
        return results;
    }

    /** Returns what is wrong with a JSON text, and where. */
    static IOException malformed(String what, JsonProcessingException e) {
        String where = e.getLocation() == null ? "" : " at line " + e.getLocation().getLineNr();
        return new IOException(what + where + ": " + e.getOriginalMessage(), e);
    }
}
