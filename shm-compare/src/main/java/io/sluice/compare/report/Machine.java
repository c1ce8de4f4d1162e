package io.sluice.compare.report;

import static java.util.Objects.requireNonNullElse;

import io.sluice.compare.export.DataTable;
import io.sluice.compare.export.Units;
import io.sluice.compare.result.Environment;
import io.sluice.compare.result.Environment.Library;
import io.sluice.compare.result.Fork;
import io.sluice.compare.result.Note;
import io.sluice.compare.result.Run;
import io.sluice.compare.result.SystemCounters;
import java.util.List;
import java.util.Locale;

/** The machine: what the doctor found, its lower bounds, and all that was recorded of it. */
record Machine(ReportModel model) {
    Section audit() {
        return new Section("machine", "The machine")
                .table(notes())
                .table(facts())
                .table(FloorTable.of(model.results))
                .fold(recorded());
    }

    private DataTable facts() {
        Environment e = model.environment;
        DataTable facts =
                new DataTable("The machine and the run", "What", "value")
                        .row("Processor", e.cpuModel() + ", " + model.machine())
                        .row("CPUs of the ends", model.cpuPair())
                        .row("Kernel", e.kernel())
                        .row("Java", e.jvm() + " " + e.jvmVersion() + ", " + e.gc() + " collector")
                        .row("Clock", e.clocksource())
                        .row("Load average", load(e))
                        .row("Stolen by the host", steal())
                        .row("Suite, forks, seed", asked(model.run));
        return model.floor.isKnown()
                ? facts.row(
                        "Cache line there and back, beside spinning ends",
                        Text.of("machine.floor", Units.both(model.floor, Units::time)))
                : facts;
    }

    private static String asked(Run run) {
        return run.suite() + ", " + run.forks() + ", " + run.seed();
    }

    private static String load(Environment e) {
        return String.format(Locale.ROOT, "%.2f before, %.2f after", e.loadBefore(), e.loadAfter());
    }

    /** Returns what the doctor found, the worst first. */
    private DataTable notes() {
        return new DataTable.Columns<Note>()
                .text("Level", note -> String.valueOf(note.level()))
                .text("finding", note -> String.valueOf(note.text()))
                .text("remedy", Note::remedy)
                .of("What the doctor found", Note.worstFirst(model.environment.notes()));
    }

    /** Returns the share of the CPU time of all CPUs that the host gave to other guests. */
    private String steal() {
        List<SystemCounters> known =
                model.results.measurements().stream()
                        .flatMap(measurement -> measurement.forks().stream())
                        .map(Fork::system)
                        .filter(system -> system != null && system.stealNs() != null)
                        .toList();
        double stolen = known.stream().mapToLong(SystemCounters::stealNs).sum();
        double wall = known.stream().mapToDouble(SystemCounters::wallNs).sum();
        double share = stolen / (wall * Math.max(1, model.environment.cpus()));
        return share > 0 && share < 0.0005
                ? "under " + Units.exactPercent(0.001)
                : Units.exactPercent(share);
    }

    private Section recorded() {
        Environment e = model.environment;
        DataTable table = new DataTable("Limits, details and libraries", "Group", "name", "value");
        e.limits()
                .forEach((name, value) -> table.row("limits of the kernel’s objects", name, value));
        for (var group : e.details().entrySet()) {
            group.getValue().forEach((name, value) -> table.row(group.getKey(), name, value));
        }
        for (Library library : e.libraries()) {
            String version = requireNonNullElse(library.version(), "version not recorded");
            String digest = requireNonNullElse(library.sha256(), "not recorded");
            table.row("libraries", library.name(), version + ", SHA-256 " + digest);
        }
        return new Section("recorded", "All that was recorded of the machine").table(table);
    }
}
