package io.sluice.cli;

import io.sluice.Pipe;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code rm}: deletes pipes. */
@Command(
        name = "rm",
        description = {
            "Deletes pipes with their messages. Ends that are attached keep working, with each other"
                    + " only."
        })
final class RemoveCommand extends BaseCommand {
    @Parameters(paramLabel = "PIPE", arity = "1..*", description = "The paths of the pipes.")
    private List<Path> paths = new ArrayList<>();

    @Option(
            names = "--if-dead",
            description = "Refuses if an end is alive, according to the kernel.")
    private boolean ifDead;

    @Override
    ExitStatus run() throws IOException {
        ExitStatus exit = ExitStatus.OK;
        for (Path path : paths) {
            PipeReport pipe = ifDead ? PipeReport.of(path) : null;
            if (pipe != null && pipe.alive(true) + pipe.alive(false) > 0) {
                remark(
                        "%s: %d senders and %d receivers are alive; it stays"
                                .formatted(path, pipe.alive(true), pipe.alive(false)));
                exit = ExitStatus.BUSY;
                continue;
            }
            if (!Pipe.delete(path)) {
                throw new NoSuchFileException(path.toString(), null, "no pipe has this name");
            }
            if (writesJson()) {
                output().json(Map.of("deleted", path.toString()));
            }
        }
        return exit;
    }
}
