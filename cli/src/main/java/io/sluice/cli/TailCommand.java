package io.sluice.cli;

import io.sluice.MessageHandler;
import io.sluice.PipeView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tail}: prints the newest messages in a pipe, and those that come. */
@Command(
        name = "tail",
        description = {
            "Prints the newest messages in a pipe, and with -f those that are sent from then on."
                    + " Receives none.",
            "It shows what waits when it looks: what a receiver has taken out before is missed, and"
                    + " counted. Of a broadcast it shows every message."
        })
final class TailCommand extends LookingCommand {
    private static final long PERIOD_MILLIS = 1;
    private static final int PERIODS_PER_CHECK = 250;

    @Option(
            names = {"-n", "--count"},
            paramLabel = "N",
            description = "Prints so many of the messages in the pipe. Default: ${DEFAULT-VALUE}",
            defaultValue = "10")
    private int count;

    @Option(
            names = {"-f", "--follow"},
            description = "Prints what is sent from then on.")
    private boolean follow;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = HumanUnits.Time.class,
            description = "With -f: ends if no message was seen for so long.")
    private Duration timeout;

    @Override
    ExitStatus run() throws IOException, InterruptedException {
        try (PipeView view = open()) {
            Deque<PeekedMessage> newest = new ArrayDeque<>();
            view.peek(
                    (memory, offset, length) -> {
                        newest.add(PeekedMessage.of(view, memory, offset, length));
                        if (newest.size() > count) {
                            newest.remove();
                        }
                    },
                    Integer.MAX_VALUE);
            newest.forEach(this::print);
            output().flush();
            if (!follow) {
                return ExitStatus.OK;
            }
            try {
                return follow(view);
            } finally {
                reportMissed(view);
            }
        }
    }

    private ExitStatus follow(PipeView view) throws IOException, InterruptedException {
        MessageHandler handler =
                (memory, offset, length) -> print(PeekedMessage.of(view, memory, offset, length));
        long last = System.nanoTime();
        for (int periods = 0; ; periods++) {
            if (view.peek(handler, Integer.MAX_VALUE) > 0) {
                output().flush();
                last = System.nanoTime();
                continue;
            }
            if (timeout != null && System.nanoTime() - last > timeout.toNanos()) {
                remark("no message was seen for " + timeout.toMillis() + " ms");
                return ExitStatus.TIMEOUT;
            }
            if (periods % PERIODS_PER_CHECK == 0 && !Files.exists(path())) {
                throw new NoSuchFileException(path().toString(), null, "the pipe was deleted");
            }
            // No lock and no futex: what looks is not to be noticed.
            Thread.sleep(PERIOD_MILLIS);
        }
    }
}
