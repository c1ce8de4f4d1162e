package io.sluice.cli;

import io.sluice.PipeStatistics.Lane;
import io.sluice.PipeStatistics.Participant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/** Writes pipes in the text format of Prometheus, version 0.0.4. */
final class Prometheus {
    private final List<PipeReport> pipes;
    private final List<String> lines = new ArrayList<>();

    private Prometheus(List<PipeReport> pipes) {
        this.pipes = pipes;
    }

    static List<String> lines(List<PipeReport> pipes) {
        Prometheus text = new Prometheus(pipes);
        text.ofLanes("sent_bytes_total", "counter", "Bytes sent.", Lane::sentBytes);
        text.ofLanes("received_bytes_total", "counter", "Bytes received.", Lane::receivedBytes);
        text.ofLanes("messages", "gauge", "Messages that wait; -1: not counted.", Lane::messages);
        text.ofLanes("allocated_bytes", "gauge", "Space of the rings.", Lane::allocatedBytes);
        text.ofLanes("dropped_messages_total", "counter", "Messages dropped.", Lane::dropped);
        text.ofLanes("corrupt", "gauge", "1 if it was given up.", l -> l.poisoned() ? 1 : 0);
        text.ofEnds("end_alive", "gauge", "1 if its process lives.", e -> e.alive() ? 1 : 0);
        text.ofEnds("end_dead", "gauge", "1 if it died and was not noticed.", Prometheus::dead);
        text.ofEnds(
                "end_in_flight", "gauge", "Messages taken, not finished.", Participant::inFlight);
        text.ofEnds("end_waits_total", "counter", "Waits in the kernel.", Participant::waits);
        text.ofEnds("end_wakeups_total", "counter", "Wake-ups.", Participant::wakeups);
        text.ofEnds(
                "end_redelivered_total",
                "counter",
                "Messages recovered from dead receivers of the slot.",
                Participant::redelivered);
        return text.lines;
    }

    private static int dead(Participant end) {
        return end.attached() && !end.alive() ? 1 : 0;
    }

    private void ofLanes(String name, String type, String help, ToLongFunction<Lane> value) {
        each(
                name,
                type,
                help,
                pipe -> pipe.statistics().lanes(),
                lane -> ",lane=\"" + lane.index() + "\"",
                value);
    }

    private void ofEnds(String name, String type, String help, ToLongFunction<Participant> value) {
        each(
                name,
                type,
                help,
                pipe -> pipe.statistics().participants(),
                end -> ",side=\"%s\",slot=\"%d\"".formatted(PipeReport.side(end), end.index()),
                value);
    }

    private <T> void each(
            String name,
            String type,
            String help,
            Function<PipeReport, List<T>> parts,
            Function<T, String> labels,
            ToLongFunction<T> value) {
        String metric = "sluice_pipe_" + name;
        lines.add("# HELP " + metric + " " + help);
        lines.add("# TYPE " + metric + " " + type);
        for (PipeReport pipe : pipes) {
            String path = "{pipe=\"" + escaped(pipe.path().toString()) + "\"";
            for (T part : parts.apply(pipe)) {
                lines.add(metric + path + labels.apply(part) + "} " + value.applyAsLong(part));
            }
        }
    }

    private static String escaped(String label) {
        return label.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }
}
