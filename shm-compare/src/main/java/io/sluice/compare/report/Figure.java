package io.sluice.compare.report;

/**
 * A chart with what belongs to it.
 *
 * @param svg the picture
 * @param caption what it shows and how to read it
 * @param table the same numbers
 */
record Figure(String svg, String caption, Table table) {
    String render() {
        Html html = new Html().open("figure", "role", "group");
        html.open(
                        "div",
                        "class",
                        "scroll",
                        "tabindex",
                        "0",
                        "role",
                        "region",
                        "aria-label",
                        "Chart")
                .raw(svg);
        html.close("div");
        html.element("figcaption", caption);
        html.open("details")
                .element("summary", "The numbers of this chart")
                .raw(table.render())
                .close("details");
        return html.close("figure").toString();
    }
}
