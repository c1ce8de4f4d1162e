package io.sluice.compare.report;

import io.sluice.compare.result.Environment;
import io.sluice.compare.result.FloorReading;
import io.sluice.compare.result.Fork;
import io.sluice.compare.result.Gate;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Note;
import io.sluice.compare.stats.Attribution;
import io.sluice.compare.stats.Estimate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The first screen: what this is, the four numbers, the verdict, and the machine. */
final class SummarySection {
    private final ReportModel reportModel;

    SummarySection(ReportModel reportModel) {
        this.reportModel = reportModel;
    }

    String render() {
        Verdict verdict = new Verdict(reportModel);
        Html html = new Html().open("header");
        html.element("p", "shm-compare · " + reportModel.date(), "class", "kicker");
        html.element("h1", "What does the kernel cost per message?");
        html.raw(new Quiz(reportModel).render());
        html.element("p", verdict.headline(), "class", "lead");
        reportModel.headline().ifPresent(a -> levels(html, a));
        html.close("header");
        html.open("section", "aria-labelledby", "verdict")
                .element("h2", "In plain words", "id", "verdict");
        verdict.paragraphs().forEach(text -> html.element("p", text));
        List<String> warnings = verdict.warnings();
        if (!warnings.isEmpty()) {
            html.element("p", Verdict.WARNED).open("ul", "class", "warnings");
            warnings.forEach(warning -> html.element("li", warning));
            html.close("ul");
        }
        html.element(
                "p",
                "All of this holds for this machine, these two processes and this waiting; another processor, another"
                        + " placement or a busy system gives other numbers.",
                "class",
                "aside");
        return html.close("section").toString();
    }

    /**
     * Draws the four levels as bars of one scale; the same numbers are in the first chart's table.
     */
    private void levels(Html html, Attribution a) {
        Estimate block = a.roundTripNs(a.block());
        double largest =
                Math.max(
                        finite(block),
                        Math.max(
                                finite(a.roundTripNs(a.hint())),
                                finite(a.roundTripNs(a.shared()))));
        html.element(
                "p",
                "Median time for " + Units.bytes(a.size()) + " and the answer, shorter is better",
                "class",
                "scale");
        html.open("dl", "class", "levels");
        level(
                html,
                "Blocking " + a.kernel(),
                "the kernel copies, the reader sleeps",
                block,
                largest,
                "c1");
        level(
                html,
                "Same, neither end asleep",
                "the kernel copies, neither end sleeps",
                a.roundTripNs(a.hint()),
                largest,
                "c2");
        level(
                html,
                "Shared memory",
                "no kernel, neither end sleeps",
                a.roundTripNs(a.shared()),
                largest,
                "c0");
        level(
                html,
                "Hardware floor",
                "one cache line there and back, and one reading of the clock",
                a.floorNs(),
                largest,
                "c-floor");
        html.close("dl");
    }

    private static double finite(Estimate estimate) {
        return estimate.isKnown() ? estimate.value() : 0;
    }

    private static void level(
            Html html, String name, String detail, Estimate time, double largest, String color) {
        double width = largest > 0 ? 100 * Math.min(1, finite(time) / largest) : 0;
        html.open("div").open("dt").text(name).element("small", detail).close("dt");
        html.open("dd").element("strong", Units.value(time, Units::time));
        if (time.isKnown()) {
            html.open("span", "class", "track", "aria-hidden", "true");
            html.open(
                    "span",
                    "class",
                    "fill " + color,
                    "style",
                    String.format(Locale.ROOT, "width:%.2f%%", width));
            html.close("span").close("span");
        } else {
            html.element("span", "no number, see below");
        }
        html.close("dd").close("div");
    }

    String environment() {
        Environment e = reportModel.environment;
        Html html =
                new Html()
                        .open("section", "aria-labelledby", "machine")
                        .element("h2", "The machine", "id", "machine");
        html.open("ul", "class", "badges");
        badge(
                html,
                reportModel.isVirtual() ? Note.YELLOW : "plain",
                reportModel.isVirtual() ? "guest of " + e.virtualization() : "no hypervisor seen");
        badge(html, "plain", reportModel.cpuPair());
        badge(
                html,
                reportModel.run.launches() < 3 ? Note.YELLOW : "plain",
                reportModel.run.launches()
                        + (reportModel.run.launches() == 1 ? " launch" : " launches"));
        badge(
                html,
                "tsc".equals(e.clocksource()) ? "plain" : Note.YELLOW,
                "clock " + e.clocksource());
        badge(html, "plain", "suite " + reportModel.run.suite());
        steal(html);
        doctor(html, e.notes());
        List<String> reasons = Gate.reasons(reportModel.results);
        badge(
                html,
                reasons.isEmpty() ? Note.GREEN : Note.YELLOW,
                reasons.isEmpty() ? "publishable" : "not publishable");
        html.close("ul");
        if (!reasons.isEmpty()) {
            html.element(
                    "p", "Not publishable: " + String.join("; ", reasons) + ".", "class", "aside");
        }
        html.open("dl", "class", "facts");
        fact(
                html,
                "Processor",
                e.cpuModel()
                        + (e.cpus() > 0
                                ? " (" + e.cpus() + (e.cpus() == 1 ? " CPU)" : " CPUs)")
                                : ""));
        fact(html, "Kernel", e.kernel());
        fact(html, "Java", e.jvm() + " " + e.jvmVersion() + ", " + e.gc() + " collector");
        fact(
                html,
                "Load average",
                String.format(
                        Locale.ROOT, "%.2f before, %.2f after", e.loadBefore(), e.loadAfter()));
        fact(html, "Floor before", floor(reportModel.results.floorBefore()));
        fact(html, "Floor after", floor(reportModel.results.floorAfter()));
        if (reportModel.floor.isKnown()) {
            fact(
                    html,
                    "Floor of this page",
                    "cache line there and back "
                            + Units.both(reportModel.floor, Units::time)
                            + ", measured by the ends of the spinning round trips where they did;"
                            + " each reading of a floor and of a round trip includes one reading of"
                            + " the clock");
        }
        html.close("dl");
        Table floor = FloorTable.of(reportModel.results);
        if (!floor.isEmpty()) {
            html.open("details")
                    .element("summary", "What nothing can beat")
                    .raw(floor.render())
                    .close("details");
        }
        details(html, e);
        return html.raw(notes(e.notes())).close("section").toString();
    }

    /** Returns the share of the CPU time of all CPUs that the host gave to other guests. */
    private void steal(Html html) {
        long stolen = 0;
        double all = 0;
        for (Measurement measurement : reportModel.results.cells()) {
            for (Fork fork : measurement.launches()) {
                if (fork.system() != null && fork.system().stealNs() != null) {
                    stolen += fork.system().stealNs();
                    all +=
                            (double) fork.system().wallNs()
                                    * Math.max(1, reportModel.environment.cpus());
                }
            }
        }
        if (all > 0) {
            double share = stolen / all;
            boolean little = share > 0 && share < 0.0005;
            badge(
                    html,
                    "plain",
                    "stolen by the host "
                            + (little
                                    ? "under " + Units.exactPercent(0.001)
                                    : Units.exactPercent(share)));
        }
    }

    private static void doctor(Html html, List<Note> notes) {
        List<String> counts = new ArrayList<>();
        for (String level : List.of(Note.RED, Note.YELLOW)) {
            long n = notes.stream().filter(note -> level.equals(note.level())).count();
            if (n > 0) {
                counts.add(n + " " + level);
            }
        }
        if (!notes.isEmpty()) {
            badge(
                    html,
                    counts.isEmpty() ? Note.GREEN : counts.get(0).split(" ")[1],
                    "doctor: " + (counts.isEmpty() ? "all green" : String.join(", ", counts)));
        }
    }

    /** Returns what the doctor found, the worst first. */
    private static String notes(List<Note> notes) {
        Table table =
                new Table("What the doctor found", "Level", "finding", "remedy").firstIsLevel();
        for (String level : List.of(Note.RED, Note.YELLOW, Note.GREEN)) {
            notes.stream()
                    .filter(note -> level.equals(level(note.level())))
                    .forEach(note -> add(table, note));
        }
        notes.stream()
                .filter(note -> level(note.level()).equals("plain"))
                .forEach(note -> add(table, note));
        return table.isEmpty() ? "" : table.render();
    }

    private static void add(Table table, Note note) {
        table.row(
                String.valueOf(note.level()),
                String.valueOf(note.text()),
                note.remedy() == null ? Units.DASH : note.remedy());
    }

    /** Appends all other recorded details. */
    private static void details(Html html, Environment e) {
        if (e.details().isEmpty() && e.libraries().isEmpty() && e.limits().isEmpty()) {
            return;
        }
        html.open("details").element("summary", "All that was recorded of the machine");
        if (!e.limits().isEmpty()) {
            html.element("h3", "limits of the kernel’s objects, by their sysctl")
                    .open("dl", "class", "facts");
            e.limits().forEach((name, value) -> fact(html, name, value));
            html.close("dl");
        }
        e.details()
                .forEach(
                        (group, values) -> {
                            html.element("h3", group).open("dl", "class", "facts");
                            values.forEach((name, value) -> fact(html, name, value));
                            html.close("dl");
                        });
        if (!e.libraries().isEmpty()) {
            html.element("h3", "libraries").open("dl", "class", "facts");
            e.libraries()
                    .forEach(
                            library ->
                                    fact(
                                            html,
                                            String.valueOf(library.name()),
                                            (library.version() == null
                                                            ? "version not recorded"
                                                            : library.version())
                                                    + ", SHA-256 "
                                                    + library.sha256()));
            html.close("dl");
        }
        html.close("details");
    }

    private static String floor(FloorReading floorReading) {
        return floorReading == null
                ? "not measured"
                : "cache line there and back "
                        + positive(floorReading.lineRoundTripNs())
                        + " (p99 "
                        + positive(floorReading.lineRoundTripP99Ns())
                        + "), system call "
                        + positive(floorReading.syscallNs())
                        + ", call from Java to C "
                        + positive(floorReading.downcallNs())
                        + ", clock "
                        + positive(floorReading.clockNs());
    }

    private static String positive(double ns) {
        return ns > 0 ? Units.time(ns) : Units.DASH;
    }

    /** Returns a class name: only words that the style sheet defines become class names. */
    static String level(String level) {
        return Note.GREEN.equals(level) || Note.YELLOW.equals(level) || Note.RED.equals(level)
                ? level
                : "plain";
    }

    private static void badge(Html html, String level, String text) {
        html.open("li").element("span", text, "class", "badge " + level).close("li");
    }

    private static void fact(Html html, String name, String value) {
        html.open("div")
                .element("dt", name)
                .element("dd", value == null ? "not known" : value)
                .close("div");
    }
}
