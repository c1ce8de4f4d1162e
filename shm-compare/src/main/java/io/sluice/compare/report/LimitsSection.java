package io.sluice.compare.report;

import io.sluice.compare.result.Cell;
import io.sluice.compare.result.EndCounters;
import java.util.List;
import java.util.function.ToLongFunction;

/** What was not measured and why, and what fired on what was. */
final class LimitsSection {
    private static final List<String> NOT_MEASURED =
            List.of(
                    "Shared memory with a reader that sleeps: this version has no sleeping pipe.",
                    "Messages after a pause: a wake-up after a quiet second may take longer than the hot ones here.",
                    "Messages at a fixed rate, with the time they wait before they are sent.",
                    "Several senders or receivers, and placements other than those named here.",
                    "Messages that nobody reads: every byte is written and read here.",
                    "What other processes and the kernel’s own threads spent on our behalf, and energy.");

    private final Measured measured;

    LimitsSection(Measured measured) {
        this.measured = measured;
    }

    String render() {
        Html html = new Html().open("section", "aria-labelledby", "limits");
        html.element("h2", "What was not measured, and what to doubt", "id", "limits");
        html.open("ul");
        NOT_MEASURED.forEach(text -> html.element("li", text));
        html.close("ul");
        Table missing = new Table("Cells without numbers", "Cell", "Status", "Why");
        Table flagged = new Table("Cells with warnings", "Cell", "Warnings");
        for (Cell cell : measured.results.cells()) {
            if (!cell.usable()) {
                missing.row(String.valueOf(cell.id()), status(cell), String.valueOf(cell.reason()));
            }
            String warnings = warnings(cell);
            if (!warnings.isEmpty()) {
                flagged.row(String.valueOf(cell.id()), warnings);
            }
        }
        html.raw(missing.isEmpty() ? "" : missing.render());
        html.raw(flagged.isEmpty() ? "" : flagged.render());
        if (missing.isEmpty() && flagged.isEmpty()) {
            html.element("p", "Every cell that was tried has numbers, and no warning fired.");
        }
        return html.close("section").toString();
    }

    private static String status(Cell cell) {
        return switch (String.valueOf(cell.status())) {
            case Cell.OK -> "no launches";
            case Cell.NOT_AVAILABLE -> "not available";
            default -> String.valueOf(cell.status());
        };
    }

    private static String warnings(Cell cell) {
        String flags = Flags.words(cell.flags());
        long lost = total(cell, EndCounters::lost);
        long duplicated = total(cell, EndCounters::duplicated);
        long corrupted = total(cell, EndCounters::corrupted);
        if (lost + duplicated + corrupted == 0) {
            return flags;
        }
        String damage = lost + " lost, " + duplicated + " duplicated, " + corrupted + " corrupted";
        return flags.isEmpty() ? damage : flags + "; " + damage;
    }

    private static long total(Cell cell, ToLongFunction<EndCounters> counter) {
        return cell.launches().stream()
                .flatMap(l -> l.ends().values().stream())
                .mapToLong(counter)
                .sum();
    }
}
