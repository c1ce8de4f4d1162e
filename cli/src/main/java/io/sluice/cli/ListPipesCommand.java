package io.sluice.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code ls}: lists the pipes of directories. */
@Command(name = "ls", description = "Lists the pipes in directories.")
final class ListPipesCommand extends BaseCommand {
    @Mixin private PipePlaces places;

    @Override
    ExitStatus run() throws IOException {
        List<Object> all = new ArrayList<>();
        Table table =
                new Table("PIPE", "KIND", ">CAPACITY", ">SENDERS", ">RECEIVERS", ">MESSAGES", "");
        for (Path path : places.pipes()) {
            PipePlaces.Found found = PipePlaces.look(path);
            if (found.report() == null) {
                Map<String, Object> row = new LinkedHashMap<>();
                row.put("path", path.toString());
                row.put("error", found.problem());
                all.add(row);
                table.add(path, "?", "", "", "", "", found.problem());
            } else {
                PipeReport pipe = found.report();
                all.add(pipe.toMap());
                table.add(
                        path,
                        pipe.kind(),
                        HumanUnits.bytes(pipe.capacity()),
                        pipe.ends(true),
                        pipe.ends(false),
                        pipe.countedMessages(),
                        pipe.remarks());
            }
        }
        if (writesJson()) {
            output().line(Json.pretty(all));
        } else if (!all.isEmpty()) {
            table.lines().forEach(output()::line);
        }
        return ExitStatus.OK;
    }
}
