package io.sluice.cli;

import io.sluice.Node;
import io.sluice.NodeInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code nodes}: lists the nodes of a directory. */
@Command(name = "nodes", description = "Lists the nodes of a directory, and does not join them.")
final class NodesCommand extends BaseCommand {
    @Parameters(paramLabel = "DIRECTORY", description = "The directory of the nodes.")
    private Path directory;

    @Option(
            names = {"-a", "--all"},
            description = "Lists names that have no owner now, too.")
    private boolean all;

    @Override
    ExitStatus run() throws IOException {
        List<Map<String, Object>> nodes = new ArrayList<>();
        Table table = new Table("NODE", "STATE", ">PID", "SINCE", ">MESSAGES", ">SENDERS");
        for (NodeInfo node : Node.list(directory)) {
            if (!node.present() && !all) {
                continue;
            }
            PipeReport inbox =
                    Files.exists(node.inbox()) ? PipePlaces.look(node.inbox()).report() : null;
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("name", node.name());
            map.put("present", node.present());
            map.put("pid", node.pid());
            map.put("since", node.since().toString());
            map.put("inbox", node.inbox().toString());
            map.put("messages", inbox == null || inbox.messages() < 0 ? null : inbox.messages());
            map.put("senders", inbox == null ? null : inbox.alive(true));
            nodes.add(map);
            table.add(
                    node.name(),
                    node.present() ? "present" : "gone",
                    node.pid(),
                    node.since(),
                    inbox == null ? "?" : inbox.countedMessages(),
                    inbox == null ? "?" : inbox.alive(true));
        }
        if (writesJson()) {
            output().line(Json.pretty(nodes));
        } else if (!nodes.isEmpty()) {
            table.lines().forEach(output()::line);
        }
        return ExitStatus.OK;
    }
}
