package io.sluice.compare.report;

import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Fork;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The method, the definitions, how to repeat the run and how to cite it. */
final class MethodSection {
    private static final List<String> METHOD =
            List.of(
                    "Each number comes from two real processes, one at each end, driven from Java through the same layer of system"
                            + " calls.",
                    "A cell is one mechanism, one way of waiting, one pattern and one size of message.",
                    "Each cell is run several times, each time with a fresh pair of processes (a launch), because memory layout and"
                            + " compilation differ more between launches than within one.",
                    "The launches of all cells are mixed in an order drawn from the seed, so that a slow drift of the machine"
                            + " touches all of them.",
                    "A round trip is one message there and one back, with nothing else under way; it is never halved and called"
                            + " latency.",
                    "The number shown is the median over launches; its 95 % interval is that of order statistics, and"
                            + " of what several medians give together that of the bootstrap. With fewer than 6 launches no"
                            + " interval reaches 95 %: their range is given, and called so. The range of 3 launches contains"
                            + " the median of all with a probability of 75 %, that of 5 with 94 %.",
                    "A percentile is printed only if at least 100 samples lie beyond it, and nothing is removed as an outlier.",
                    "CPU time, system calls and switches are counted by each end for itself, over the same messages, and divided"
                            + " by the messages in both directions.",
                    "A floor’s reading includes one reading of the clock, because it is taken from one reading to the next;"
                            + " so does each timed round trip.");
    private static final String[][] GLOSSARY = {
        {"Round trip", "A message and its answer."},
        {
            "Blocking",
            "The reader asks the kernel to put it to sleep until there is something to read. It uses no CPU meanwhile, and"
                    + " must be woken."
        },
        {
            "Hinted",
            "The kernel carries the message, but a flag in shared memory tells the reader when a read will not block. Made to"
                    + " measure the kernel’s path without the sleeping."
        },
        {
            "Spinning",
            "The reader looks again and again and never sleeps. Fast, and it uses a whole CPU."
        },
        {
            "Shared memory",
            "The same physical memory is mapped by both processes: what one writes the other reads, without the kernel."
        },
        {
            "Cache-line floor",
            "The time the hardware needs to move the smallest unit of memory, 64 bytes on most processors, from one"
                    + " CPU to the other and back, and one reading of the clock, which every round trip here includes. No message"
                    + " can be faster."
        },
        {"System call", "A program entering the kernel to have something done."},
        {"p50, p99, p99.9", "Half, 99 % and 99.9 % of all round trips are faster than this."},
        {
            "Interval",
            "Where the median over launches would be expected to lie, 95 times in 100, had the run been repeated."
        },
        {"Launch", "One fresh pair of processes."},
        {"Went to sleep", "Voluntary context switches: the end gave its CPU away to wait."},
    };

    private static final Map<String, String> PARTS =
            Map.of(
                    Factors.HEADER, "the first 64 bytes are written and read",
                    Factors.UNTOUCHED, "the sequence number alone is written and read");

    private final ReportModel reportModel;

    MethodSection(ReportModel reportModel) {
        this.reportModel = reportModel;
    }

    String render(String digest) {
        Html html =
                new Html()
                        .open("section", "aria-labelledby", "method")
                        .element("h2", "How it was measured", "id", "method");
        html.open("ol");
        METHOD.forEach(sentence -> html.element("li", sentence));
        html.element("li", touched()).element("li", floors());
        html.close("ol").element("h2", "Words");
        html.open("dl", "class", "glossary");
        for (String[] entry : GLOSSARY) {
            html.open("div").element("dt", entry[0]).element("dd", entry[1]).close("div");
        }
        reportModel.results.cells().stream()
                .map(measurement -> measurement.factors().placement())
                .distinct()
                .filter(place -> place != null && PlacementSection.DESCRIPTIONS.containsKey(place))
                .forEach(
                        place ->
                                html.open("div")
                                        .element("dt", place)
                                        .element(
                                                "dd",
                                                "Placement: "
                                                        + PlacementSection.DESCRIPTIONS.get(place)
                                                        + ".")
                                        .close("div"));
        html.close("dl").element("h2", "Repeat it, cite it");
        html.element("pre", command(), "tabindex", "0");
        html.element(
                "p",
                "Seed "
                        + reportModel.run.seed()
                        + ", "
                        + reportModel.run.launches()
                        + " launches a cell. The JSON of this run is part of"
                        + " this page; its SHA-256 is "
                        + digest
                        + ".");
        html.open("p")
                .open("button", "type", "button", "id", "download", "hidden", "hidden")
                .text("Save results.json");
        html.close("button").close("p");
        html.element("p", "To cite this run (BibTeX):");
        html.element("pre", citation(), "tabindex", "0");
        return html.close("section").toString();
    }

    /** Returns how much of a message was written and checked in this run. */
    private String touched() {
        Set<String> touched = new TreeSet<>();
        reportModel.results.cells().stream()
                .map(measurement -> measurement.factors().touch())
                .forEach(touch -> touched.add(touch == null ? Factors.FULL : touch));
        List<String> sentences = new ArrayList<>();
        if (touched.remove(Factors.FULL)) {
            sentences.add(
                    "The sender writes every byte of a message, and the receiver reads every byte and"
                            + " checks it"
                            + (touched.isEmpty()
                                    ? "."
                                    : ", but in cells whose names say otherwise."));
        }
        for (String touch : touched) {
            sentences.add(
                    "In cells of “touch "
                            + touch
                            + "” "
                            + PARTS.getOrDefault(touch, "another part of it is touched")
                            + ".");
        }
        return sentences.isEmpty() ? "Nothing was sent in this run." : String.join(" ", sentences);
    }

    /** Returns when the floor was measured in this run, and in how many launches. */
    private String floors() {
        List<Fork> launches =
                reportModel.results.cells().stream()
                        .flatMap(measurement -> measurement.launches().stream())
                        .toList();
        long beside = launches.stream().filter(fork -> fork.lineRoundTripNs() > 0).count();
        boolean before = reportModel.results.floorBefore() != null;
        boolean after = reportModel.results.floorAfter() != null;
        List<String> when = new ArrayList<>();
        if (before || after) {
            when.add(
                    before && after
                            ? "before and after the cells"
                            : before ? "before the cells only" : "after the cells only");
        }
        if (beside > 0) {
            when.add(
                    "by the ends of "
                            + beside
                            + " of "
                            + launches.size()
                            + " launches right after their messages, because a host may move its CPUs"
                            + " in between; where the ends share a CPU, are not pinned or are more"
                            + " than two, there is none");
        }
        return when.isEmpty()
                ? "The floor, a cache line passed between two CPUs, was not measured."
                : "The floor, a cache line passed between two CPUs, was measured "
                        + String.join(", and ", when)
                        + ". A cell is held against that of its own placement.";
    }

    private String command() {
        return "shm-compare "
                + reportModel.run.argv().stream()
                        .map(MethodSection::quoted)
                        .collect(Collectors.joining(" "));
    }

    private static String quoted(String argument) {
        return argument.matches("[\\w@%+=:,./-]+")
                ? argument
                : "'" + argument.replace("'", "'\\''") + "'";
    }

    private String citation() {
        String year =
                reportModel.date().matches("\\d{4}.*")
                        ? reportModel.date().substring(0, 4)
                        : "n.d.";
        String commit =
                reportModel.tool.commit() == null ? "" : ", commit " + reportModel.tool.commit();
        return "@misc{shm-compare-"
                + reportModel.run.id()
                + ",\n  title = {What the kernel costs per message: shm-compare run "
                + reportModel.run.id()
                + "},\n  note  = {shm-compare "
                + reportModel.tool.version()
                + commit
                + ", "
                + reportModel.machine()
                + "},\n  year  = {"
                + year
                + "}\n}";
    }
}
