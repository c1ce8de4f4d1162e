package io.sluice.cli;

import io.sluice.PipeView;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code peek}: prints the messages that are in a pipe. */
@Command(
        name = "peek",
        description = {
            "Prints the messages in a pipe, the oldest of each sender first, and receives none.",
            "Each line: the sender's lane, the length in bytes, and the beginning of the message."
        })
final class PeekCommand extends LookingCommand {
    @Option(names = "--count", paramLabel = "N", description = "Prints at most so many messages.")
    private int count = Integer.MAX_VALUE;

    @Override
    ExitStatus run() throws IOException {
        try (PipeView view = open()) {
            // One call: senders may be faster than this.
            view.peek(
                    (memory, offset, length) ->
                            print(PeekedMessage.of(view, memory, offset, length)),
                    count);
        }
        return ExitStatus.OK;
    }
}
