package io.sluice.compare.report;

import io.sluice.compare.export.DataTable;
import io.sluice.compare.result.FloorReading;
import io.sluice.compare.result.Results;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The page's verdict as text for a terminal. Any thread may call. */
public final class Wording {
    private static final int WIDTH = 100;

    private Wording() {}

    /**
     * Returns headline, paragraphs, warnings and scope, in lines of up to {@value #WIDTH}
     * characters.
     *
     * @throws IllegalArgumentException if a histogram in the results cannot be decoded
     */
    public static String of(Results results) {
        ReportModel model = new ReportModel(results);
        Verdict verdict = new Verdict(model);
        List<String> all = new ArrayList<>();
        all.add(verdict.headline());
        all.addAll(verdict.paragraphs());
        List<String> warnings = new Warnings(model).list();
        if (!warnings.isEmpty()) {
            all.add(Text.of("warned"));
            warnings.forEach(warning -> all.add("* " + warning));
        }
        all.add("Measured: " + model.scope());
        return all.stream().map(Wording::wrapped).collect(Collectors.joining("\n"));
    }

    /** Returns what the kernel costs as the page has it: the 2x2, its steps and its parts. */
    public static String kernel(Results results) {
        KernelCost cost = new KernelCost(new ReportModel(results));
        return Stream.of(cost.screen(), cost.details())
                .flatMap(section -> section.parts().stream())
                .map(Wording::part)
                .collect(Collectors.joining("\n"));
    }

    private static String part(Object part) {
        return switch (part) {
            case DataTable table -> table.text();
            case Figure figure -> figure.table().text();
            case Section.NotePart note -> wrapped(note.text());
            default -> wrapped(part.toString());
        };
    }

    /** Returns the floor as the page has it, for one reading. */
    public static String floor(FloorReading reading) {
        return FloorTable.of(reading).text();
    }

    private static String wrapped(String paragraph) {
        return paragraph.replaceAll("(.{1," + WIDTH + "})(?: |$)", "$1\n");
    }
}
