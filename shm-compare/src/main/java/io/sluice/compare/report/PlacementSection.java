package io.sluice.compare.report;

import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Floor;
import io.sluice.compare.stats.Cells;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The same mechanisms where the ends run on other pairs of CPUs. */
final class PlacementSection {
    /** What the names of placements mean. */
    static final Map<String, String> WORDS =
            Map.of(
                    "one-cpu", "both ends on one CPU",
                    "smt", "two hardware threads of one core",
                    "same-llc", "two cores that share their last-level cache",
                    "cross-llc", "two cores of one socket that share no cache",
                    "cross-socket", "two cores of two sockets",
                    "two-cpus", "two CPUs, and the machine does not say how they are related",
                    "unpinned", "wherever the kernel puts them");

    private final Measured measured;

    PlacementSection(Measured measured) {
        this.measured = measured;
    }

    String render() {
        Section section = new Section("placement", "Where the ends run");
        List<Measured.Row> rows =
                measured.rows(Factors.RTT).stream()
                        .filter(row -> Cells.ordinary(row.cell().factors()))
                        .toList();
        List<String> placements =
                rows.stream().map(PlacementSection::placement).distinct().toList();
        if (placements.size() < 2) {
            section.why(
                    "One placement was measured"
                            + (placements.isEmpty()
                                    ? ""
                                    : ", " + placements.get(0) + inWords(placements.get(0)))
                            + ": other pairs of CPUs, and both ends on one CPU, give other numbers."
                            + " --place measures more where the machine has them.");
        } else {
            rows.stream()
                    .map(Measured.Row::size)
                    .distinct()
                    .forEach(size -> section.table(table(rows, placements, size)));
        }
        Table lines =
                new Table(
                        "A cache line there and back between pairs of CPUs",
                        "CPUs",
                        "relation",
                        "median",
                        "two groups of times");
        for (Floor.Pair pair : measured.results.floorPairs()) {
            lines.row(
                    pair.a() + " and " + pair.b(),
                    pair.relation() + inWords(pair.relation()),
                    Units.time(pair.lineNs()),
                    pair.bimodal() ? "yes: a host may move the CPUs" : "no");
        }
        return section.table(lines).toString();
    }

    private Table table(List<Measured.Row> rows, List<String> placements, int size) {
        Table table =
                new Table(
                        "Median round trip by placement, messages of "
                                + Units.bytes(size)
                                + ", lower is better; in parentheses: times the best of the row",
                        Stream.concat(Stream.of("Mechanism"), placements.stream())
                                .toArray(String[]::new));
        List<Measured.Row> own = rows.stream().filter(row -> row.size() == size).toList();
        own.stream()
                .map(PlacementSection::name)
                .distinct()
                .forEach(name -> table.row(line(own, placements, name)));
        return table;
    }

    private static String[] line(List<Measured.Row> rows, List<String> placements, String name) {
        double best =
                rows.stream()
                        .filter(row -> name(row).equals(name))
                        .mapToDouble(row -> row.summary().p50().value())
                        .filter(Double::isFinite)
                        .min()
                        .orElse(Double.NaN);
        List<String> line = new ArrayList<>(List.of(name));
        for (String placement : placements) {
            line.add(
                    rows.stream()
                            .filter(row -> name(row).equals(name))
                            .filter(row -> placement(row).equals(placement))
                            .filter(row -> row.summary().p50().known())
                            .findFirst()
                            .map(
                                    row ->
                                            Units.value(row.summary().p50(), Units::time)
                                                    + " ("
                                                    + Units.times(
                                                            row.summary().p50().value() / best)
                                                    + ")")
                            .orElse(Units.DASH));
        }
        return line.toArray(new String[0]);
    }

    /** " (both ends on one CPU)", or nothing if the name is not known. */
    static String inWords(String placement) {
        return placement != null && WORDS.containsKey(placement)
                ? " (" + WORDS.get(placement) + ")"
                : "";
    }

    private static String name(Measured.Row row) {
        Factors f = row.cell().factors();
        return f.mechanism() + " · " + Series.wait(f);
    }

    private static String placement(Measured.Row row) {
        return String.valueOf(row.cell().factors().placement());
    }
}
