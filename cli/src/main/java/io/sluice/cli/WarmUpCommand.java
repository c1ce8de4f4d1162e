package io.sluice.cli;

import io.sluice.Pipe;
import io.sluice.PipeSpec;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine.Command;

/**
 * {@code warm-up}: uses what most subcommands use, for the archive of classes that the script makes
 * of a run.
 */
@Command(name = "warm-up", hidden = true, description = "Runs subcommands over an anonymous pipe.")
final class WarmUpCommand extends BaseCommand {
    @Override
    ExitStatus run() throws IOException {
        PipeSpec spec = PipeSpec.bounded().retainWithoutReceivers(true);
        try (Pipe pipe = Pipe.anonymous(spec)) {
            String path = pipe.path().toString();
            for (List<String> command :
                    List.of(
                            List.of("--version"),
                            List.of("--help"),
                            List.of("put", "--lines", path),
                            List.of("ls", path),
                            List.of("stat", path),
                            List.of("stat", "--json", path),
                            List.of("peek", path),
                            List.of("tail", path),
                            List.of("top", "--count", "1", path),
                            List.of("cat", "--lines", "--timeout", "1s", path),
                            List.of("stat", path + "0"))) {
                SluiceCommand.run(silent(), command.toArray(new String[0]));
            }
        }
        return ExitStatus.OK;
    }

    private static Streams silent() {
        OutputStream nothing = OutputStream.nullOutputStream();
        return new Streams(
                new ByteArrayInputStream("a line".getBytes(StandardCharsets.UTF_8)),
                nothing,
                new PrintStream(nothing, false, StandardCharsets.UTF_8),
                Terminal.NONE,
                status -> {});
    }
}
