package io.sluice.cli;

import io.sluice.PipeView;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code hz}: prints the rates of a pipe. */
@Command(
        name = "hz",
        description = {
            "Prints how much is sent and received in each interval, in bytes.",
            "The number of messages is an estimate: bytes, divided by the mean length of the"
                    + " messages that were seen waiting."
        })
final class HzCommand extends BaseCommand {
    @Parameters(paramLabel = "PIPE", description = "The path of the pipe.")
    private Path path;

    @Option(
            names = "--interval",
            paramLabel = "TIME",
            converter = HumanUnits.Time.class,
            defaultValue = "1s",
            description = "The length of an interval. Default: ${DEFAULT-VALUE}")
    private Duration interval;

    @Option(names = "--count", paramLabel = "N", description = "Ends after so many intervals.")
    private long count = Long.MAX_VALUE;

    private long seenMessages;
    private long seenBytes;

    @Override
    ExitStatus run() throws IOException, InterruptedException {
        try (PipeView view = PipeView.open(path)) {
            PipeReport before = PipeReport.of(view);
            for (long i = 0; i < count; i++) {
                Thread.sleep(interval);
                PipeReport now = PipeReport.of(view);
                sample(now);
                print(before, now);
                before = now;
            }
        }
        return ExitStatus.OK;
    }

    private void sample(PipeReport now) {
        if (now.messages() > 0) {
            seenMessages += now.messages();
            seenBytes += now.waitingBytes();
        }
    }

    private void print(PipeReport before, PipeReport now) {
        double seconds = (now.statistics().nanoTime() - before.statistics().nanoTime()) / 1e9;
        double sent = rate(now.statistics().sentBytes(), before.statistics().sentBytes(), seconds);
        double received =
                rate(
                        now.statistics().receivedBytes(),
                        before.statistics().receivedBytes(),
                        seconds);
        Long messages =
                seenMessages == 0 || seenBytes == 0
                        ? null
                        : Math.round(sent * seenMessages / seenBytes);
        if (writesJson()) {
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("seconds", seconds);
            map.put("sentBytesPerSecond", sent);
            map.put("receivedBytesPerSecond", received);
            map.put("estimatedMessagesPerSecond", messages);
            map.put("waitingMessages", now.messages() < 0 ? null : now.messages());
            map.put("waitingBytes", now.waitingBytes());
            output().json(map);
        } else {
            output().line(
                            "sent %s/s%s, received %s/s, %s messages wait, %s"
                                    .formatted(
                                            HumanUnits.bytes(sent),
                                            messages == null
                                                    ? ""
                                                    : " (about "
                                                            + HumanUnits.number(messages)
                                                            + " messages)",
                                            HumanUnits.bytes(received),
                                            now.countedMessages(),
                                            HumanUnits.bytes(now.waitingBytes())));
        }
        output().flush();
    }

    private static double rate(long now, long before, double seconds) {
        return seconds <= 0 ? 0 : Math.max(0, now - before) / seconds;
    }
}
