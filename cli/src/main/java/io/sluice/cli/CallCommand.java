package io.sluice.cli;

import io.sluice.CallOutcome;
import io.sluice.Node;
import io.sluice.Reply;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code call}: sends a request to a node, and prints the reply. */
@Command(
        name = "call",
        description = {
            "Sends a request to a node, and writes the reply.",
            "The request is the third argument, or else the standard input. Joins the directory"
                    + " meanwhile, by the name of --as: waits while another process has it."
        })
final class CallCommand extends BaseCommand {
    @Parameters(index = "0", paramLabel = "DIRECTORY", description = "The directory of the nodes.")
    private Path directory;

    @Parameters(index = "1", paramLabel = "NODE", description = "The name of the node.")
    private String name;

    @Parameters(index = "2", arity = "0..1", paramLabel = "REQUEST", description = "The request.")
    private String request;

    @Option(
            names = "--as",
            paramLabel = "NAME",
            defaultValue = "sluice-call",
            description =
                    "The name of the caller. A directory keeps each name. Default:"
                            + " ${DEFAULT-VALUE}")
    private String self;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = HumanUnits.Time.class,
            defaultValue = "5s",
            description = "Waits so long for the name, and then for the reply. Default: 5s")
    private Duration timeout;

    @Override
    ExitStatus run() throws IOException, InterruptedException {
        Node.list(directory); // Nothing is made in a directory that is none.
        byte[] bytes =
                request == null
                        ? streams().in().readAllBytes()
                        : request.getBytes(StandardCharsets.UTF_8);
        try (Node node = Node.join(directory, self, timeout)) {
            if (bytes.length > node.maxMessageLength(name)) {
                throw new Failure(
                        ExitStatus.DATA,
                        "the request has %d bytes; this node takes up to %d"
                                .formatted(bytes.length, node.maxMessageLength(name)));
            }
            Reply reply = node.call(name, bytes, timeout);
            CallOutcome outcome = reply.outcome();
            byte[] answer = reply.isReplied() ? reply.toBytes() : new byte[0];
            if (writesJson()) {
                Map<String, Object> map = new LinkedHashMap<>();
                map.put("outcome", outcome.name());
                map.put("reply", reply.isReplied() ? MessageText.toMap(answer) : null);
                output().json(map);
            } else {
                output().bytes(answer, answer.length);
            }
            return exit(outcome);
        }
    }

    private ExitStatus exit(CallOutcome outcome) {
        switch (outcome) {
            case REPLIED:
                return ExitStatus.OK;
            case TIMED_OUT:
                remark(
                        "no reply within %d ms; the request may have been done"
                                .formatted(timeout.toMillis()));
                return ExitStatus.TIMEOUT;
            case NOT_DONE:
                remark(name + " has gone and had not taken the request: it is not done");
                return ExitStatus.BROKEN;
            default:
                remark(name + " took the request and did not reply: it may have been done");
                return ExitStatus.BROKEN;
        }
    }
}
