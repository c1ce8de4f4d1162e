package io.sluice.compare.report;

import io.sluice.compare.result.Factors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Mechanisms of one kind, so that a panel of a chart holds few lines: those whose ids have a common
 * prefix. Shared memory that spins is in each panel, as the reference.
 */
final class Families {
    private static final String REFERENCE = "sluice";
    private static final int MOST = 7;

    private Families() {}

    /** Returns one panel per family, with one line per mechanism and way to wait. */
    static List<Panels.Panel> panels(
            List<Measured.Row> rows, Function<Measured.Row, Panels.Point> point) {
        Map<String, Map<String, List<Measured.Row>>> families = new LinkedHashMap<>();
        for (Measured.Row row : rows) {
            families.computeIfAbsent(family(row), f -> new LinkedHashMap<>())
                    .computeIfAbsent(row.series().detail(), d -> new ArrayList<>())
                    .add(row);
        }
        List<Panels.Line> reference = new ArrayList<>();
        families.getOrDefault(REFERENCE, Map.of()).entrySet().stream()
                .filter(e -> Factors.SPIN.equals(e.getValue().get(0).cell().factors().waiting()))
                .limit(1)
                .forEach(e -> reference.add(line(e.getKey(), e.getValue(), point)));
        List<Panels.Panel> panels = new ArrayList<>();
        families.forEach(
                (name, byDetail) -> {
                    List<Panels.Line> lines = new ArrayList<>();
                    byDetail.forEach((detail, own) -> lines.add(line(detail, own, point)));
                    for (int from = 0; from < lines.size(); from += MOST) {
                        List<Panels.Line> some =
                                new ArrayList<>(
                                        lines.subList(from, Math.min(lines.size(), from + MOST)));
                        if (!name.equals(REFERENCE)) {
                            some.addAll(reference);
                        }
                        panels.add(new Panels.Panel(name, some));
                    }
                });
        return panels;
    }

    private static Panels.Line line(
            String name, List<Measured.Row> rows, Function<Measured.Row, Panels.Point> point) {
        return new Panels.Line(
                rows.get(0).series(), name, false, rows.stream().map(point).toList());
    }

    private static String family(Measured.Row row) {
        return String.valueOf(row.cell().factors().mechanism()).split("\\.", 2)[0];
    }
}
