package io.sluice.compare.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class HtmlTest {
    private static final String EVIL = "<b>&\"'\u0001\n";
    private static final String TAME = "&lt;b&gt;&amp;&quot;&#39;?\n";

    @Test
    void textAndAttributesAreEscaped() {
        String html = new Html().element("p", EVIL, "title", EVIL).toString();
        assertEquals("<p title=\"" + TAME + "\">" + TAME + "</p>\n", html);
    }

    @Test
    void anAttributeWithoutValueIsLeftOut() {
        assertEquals("<p a=\"1\">", new Html().open("p", "a", "1", "b", null).toString());
    }

    @Test
    void picturesEscapeTheirTitles() {
        String svg =
                new Svg(ChartWidth.WIDE, "id", EVIL, EVIL)
                        .text(0, 0, "start", "name", EVIL)
                        .build(10, EVIL);
        assertEquals(4, svg.split("&lt;b&gt;", -1).length - 1);
        assertEquals(-1, svg.indexOf("<b>"));
    }
}
