package io.sluice.aeron;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The sizes of the tests, and their counts for the table that {@code -Pproof} prints. */
final class ProofSize {
    private static final String FILE = System.getProperty("sluice.proof");

    private ProofSize() {}

    /** Returns the first number in an ordinary build, the second in a proof build. */
    static int of(int little, int all) {
        return FILE != null ? all : little;
    }

    /** Adds to a line of the table. */
    static void count(String line, long count, String found) throws IOException {
        if (FILE != null) {
            Path file = Path.of(FILE);
            Files.createDirectories(file.getParent());
            Files.writeString(
                    file,
                    line + "\t" + count + "\t" + found + "\n",
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        }
    }
}
