package io.sluice.cli;

import io.sluice.Pipe;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The pipe that a subcommand attaches to. */
final class PipeArgument {
    @Parameters(paramLabel = "PIPE", description = "The path of the pipe.")
    private Path path;

    @Option(
            names = "--shared",
            description = "Accepts a pipe that another user shares with a group.")
    private boolean shared;

    @Option(
            names = "--wait",
            paramLabel = "TIME",
            converter = HumanUnits.Time.class,
            description =
                    "Waits so long for the pipe to be created: 500ms, 2s, 1m. Not with --shared.")
    private Duration patience;

    Path path() {
        return path;
    }

    Pipe open() throws IOException, InterruptedException {
        if (patience != null && !shared) {
            return Pipe.open(path, patience);
        }
        return shared ? Pipe.openShared(path) : Pipe.open(path);
    }
}
