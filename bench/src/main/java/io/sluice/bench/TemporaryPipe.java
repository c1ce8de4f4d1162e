package io.sluice.bench;

import io.sluice.Pipe;
import io.sluice.PipeSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A pipe for as long as it takes to open its ends; in memory, if there is a place for files. */
final class TemporaryPipe implements AutoCloseable {
    private static final Path MEMORY = Path.of("/dev/shm");

    private final Path directory;
    private final Pipe pipe;

    TemporaryPipe(PipeSpec spec) throws IOException {
        directory = newDirectory();
        pipe = Pipe.create(directory.resolve("pipe"), spec);
    }

    /** Creates a directory, in memory if there is a place for files. */
    static Path newDirectory() throws IOException {
        return Files.isWritable(MEMORY)
                ? Files.createTempDirectory(MEMORY, "sluice-bench")
                : Files.createTempDirectory("sluice-bench");
    }

    Pipe pipe() {
        return pipe;
    }

    /** Removes its name. Open ends remain usable. */
    @Override
    public void close() throws IOException {
        Pipe.delete(pipe.path());
        Files.delete(directory);
    }
}
