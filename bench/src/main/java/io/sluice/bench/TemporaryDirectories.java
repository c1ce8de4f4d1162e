package io.sluice.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** Directories that are deleted when this JVM ends, also in the middle of a trial. */
final class TemporaryDirectories {
    private static final Path MEMORY = Path.of("/dev/shm");
    private static final Set<Path> ALL = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> ALL.forEach(TemporaryDirectories::delete)));
    }

    private TemporaryDirectories() {}

    /** Creates a directory, in memory if there is a place for files. */
    static Path create() throws IOException {
        Path directory =
                Files.isWritable(MEMORY)
                        ? Files.createTempDirectory(MEMORY, "sluice-bench")
                        : Files.createTempDirectory("sluice-bench");
        ALL.add(directory);
        return directory;
    }

    /** Adds a directory that something else has created. */
    static void add(Path directory) {
        ALL.add(directory);
    }

    /** Deletes a directory with its content, if it is still there. */
    static void delete(Path directory) {
        ALL.remove(directory);
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.toList().reversed()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
