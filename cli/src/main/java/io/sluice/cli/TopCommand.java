package io.sluice.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code top}: shows pipes and their rates, the busiest first, again and again. */
@Command(
        name = "top",
        description = {
            "Shows pipes and their rates, the busiest first, and renews it each interval.",
            "In a terminal it uses the whole screen, until Ctrl-C; else it prints tables."
        })
final class TopCommand extends BaseCommand {
    private static final String ENTER = "\033[?1049h\033[?25l";
    private static final String LEAVE = "\033[?25h\033[?1049l";
    private static final String HOME = "\033[H";
    private static final String CLEAR_LINE = "\033[K";
    private static final String CLEAR_BELOW = "\033[J";

    @Mixin private PipePlaces places;

    @Option(
            names = "--interval",
            paramLabel = "TIME",
            converter = HumanUnits.Time.class,
            defaultValue = "1s",
            description = "The time between two views. Default: ${DEFAULT-VALUE}")
    private Duration interval;

    @Option(names = "--count", paramLabel = "N", description = "Ends after so many views.")
    private long count = Long.MAX_VALUE;

    private final Map<Path, PipeReport> before = new HashMap<>();

    /** Whether the screen was given back: a view that is drawn after it would overwrite it. */
    private boolean restored;

    /** A pipe, and how much it carried since the last view. */
    private record PipeRow(Path path, PipePlaces.Found found, double sent, double received) {}

    @Override
    ExitStatus run() throws IOException, InterruptedException {
        boolean screen = streams().terminal().isTerminal() && !writesJson();
        Thread restore = new Thread(this::restore);
        if (screen) {
            Runtime.getRuntime().addShutdownHook(restore);
            write(ENTER);
        }
        try {
            for (long i = 0; i < count; i++) {
                if (i > 0) {
                    Thread.sleep(interval);
                }
                show(rows(), screen);
            }
        } finally {
            if (screen && Runtime.getRuntime().removeShutdownHook(restore)) {
                restore();
            }
        }
        return ExitStatus.OK;
    }

    /** Gives the screen back. The hook of the JVM's end calls it while a view may be drawn. */
    private synchronized void restore() {
        write(LEAVE);
        restored = true;
    }

    private synchronized void write(String text) {
        if (restored) {
            return;
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        output().bytes(bytes, bytes.length);
        output().flush();
    }

    private List<PipeRow> rows() throws IOException {
        List<PipeRow> rows = new ArrayList<>();
        for (Path path : places.pipes()) {
            PipePlaces.Found found = PipePlaces.look(path);
            PipeReport now = found.report();
            PipeReport last = now == null ? null : before.put(path, now);
            double sent = 0;
            double received = 0;
            if (last != null) {
                double seconds = (now.statistics().nanoTime() - last.statistics().nanoTime()) / 1e9;
                sent = (now.statistics().sentBytes() - last.statistics().sentBytes()) / seconds;
                received = now.statistics().receivedBytesPerSecond(last.statistics());
            }
            rows.add(new PipeRow(path, found, Math.max(0, sent), Math.max(0, received)));
        }
        rows.sort(Comparator.comparingDouble((PipeRow row) -> row.sent + row.received).reversed());
        return rows;
    }

    private void show(List<PipeRow> rows, boolean screen) {
        if (writesJson()) {
            output().json(rows.stream().map(TopCommand::toMap).toList());
            output().flush();
            return;
        }
        Table table =
                new Table(
                        "PIPE",
                        "KIND",
                        ">SENDERS",
                        ">RECEIVERS",
                        ">MESSAGES",
                        ">WAITING",
                        ">SENT/s",
                        ">RECEIVED/s",
                        "");
        rows.forEach(row -> add(table, row));
        List<String> lines = table.lines();
        if (!screen) {
            lines.forEach(output()::line);
            output().line("");
            output().flush();
            return;
        }
        int[] size = streams().terminal().size();
        int height = size[0] > 2 ? size[0] - 2 : 22;
        StringBuilder view = new StringBuilder(HOME);
        view.append(styled("@|bold sluice top|@  " + rows.size() + " pipes, Ctrl-C ends"))
                .append(CLEAR_LINE)
                .append("\r\n");
        for (int i = 0; i < Math.min(lines.size(), height); i++) {
            String line = cut(lines.get(i), size[1]);
            view.append(i == 0 ? styled("@|reverse " + line + "|@") : line)
                    .append(CLEAR_LINE)
                    .append("\r\n");
        }
        write(view.append(CLEAR_BELOW).toString());
    }

    private static String cut(String line, int width) {
        return width > 0 && line.length() > width ? line.substring(0, width) : line;
    }

    private static void add(Table table, PipeRow row) {
        PipeReport pipe = row.found.report();
        if (pipe == null) {
            table.add(row.path, "?", "", "", "", "", "", "", row.found.problem());
            return;
        }
        table.add(
                row.path,
                pipe.kind(),
                pipe.ends(true),
                pipe.ends(false),
                pipe.countedMessages(),
                HumanUnits.bytes(pipe.waitingBytes()),
                HumanUnits.bytes(row.sent),
                HumanUnits.bytes(row.received),
                pipe.remarks());
    }

    private static Map<String, Object> toMap(PipeRow row) {
        Map<String, Object> map = new LinkedHashMap<>();
        if (row.found.report() == null) {
            map.put("path", row.path.toString());
            map.put("error", row.found.problem());
        } else {
            map.putAll(row.found.report().toMap());
            map.put("sentBytesPerSecond", row.sent);
            map.put("receivedBytesPerSecond", row.received);
        }
        return map;
    }
}
