package io.sluice.compare.report;

import java.util.ArrayList;
import java.util.List;

/** A table of texts. The first column names the row. */
final class Table {
    private final String caption;
    private final List<String> columns;
    private final List<List<String>> rows = new ArrayList<>();

    Table(String caption, String... columns) {
        this.caption = caption;
        this.columns = List.of(columns);
    }

    Table row(String... cells) {
        rows.add(List.of(cells));
        return this;
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    String render() {
        Html html = new Html();
        html.open(
                "div", "class", "scroll", "tabindex", "0", "role", "region", "aria-label", caption);
        html.open("table").element("caption", caption);
        html.open("thead").open("tr");
        columns.forEach(column -> html.element("th", column, "scope", "col"));
        html.close("tr").close("thead").open("tbody");
        for (List<String> row : rows) {
            html.open("tr").element("th", row.get(0), "scope", "row");
            row.stream().skip(1).forEach(cell -> html.element("td", cell));
            html.close("tr");
        }
        return html.close("tbody").close("table").close("div").toString();
    }
}
