package io.sluice.cli;

import io.sluice.Pipe;
import io.sluice.PipeSender;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code put}: sends the standard input. */
@Command(
        name = "put",
        description = {
            "Sends the standard input to a pipe, and waits while there is no room.",
            "Without --lines or --frames, what one read returns is a message."
        })
final class PutCommand extends BaseCommand {
    @Mixin private PipeArgument argument;
    @Mixin private Framing framing;

    @Option(names = "--count", paramLabel = "N", description = "Ends after so many messages.")
    private long count = Long.MAX_VALUE;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = HumanUnits.Time.class,
            description = "Waits so long for room: 500ms, 2s, 1m.")
    private Duration timeout;

    @Override
    ExitStatus run() throws Exception {
        if (count < 0) {
            throw new Failure(ExitStatus.USAGE, "--count=" + count + " is negative");
        }
        try (Pipe pipe = argument.open();
                PipeSender sender = pipe.sender()) {
            long sent = 0;
            try {
                Framing.MessageSource source =
                        framing.read(streams().in(), sender.maxMessageLength());
                ExitStatus exit = ExitStatus.OK;
                byte[] message = sent < count ? source.next() : null;
                while (message != null && exit == ExitStatus.OK) {
                    exit = send(sender, message);
                    if (exit == ExitStatus.OK) {
                        sent++;
                        message = sent < count ? source.next() : null;
                    }
                }
                return exit;
            } finally {
                if (writesJson()) {
                    output().json(Map.of("sent", sent));
                    output().flush();
                }
            }
        }
    }

    private ExitStatus send(PipeSender sender, byte[] message)
            throws IOException, InterruptedException {
        if (timeout == null) {
            sender.send(message);
        } else if (!sender.send(message, timeout)) {
            remark("no room for " + timeout.toMillis() + " ms: the receivers are behind");
            return ExitStatus.TIMEOUT;
        }
        return ExitStatus.OK;
    }
}
