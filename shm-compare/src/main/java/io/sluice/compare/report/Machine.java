package io.sluice.compare.report;

import io.sluice.compare.export.DataTable;
import io.sluice.compare.result.Environment;
import io.sluice.compare.result.Fork;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Note;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The machine: what the doctor found, its lower bounds, and all that was recorded of it. */
final class Machine {
    private final ReportModel model;

    Machine(ReportModel model) {
        this.model = model;
    }

    Section audit() {
        Environment e = model.environment;
        DataTable facts = new DataTable("The machine and the run", "What", "value");
        facts.row("Processor", e.cpuModel() + ", " + model.machine());
        facts.row("CPUs of the ends", model.cpuPair());
        facts.row("Kernel", e.kernel());
        facts.row("Java", e.jvm() + " " + e.jvmVersion() + ", " + e.gc() + " collector");
        facts.row("Clock", e.clocksource());
        facts.row(
                "Load average",
                String.format(
                        Locale.ROOT, "%.2f before, %.2f after", e.loadBefore(), e.loadAfter()));
        facts.row("Stolen by the host", steal());
        facts.row(
                "Suite, forks, seed",
                model.run.suite() + ", " + model.run.forks() + ", " + model.run.seed());
        if (model.floor.isKnown()) {
            facts.row(
                    "Floor of the steps on this page",
                    "cache line there and back "
                            + Units.both(model.floor, Units::time)
                            + "; each reading of a floor and of a round trip includes one reading"
                            + " of the clock");
        }
        return new Section("machine", "The machine")
                .table(notes(e.notes()))
                .table(facts)
                .table(FloorTable.of(model.results))
                .fold(recorded(e));
    }

    /** Returns what the doctor found, the worst first. */
    private static DataTable notes(List<Note> notes) {
        List<String> order = List.of(Note.GREEN, Note.YELLOW, Note.RED);
        return new DataTable.Columns<Note>()
                .text("Level", note -> String.valueOf(note.level()))
                .text("finding", note -> String.valueOf(note.text()))
                .text("remedy", Note::remedy)
                .of(
                        "What the doctor found",
                        notes.stream()
                                .sorted(
                                        Comparator.comparingInt(
                                                note -> -order.indexOf(note.level())))
                                .toList());
    }

    /** Returns the share of the CPU time of all CPUs that the host gave to other guests. */
    private String steal() {
        long stolen = 0;
        double all = 0;
        for (Measurement measurement : model.results.measurements()) {
            for (Fork fork : measurement.forks()) {
                if (fork.system() != null && fork.system().stealNs() != null) {
                    stolen += fork.system().stealNs();
                    all += (double) fork.system().wallNs() * Math.max(1, model.environment.cpus());
                }
            }
        }
        double share = stolen / all;
        return all == 0
                ? Units.DASH
                : share > 0 && share < 0.0005
                        ? "under " + Units.exactPercent(0.001)
                        : Units.exactPercent(share);
    }

    private static Section recorded(Environment e) {
        DataTable table = new DataTable("Limits, details and libraries", "Group", "name", "value");
        e.limits()
                .forEach((name, value) -> table.row("limits of the kernel’s objects", name, value));
        for (Map.Entry<String, Map<String, String>> group : e.details().entrySet()) {
            group.getValue().forEach((name, value) -> table.row(group.getKey(), name, value));
        }
        e.libraries()
                .forEach(
                        library ->
                                table.row(
                                        "libraries",
                                        library.name(),
                                        (library.version() == null
                                                        ? "version not recorded"
                                                        : library.version())
                                                + ", SHA-256 "
                                                + library.sha256()));
        return new Section("recorded", "All that was recorded of the machine").table(table);
    }
}
