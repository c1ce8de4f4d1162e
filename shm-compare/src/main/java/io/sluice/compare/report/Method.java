package io.sluice.compare.report;

import io.sluice.compare.export.DataTable;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Fork;
import io.sluice.compare.result.Run;
import io.sluice.compare.stats.Measurements;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What the template about the method says of this run. */
record Method(ReportModel model, DataTable fairness, String digest) {
    private static final Map<String, String> PARTS =
            Map.of(
                    Factors.HEADER, "the first 64 bytes are written and read",
                    Factors.UNTOUCHED, "the sequence number alone is written and read");

    /** Returns how much of a message was written and checked. */
    String touched() {
        Set<String> touched = new TreeSet<>();
        model.results.measurements().stream()
                .map(measurement -> measurement.factors().touch())
                .forEach(touch -> touched.add(touch == null ? Factors.FULL : touch));
        List<String> sentences = new ArrayList<>();
        if (touched.remove(Factors.FULL)) {
            sentences.add(
                    "The sender writes every byte of a message, and the receiver reads every byte"
                            + " and checks it"
                            + (touched.isEmpty()
                                    ? "."
                                    : ", but in measurements whose names say otherwise."));
        }
        for (String touch : touched) {
            sentences.add(
                    "In measurements of “touch "
                            + touch
                            + "” "
                            + PARTS.getOrDefault(touch, "another part of it is touched")
                            + ".");
        }
        return sentences.isEmpty() ? "Nothing was sent in this run." : String.join(" ", sentences);
    }

    /** Returns when the floor was measured, and in how many forks. */
    String floors() {
        List<Fork> forks =
                model.results.measurements().stream().flatMap(m -> m.forks().stream()).toList();
        long beside = forks.stream().filter(fork -> fork.lineRoundTripNs() > 0).count();
        boolean before = model.results.floorBefore() != null;
        boolean after = model.results.floorAfter() != null;
        List<String> when = new ArrayList<>();
        if (before || after) {
            when.add(
                    before && after
                            ? "before and after the measurements"
                            : before
                                    ? "before the measurements only"
                                    : "after the measurements only");
        }
        if (beside > 0) {
            when.add(
                    "by the ends of "
                            + beside
                            + " of "
                            + forks.size()
                            + " forks right after their messages, because a host may move its CPUs"
                            + " in between; where the ends share a CPU, are not pinned or are more"
                            + " than two, there is none");
        }
        return when.isEmpty()
                ? "The floor, a cache line passed between two CPUs, was not measured."
                : "The floor, a cache line passed between two CPUs, was measured "
                        + String.join(", and ", when)
                        + ". Each fork is held against its own.";
    }

    /** Returns the placements of this run that have a description. */
    List<String> placements() {
        return model.results.measurements().stream()
                .map(measurement -> measurement.factors().placement())
                .distinct()
                .filter(place -> place != null && Placements.DESCRIPTIONS.containsKey(place))
                .toList();
    }

    /** Returns the ids of the mechanisms, as the command line has them. */
    DataTable names() {
        return new DataTable.Columns<Factors>()
                .text(
                        "Name on this page",
                        f ->
                                Series.name(
                                        String.valueOf(f.mechanism()), String.valueOf(f.waiting())))
                .text("--mechanisms", Factors::mechanism)
                .text("--wait", Factors::waiting)
                .of(
                        "Mechanisms: their names here, and on the command line",
                        model.results.measurements().stream()
                                .map(m -> m.factors())
                                .collect(
                                        Collectors.toMap(
                                                f -> f.mechanism() + "/" + f.waiting(),
                                                f -> f,
                                                (a, b) -> a,
                                                java.util.LinkedHashMap::new))
                                .values());
    }

    Run run() {
        return model.run;
    }

    String interval() {
        return Measurements.nameOfInterval(model.results.measurements());
    }

    String command() {
        return "shm-compare "
                + run().argv().stream().map(Method::quoted).collect(Collectors.joining(" "));
    }

    private static String quoted(String argument) {
        return argument.matches("[\\w@%+=:,./-]+")
                ? argument
                : "'" + argument.replace("'", "'\\''") + "'";
    }

    String citation() {
        String year = model.date().matches("\\d{4}.*") ? model.date().substring(0, 4) : "n.d.";
        String commit = model.tool.commit() == null ? "" : ", commit " + model.tool.commit();
        return "@misc{shm-compare-"
                + run().id()
                + ",\n  title = {What the kernel costs per message: shm-compare run "
                + run().id()
                + "},\n  note  = {shm-compare "
                + model.tool.version()
                + commit
                + ", "
                + model.machine()
                + "},\n  year  = {"
                + year
                + "}\n}";
    }
}
