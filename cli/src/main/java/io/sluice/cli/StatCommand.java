package io.sluice.cli;

import io.sluice.PipeStatistics.Lane;
import io.sluice.PipeStatistics.Participant;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code stat}: shows what there is to know of pipes. */
@Command(
        name = "stat",
        description = "Shows a pipe: what it was made with, who is attached, depths.")
final class StatCommand extends BaseCommand {
    /** What is said first, or not at all. */
    private static final List<String> HEAD =
            List.of("rendezvous", "broadcast", "capacity", "quota", "senders", "receivers");

    @Parameters(paramLabel = "PIPE", arity = "1..*", description = "The paths of the pipes.")
    private List<Path> paths = new ArrayList<>();

    @Option(names = "--prometheus", description = "Writes the text format of Prometheus.")
    private boolean prometheus;

    @Override
    ExitStatus run() throws IOException {
        List<PipeReport> pipes = new ArrayList<>();
        for (Path path : paths) {
            pipes.add(PipeReport.of(path));
        }
        if (prometheus) {
            Prometheus.lines(pipes).forEach(output()::line);
        } else if (writesJson()) {
            output().line(Json.pretty(pipes.stream().map(PipeReport::toMap).toList()));
        } else {
            pipes.forEach(this::print);
        }
        return ExitStatus.OK;
    }

    private void print(PipeReport pipe) {
        Map<String, String> made = pipe.properties();
        boolean unbounded = pipe.kind().equals("unbounded");
        output().line(styled("@|bold " + pipe.path() + "|@"));
        output().line(
                        "  %s, %s for each sender%s; messages of up to %s bytes"
                                .formatted(
                                        pipe.kind(),
                                        HumanUnits.bytes(pipe.capacity()),
                                        unbounded ? ", quota " + bytes(made.get("quota")) : "",
                                        HumanUnits.number(pipe.maxMessageLength())));
        output().line(
                        "  "
                                + made.entrySet().stream()
                                        .filter(each -> !HEAD.contains(each.getKey()))
                                        .filter(each -> !each.getValue().equals("false"))
                                        .map(Object::toString)
                                        .collect(Collectors.joining(", ")));
        output().line(
                        "  senders %s, receivers %s; %s messages wait, %s; sent %s, received %s"
                                .formatted(
                                        pipe.ends(true),
                                        pipe.ends(false),
                                        pipe.countedMessages(),
                                        HumanUnits.bytes(pipe.waitingBytes()),
                                        HumanUnits.bytes(pipe.statistics().sentBytes()),
                                        HumanUnits.bytes(pipe.statistics().receivedBytes())));
        lanes(pipe);
        ends(pipe);
    }

    private static String bytes(String number) {
        return HumanUnits.bytes(Long.parseLong(number));
    }

    private void lanes(PipeReport pipe) {
        if (pipe.statistics().lanes().isEmpty()) {
            return;
        }
        Table table =
                new Table(
                        "  LANE",
                        ">WAITING",
                        ">BYTES",
                        ">SENT",
                        ">RECEIVED",
                        ">RINGS",
                        ">SPACE",
                        ">DROPPED",
                        "");
        for (Lane lane : pipe.statistics().lanes()) {
            table.add(
                    "  " + lane.index(),
                    lane.messages() < 0 ? "?" : HumanUnits.number(lane.messages()),
                    HumanUnits.bytes(lane.depthBytes()),
                    HumanUnits.bytes(lane.sentBytes()),
                    HumanUnits.bytes(lane.receivedBytes()),
                    lane.segments(),
                    HumanUnits.bytes(lane.allocatedBytes()),
                    HumanUnits.number(lane.dropped()),
                    lane.poisoned() ? "corrupt" : "");
        }
        table.lines().forEach(output()::line);
    }

    private void ends(PipeReport pipe) {
        if (pipe.statistics().participants().isEmpty()) {
            return;
        }
        Table table =
                new Table(
                        "  END",
                        "STATE",
                        ">PID",
                        "SINCE",
                        ">HOLDS",
                        ">WAITS",
                        ">WAKEUPS",
                        ">REDELIVERED");
        for (Participant end : pipe.statistics().participants()) {
            table.add(
                    "  " + PipeReport.side(end) + " " + end.index(),
                    PipeReport.state(end),
                    end.pid(),
                    end.since(),
                    end.inFlight(),
                    end.waits(),
                    end.wakeups(),
                    end.redelivered());
        }
        table.lines().forEach(output()::line);
    }
}
