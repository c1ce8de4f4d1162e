package io.sluice.compare.report;

import io.sluice.compare.result.Factors;
import io.sluice.compare.result.FloorReading;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.stats.Measurements;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The same mechanisms where the ends run on other pairs of CPUs. */
final class PlacementSection {
    /** What the names of placements mean. */
    static final Map<String, String> DESCRIPTIONS =
            Map.of(
                    "one-cpu", "both ends on one CPU",
                    "smt", "two hardware threads of one core",
                    "same-llc", "two cores that share their last-level cache",
                    "cross-llc", "two cores of one socket that share no cache",
                    "cross-socket", "two cores of two sockets",
                    "two-cpus", "two CPUs, and the machine does not say how they are related",
                    "unpinned", "wherever the kernel puts them");

    private final ReportModel reportModel;

    PlacementSection(ReportModel reportModel) {
        this.reportModel = reportModel;
    }

    String render() {
        Section section = new Section("placement", "Where the ends run");
        List<ReportModel.ReportRow> reportRows =
                reportModel.rows(Pattern.RTT).stream()
                        .filter(
                                reportRow ->
                                        Measurements.hasDefaultFactors(
                                                reportRow.measurement().factors()))
                        .toList();
        List<String> placements =
                reportRows.stream().map(PlacementSection::placement).distinct().toList();
        if (placements.size() < 2) {
            section.rationale(
                    "One placement was measured"
                            + (placements.isEmpty()
                                    ? ""
                                    : ", " + placements.get(0) + inWords(placements.get(0)))
                            + ": other pairs of CPUs, and both ends on one CPU, give other numbers."
                            + " --place measures more where the machine has them.");
        } else {
            reportRows.stream()
                    .map(ReportModel.ReportRow::size)
                    .distinct()
                    .forEach(size -> section.table(table(reportRows, placements, size)));
        }
        Table lines =
                new Table(
                        "A cache line there and back between pairs of CPUs",
                        "CPUs",
                        "relation",
                        "median",
                        "two groups of times");
        for (FloorReading.CpuPairLatency cpuPairLatency : reportModel.results.floorPairs()) {
            lines.row(
                    cpuPairLatency.a() + " and " + cpuPairLatency.b(),
                    cpuPairLatency.relation() + inWords(cpuPairLatency.relation()),
                    Units.time(cpuPairLatency.lineNs()),
                    cpuPairLatency.bimodal() ? "yes: a host may move the CPUs" : "no");
        }
        return section.table(lines).toString();
    }

    private Table table(List<ReportModel.ReportRow> reportRows, List<String> placements, int size) {
        Table table =
                new Table(
                        "Median round trip by placement, messages of "
                                + Units.bytes(size)
                                + ", lower is better; in parentheses: times the best of the row",
                        Stream.concat(Stream.of("Mechanism"), placements.stream())
                                .toArray(String[]::new));
        List<ReportModel.ReportRow> own =
                reportRows.stream().filter(reportRow -> reportRow.size() == size).toList();
        own.stream()
                .map(PlacementSection::name)
                .distinct()
                .forEach(name -> table.row(line(own, placements, name)));
        return table;
    }

    private static String[] line(
            List<ReportModel.ReportRow> reportRows, List<String> placements, String name) {
        double best =
                reportRows.stream()
                        .filter(reportRow -> name(reportRow).equals(name))
                        .mapToDouble(reportRow -> reportRow.summary().p50().value())
                        .filter(Double::isFinite)
                        .min()
                        .orElse(Double.NaN);
        List<String> line = new ArrayList<>(List.of(name));
        for (String placement : placements) {
            line.add(
                    reportRows.stream()
                            .filter(reportRow -> name(reportRow).equals(name))
                            .filter(reportRow -> placement(reportRow).equals(placement))
                            .filter(reportRow -> reportRow.summary().p50().isKnown())
                            .findFirst()
                            .map(
                                    reportRow ->
                                            Units.value(reportRow.summary().p50(), Units::time)
                                                    + " ("
                                                    + Units.times(
                                                            reportRow.summary().p50().value()
                                                                    / best)
                                                    + ")")
                            .orElse(Units.DASH));
        }
        return line.toArray(new String[0]);
    }

    /** Returns " (both ends on one CPU)", or nothing if the name is not known. */
    static String inWords(String placement) {
        return placement != null && DESCRIPTIONS.containsKey(placement)
                ? " (" + DESCRIPTIONS.get(placement) + ")"
                : "";
    }

    private static String name(ReportModel.ReportRow reportRow) {
        Factors f = reportRow.measurement().factors();
        return f.mechanism() + " · " + Series.wait(f);
    }

    private static String placement(ReportModel.ReportRow reportRow) {
        return String.valueOf(reportRow.measurement().factors().placement());
    }
}
