package io.sluice.compare.report;

import io.sluice.compare.result.Results;
import java.util.ArrayList;
import java.util.List;

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
        List<String> warnings = verdict.warnings();
        if (!warnings.isEmpty()) {
            all.add(Verdict.WARNED);
            warnings.forEach(warning -> all.add("* " + warning));
        }
        all.add("Measured: " + model.scope());
        StringBuilder text = new StringBuilder();
        all.forEach(
                paragraph -> text.append(text.isEmpty() ? "" : "\n").append(wrapped(paragraph)));
        return text.toString();
    }

    private static String wrapped(String paragraph) {
        StringBuilder lines = new StringBuilder();
        int length = 0;
        for (String word : paragraph.split(" ")) {
            if (length > 0 && length + 1 + word.length() > WIDTH) {
                lines.append('\n');
                length = 0;
            }
            lines.append(length > 0 ? " " : "").append(word);
            length += word.length() + (length > 0 ? 1 : 0);
        }
        return lines.append('\n').toString();
    }
}
