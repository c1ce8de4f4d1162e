package io.sluice.compare.report;

/** A part of the page with a heading: charts, tables, sentences. */
final class Section {
    private final Html html = new Html();

    Section(String id, String title) {
        html.open("section", "aria-labelledby", id).element("h2", title, "id", id);
    }

    Section text(String sentence) {
        html.element("p", sentence);
        return this;
    }

    /** States why something is missing. */
    Section rationale(String sentence) {
        html.element("p", sentence, "class", "aside");
        return this;
    }

    Section table(Table table) {
        html.raw(table.isEmpty() ? "" : table.render());
        return this;
    }

    /** Adds a chart; one of many may be folded. */
    Section figure(Figure figure, boolean folded) {
        html.raw(folded ? figure.folded() : figure.render());
        return this;
    }

    Section raw(String already) {
        html.raw(already);
        return this;
    }

    /** Renders a section without data: one line. */
    String placeholder(String sentence) {
        return rationale(sentence).toString();
    }

    @Override
    public String toString() {
        return html.toString() + "</section>\n";
    }
}
