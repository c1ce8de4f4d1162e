package io.sluice.compare.report;

import io.sluice.compare.export.DataTable;
import io.sluice.compare.result.FloorReading;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.stats.Measurements;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The same mechanisms where the ends run on other pairs of CPUs. */
final class Placements {
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

    private Placements() {}

    /** Returns " (both ends on one CPU)", or nothing if the name is not known. */
    static String inWords(String placement) {
        return placement != null && DESCRIPTIONS.containsKey(placement)
                ? " (" + DESCRIPTIONS.get(placement) + ")"
                : "";
    }

    static Section details(ReportModel model) {
        Section section = new Section("placement", "Where the ends run");
        List<Row> rows =
                model.rows(Pattern.RTT).stream()
                        .filter(row -> Measurements.hasDefaultFactors(row.measurement().factors()))
                        .toList();
        List<String> placements = rows.stream().map(Placements::placement).distinct().toList();
        if (placements.size() < 2) {
            section.note(
                    "One placement was measured"
                            + (placements.isEmpty()
                                    ? ""
                                    : ", " + placements.get(0) + inWords(placements.get(0)))
                            + ": other pairs of CPUs, and both ends on one CPU, give other numbers."
                            + " --place measures more where the machine has them.");
        } else {
            rows.stream()
                    .map(Row::size)
                    .distinct()
                    .forEach(
                            size ->
                                    section.table(
                                            table(
                                                    rows.stream()
                                                            .filter(r -> r.size() == size)
                                                            .toList(),
                                                    placements)));
        }
        return section.table(
                new DataTable.Columns<FloorReading.CpuPairLatency>()
                        .text("CPUs", pair -> pair.a() + " and " + pair.b())
                        .text("relation", pair -> pair.relation() + inWords(pair.relation()))
                        .number("median", Units::time, FloorReading.CpuPairLatency::lineNs)
                        .text(
                                "two groups of times",
                                pair -> pair.bimodal() ? "yes: a host may move the CPUs" : "no")
                        .of(
                                "A cache line there and back between pairs of CPUs",
                                model.results.floorPairs()));
    }

    private static DataTable table(List<Row> rows, List<String> placements) {
        List<String> heads = new ArrayList<>(List.of("Mechanism"));
        heads.addAll(placements);
        DataTable table =
                new DataTable(
                        "Median round trip by placement, messages of "
                                + Units.bytes(rows.get(0).size())
                                + ", lower is better; in parentheses: times the best of the row",
                        heads.toArray(new String[0]));
        for (String name : rows.stream().map(row -> row.series().mechanism()).distinct().toList()) {
            double best =
                    rows.stream()
                            .filter(row -> row.series().mechanism().equals(name))
                            .mapToDouble(row -> row.summary().p50().value())
                            .filter(Double::isFinite)
                            .min()
                            .orElse(Double.NaN);
            List<Object> line = new ArrayList<>(List.of(name));
            for (String placement : placements) {
                Optional<Row> row =
                        rows.stream()
                                .filter(
                                        r ->
                                                r.series().mechanism().equals(name)
                                                        && placement(r).equals(placement))
                                .filter(r -> r.summary().p50().isKnown())
                                .findFirst();
                line.add(
                        row.map(r -> r.summary().p50().value())
                                .map(
                                        time ->
                                                new DataTable.Field(
                                                        Units.time(time)
                                                                + " ("
                                                                + Units.times(time / best)
                                                                + ")",
                                                        time))
                                .orElse(new DataTable.Field(Units.DASH, Double.NaN)));
            }
            table.row(line.toArray());
        }
        return table;
    }

    private static String placement(Row row) {
        return String.valueOf(row.measurement().factors().placement());
    }
}
