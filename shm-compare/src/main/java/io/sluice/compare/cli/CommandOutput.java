package io.sluice.compare.cli;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.sluice.compare.result.Results;
import io.sluice.compare.result.ResultsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** What commands print, and the files that they write. */
final class CommandOutput {
    private CommandOutput() {}

    /** Prints a line, with numbers as everywhere. */
    static void print(String format, Object... arguments) {
        System.out.printf(Locale.ROOT, format + "%n", arguments);
    }

    /** Prints JSON, indented. */
    static void json(Object value) throws IOException {
        var json = new JsonMapper().writerWithDefaultPrettyPrinter();
        System.out.println(json.writeValueAsString(value));
    }

    /**
     * Checks, before the work, that the file can be written: creates a file beside it, and deletes
     * it.
     */
    static void check(Path file) {
        Path target = file.toAbsolutePath();
        if (target.getFileName() == null || Files.isDirectory(target)) {
            throw new WrongArgumentException("%s is a directory: name a file in it", file);
        }
        Path directory = target.getParent();
        try {
            Files.delete(Files.createTempFile(directory, "shm-compare", ".tmp"));
        } catch (IOException e) {
            throw new WrongArgumentException(
                    "%s is not a directory that can be written to: choose another -o", directory);
        }
    }

    /** Prints where a file is. */
    static void place(String label, Path file) {
        System.out.println(label + file.toAbsolutePath().normalize());
    }

    /**
     * Writes results that took long to measure. If the file cannot be written, because the disk has
     * become full for instance, they are written to a temporary file.
     *
     * @throws IOException if they are not in the file; the message names the temporary file
     */
    static void write(Path file, Results results) throws IOException {
        try {
            ResultsFile.write(file, results);
        } catch (IOException e) {
            Path kept = Files.createTempFile("shm-compare-", ".json");
            ResultsFile.write(kept, results);
            throw new IOException(e.getMessage() + "; the results were kept in " + kept, e);
        }
    }
}
