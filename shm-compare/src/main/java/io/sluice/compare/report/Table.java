package io.sluice.compare.report;

import java.util.ArrayList;
import java.util.List;

/** A table of texts. The first column names the row. */
final class Table {
    private final String caption;
    private final List<String> columns;
    private final List<List<String>> rows = new ArrayList<>();
    private boolean levels;

    Table(String caption, String... columns) {
        this.caption = caption;
        this.columns = List.of(columns);
    }

    Table row(String... cells) {
        rows.add(List.of(cells));
        return this;
    }

    /** Styles the first column as levels of the doctor's checks. */
    Table firstIsLevel() {
        levels = true;
        return this;
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    /**
     * Renders the table. The roles are those that the elements have by themselves; they are written
     * out because the style sheet of narrow pages lays rows out as blocks, which takes them away.
     */
    String render() {
        Html html = new Html().open("table", "role", "table").element("caption", caption);
        html.open("thead", "role", "rowgroup").open("tr", "role", "row");
        columns.forEach(
                column -> html.element("th", column, "scope", "col", "role", "columnheader"));
        html.close("tr").close("thead").open("tbody", "role", "rowgroup");
        for (List<String> row : rows) {
            html.open("tr", "role", "row");
            html.open("th", "scope", "row", "role", "rowheader");
            if (levels) {
                html.element(
                        "span", row.get(0), "class", "badge " + SummarySection.level(row.get(0)));
            } else {
                html.text(row.get(0));
            }
            html.close("th");
            for (int i = 1; i < row.size(); i++) {
                html.element("td", row.get(i), "role", "cell", "data-label", columns.get(i));
            }
            html.close("tr");
        }
        return html.close("tbody").close("table").toString();
    }
}
