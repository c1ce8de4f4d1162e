package io.sluice.cli;

import io.sluice.BatchHandler;
import io.sluice.EndOptions;
import io.sluice.Pipe;
import io.sluice.PipePosition;
import io.sluice.PipeReceiver;
import java.time.Duration;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code cat}: receives messages to the standard output.
 *
 * <p>A message is finished once it is written: the handler writes, and returns only then. If the
 * output fails, the process ends in the handler, and nothing that was not written is finished; the
 * kernel releases its lock, and the next receiver gets those messages again, marked. So a kill at
 * any time loses nothing that was not written, and may repeat what was.
 */
@Command(
        name = "cat",
        description = {
            "Receives messages to the standard output, until all senders have gone.",
            "A message is finished when it is written. Killed in the middle, it loses none that it"
                    + " has not written (unless the pipe is AT_MOST_ONCE, a rendezvous or a"
                    + " broadcast), and the next receiver reports those that may have been."
        })
final class CatCommand extends BaseCommand {
    private static final int BATCH = 256;
    private static final Duration FOREVER = Duration.ofDays(1);

    @Mixin private PipeArgument argument;
    @Mixin private Framing framing;

    @Option(names = "--count", paramLabel = "N", description = "Ends after so many messages.")
    private long count = Long.MAX_VALUE;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = HumanUnits.Time.class,
            description = "Ends if there is no message for so long: 500ms, 2s, 1m.")
    private Duration timeout;

    @Option(
            names = "--follow",
            description = "Goes on when all senders have gone, and waits for others.")
    private boolean follow;

    @Option(
            names = "--oldest",
            description = "Of a broadcast: begins with the oldest message that is there.")
    private boolean oldest;

    @Option(
            names = "--lossy",
            description = "Of a broadcast: does not hold the senders up; reports what it missed.")
    private boolean lossy;

    private PipeReceiver receiver;
    private long received;
    private int batch;

    private EndOptions options() {
        EndOptions options = EndOptions.defaults();
        if (oldest) {
            options = options.startAt(PipePosition.OLDEST);
        }
        return lossy ? options.lossy() : options;
    }

    @Override
    ExitStatus run() throws Exception {
        if (count < 0) {
            throw new Failure(ExitStatus.USAGE, "--count=" + count + " is negative");
        }
        try (Pipe pipe = argument.open();
                PipeReceiver opened = pipe.receiver(options())) {
            receiver = opened;
            ExitStatus exit = receive();
            if (receiver.lost() > 0) {
                remark(
                        "missed %d messages, %d bytes: they were overwritten"
                                .formatted(receiver.lost(), receiver.lostBytes()));
            }
            return exit;
        }
    }

    private ExitStatus receive() throws InterruptedException {
        BatchHandler handler = this::write;
        while (received < count) {
            int limit = (int) Math.min(BATCH, count - received);
            Duration longest = timeout == null ? FOREVER : timeout;
            int found = receiver.receiveBatch(handler, limit, longest);
            if (found == 0 && timeout != null) {
                return timedOut();
            }
            if (found < 0) {
                if (!follow) {
                    return ExitStatus.OK;
                }
                if (!receiver.awaitSender(longest) && timeout != null) {
                    return timedOut();
                }
            }
        }
        return ExitStatus.OK;
    }

    private ExitStatus timedOut() {
        remark("no message for " + timeout.toMillis() + " ms");
        return ExitStatus.TIMEOUT;
    }

    private void write(io.sluice.MessageBatch messages) {
        try {
            int attempt = receiver.deliveryAttempt();
            batch = 0;
            while (messages.next()) {
                byte[] message =
                        MessageText.bytes(messages.memory(), messages.offset(), messages.length());
                write(message, attempt);
                batch++;
            }
            output().flush();
            received += batch;
        } catch (Failure e) {
            if (e.getMessage() != null) {
                remark(e.getMessage() + "; the next receiver gets what was not written");
            }
            // Returning, or throwing, would finish the messages.
            streams().halt().accept(e.exit().status());
            throw e;
        }
    }

    private void write(byte[] message, int attempt) {
        if (writesJson()) {
            Map<String, Object> map = MessageText.toMap(message);
            map.put("deliveryAttempt", attempt);
            output().json(map);
            return;
        }
        if (attempt > 0) {
            remark(
                    "message %d may be a repeat: a receiver that had taken it died; attempt %d"
                            .formatted(received + batch + 1, attempt + 1));
        }
        framing.write(output(), message, message.length);
    }
}
