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
            List<ReportModel.ReportRow> reportRows,
            Function<ReportModel.ReportRow, Panels.PlotPoint> point) {
        Map<String, Map<String, List<ReportModel.ReportRow>>> families = new LinkedHashMap<>();
        for (ReportModel.ReportRow reportRow : reportRows) {
            families.computeIfAbsent(family(reportRow), f -> new LinkedHashMap<>())
                    .computeIfAbsent(reportRow.series().detail(), d -> new ArrayList<>())
                    .add(reportRow);
        }
        List<Panels.Line> reference = new ArrayList<>();
        families.getOrDefault(REFERENCE, Map.of()).entrySet().stream()
                .filter(
                        e ->
                                Factors.SPIN.equals(
                                        e.getValue().get(0).measurement().factors().waiting()))
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
            String name,
            List<ReportModel.ReportRow> reportRows,
            Function<ReportModel.ReportRow, Panels.PlotPoint> point) {
        return new Panels.Line(
                reportRows.get(0).series(), name, false, reportRows.stream().map(point).toList());
    }

    private static String family(ReportModel.ReportRow reportRow) {
        return String.valueOf(reportRow.measurement().factors().mechanism()).split("\\.", 2)[0];
    }
}
