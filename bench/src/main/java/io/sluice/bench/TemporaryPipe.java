package io.sluice.bench;

import io.sluice.Pipe;
import io.sluice.PipeSpec;
import java.io.IOException;
import java.nio.file.Path;

/** A pipe for as long as it takes to open its ends; in memory, if there is a place for files. */
final class TemporaryPipe implements AutoCloseable {
    private final Path directory;
    private final Pipe pipe;

    TemporaryPipe(PipeSpec spec) throws IOException {
        directory = TemporaryDirectories.create();
        pipe = Pipe.create(directory.resolve("pipe"), spec);
    }

    Pipe pipe() {
        return pipe;
    }

    /** Removes its name. Open ends remain usable. */
    @Override
    public void close() throws IOException {
        Pipe.delete(pipe.path());
        TemporaryDirectories.delete(directory);
    }
}
