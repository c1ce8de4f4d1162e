package io.sluice.compare.report;

import java.util.function.Function;

/**
 * A chart with what belongs to it.
 *
 * @param svg the picture, in both formats
 * @param takeaway what it shows, in a sentence or two; may be empty
 * @param caption what it shows and how to read it
 * @param table the same numbers
 */
record Figure(String svg, String takeaway, String caption, Table table) {
    /** Draws the picture in both formats. */
    Figure(Function<ChartWidth, String> drawing, String caption, Table table) {
        this(drawing.apply(ChartWidth.WIDE) + drawing.apply(ChartWidth.NARROW), "", caption, table);
    }

    /** Returns the same figure, with what it shows. */
    Figure saying(String sentence) {
        return new Figure(svg, sentence, caption, table);
    }

    /** Returns the picture's title. */
    String title() {
        int begin = svg.indexOf('>', svg.indexOf("<title")) + 1;
        // It is escaped already, and will be again.
        return svg.substring(begin, svg.indexOf("</title>"))
                .replace("&quot;", "\"")
                .replace("&#39;", "'")
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&amp;", "&");
    }

    /** Renders one of many, which the reader opens. */
    String folded() {
        return new Html()
                .open("details", "class", "more")
                .element("summary", title())
                .raw(render())
                .close("details")
                .toString();
    }

    String render() {
        Html html = new Html().open("figure", "role", "group");
        if (!takeaway.isEmpty()) {
            html.element("p", takeaway, "class", "takeaway");
        }
        html.open("div", "class", "picture").raw(svg).close("div");
        html.element("figcaption", caption);
        html.open("details")
                .element("summary", "The numbers of this chart")
                .raw(table.render())
                .close("details");
        return html.close("figure").toString();
    }
}
