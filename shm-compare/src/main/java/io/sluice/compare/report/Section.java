package io.sluice.compare.report;

import io.sluice.compare.export.DataTable;
import java.util.ArrayList;
import java.util.List;

/** A part of the page with a heading: sentences, pictures and tables in order. */
record Section(String id, String title, List<Object> parts) {
    /** A remark in smaller letters. */
    record NotePart(String text) {}

    Section(String id, String title) {
        this(id, title, new ArrayList<>());
    }

    Section text(String sentence) {
        return add(sentence, !sentence.isEmpty());
    }

    Section note(String sentence) {
        return add(new NotePart(sentence), !sentence.isEmpty());
    }

    /** Adds a remark if it has nothing else. */
    Section orNote(String sentence) {
        return isEmpty() ? note(sentence) : this;
    }

    /** Adds a table, if it has lines. */
    Section table(DataTable table) {
        return add(table, !table.isEmpty());
    }

    Section figure(Figure figure) {
        return add(figure, true);
    }

    /** Adds sections that the reader opens, if they have anything in them. */
    Section fold(Section folded) {
        return add(folded, !folded.isEmpty());
    }

    private Section add(Object part, boolean present) {
        if (present) {
            parts.add(part);
        }
        return this;
    }

    boolean isEmpty() {
        return parts.isEmpty();
    }
}
