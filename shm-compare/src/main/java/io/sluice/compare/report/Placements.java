package io.sluice.compare.report;

import static io.sluice.compare.export.Metric.P50_NS;
import static java.util.stream.Collectors.joining;

import io.sluice.compare.export.DataTable;
import io.sluice.compare.export.DataTable.Columns;
import io.sluice.compare.export.DataTable.Field;
import io.sluice.compare.export.Units;
import io.sluice.compare.result.FloorReading.CpuPairLatency;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.stats.Measurements;
import java.util.List;

/** The same mechanisms where the ends run on other pairs of CPUs. */
record Placements(ReportModel model) {
    /** Returns " (both ends on one CPU)", or nothing if the name is not known. */
    static String inWords(String placement) {
        String key = "placement." + placement;
        return Text.has(key) ? " (" + Text.of(key) + ")" : "";
    }

    Section details() {
        Section section = new Section("placement", "Where the ends run");
        List<Row> rows =
                model.rows(Pattern.RTT).stream()
                        .filter(row -> Measurements.hasDefaultFactors(row.factors()))
                        .toList();
        List<String> placements = rows.stream().map(Placements::placement).distinct().toList();
        if (placements.size() < 2) {
            String one = placements.stream().map(p -> ", " + p + inWords(p)).collect(joining());
            section.note(Text.of("place.one", one));
        } else {
            model.sizes(Pattern.RTT).forEach(size -> section.table(table(rows, size, placements)));
        }
        return section.table(
                new Columns<CpuPairLatency>()
                        .text("CPUs", pair -> pair.a() + " and " + pair.b())
                        .text("relation", pair -> pair.relation() + inWords(pair.relation()))
                        .number("median", Units::time, CpuPairLatency::lineNs)
                        .text(
                                "two groups of times",
                                pair -> pair.bimodal() ? "yes: a host may move the CPUs" : "no")
                        .of(Text.of("place.pairs"), model.results.floorPairs()));
    }

    private static DataTable table(List<Row> all, int size, List<String> placements) {
        List<Row> rows = all.stream().filter(row -> row.size() == size).toList();
        Columns<String> columns = new Columns<String>().text("Mechanism", name -> name);
        for (String placement : placements) {
            columns.text(placement, name -> field(rows, name, placement));
        }
        return columns.of(
                Text.of("place.table", Units.bytes(size)),
                rows.stream().map(row -> row.series().mechanism()).distinct().toList());
    }

    private static Field field(List<Row> rows, String name, String placement) {
        List<Row> known =
                rows.stream()
                        .filter(row -> row.series().mechanism().equals(name))
                        .filter(row -> row.get(P50_NS).isKnown())
                        .toList();
        double best =
                known.stream().mapToDouble(row -> row.get(P50_NS).value()).min().orElse(Double.NaN);
        return known.stream()
                .filter(row -> placement(row).equals(placement))
                .findFirst()
                .map(row -> row.get(P50_NS).value())
                .map(time -> field(time, best))
                .orElse(null);
    }

    private static Field field(double time, double best) {
        return new Field(Units.time(time) + " (" + Units.times(time / best) + ")", time);
    }

    private static String placement(Row row) {
        return String.valueOf(row.factors().placement());
    }
}
