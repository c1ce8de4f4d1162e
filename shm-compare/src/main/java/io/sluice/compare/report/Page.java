package io.sluice.compare.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * The frame of a page: one file that loads nothing, and whose content security policy forbids it.
 * All content is readable without its script, which adds tooltips, sorting, hiding of series, and
 * saving the JSON.
 */
final class Page {
    private static final String POLICY =
            "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

    private final Html html = new Html();

    Page(String title) {
        html.raw("<!DOCTYPE html>\n").open("html", "lang", "en").open("head");
        html.raw(
                "<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        html.open("meta", "http-equiv", "Content-Security-Policy", "content", POLICY);
        html.open("meta", "name", "color-scheme", "content", "light dark");
        html.element("title", title);
        html.open("style")
                .raw(resource("report.css"))
                .close("style")
                .close("head")
                .open("body")
                .open("main");
    }

    /** Returns the body, to which the parts are added. */
    Html body() {
        return html;
    }

    /** Ends it, with the JSON in it. */
    String end(String json) {
        html.close("main");
        html.open("script", "type", "application/json", "id", "results");
        // Inside a script nothing is escaped but this: no tag and no comment can begin.
        html.raw(json.replace("<", "\\u003c")).close("script");
        html.open("script").raw(resource("report.js")).close("script");
        return html.close("body").close("html").toString();
    }

    private static String resource(String name) {
        try (InputStream in = Page.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is not in the jar beside Page");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
