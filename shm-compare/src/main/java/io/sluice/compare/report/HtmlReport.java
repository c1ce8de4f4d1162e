package io.sluice.compare.report;

import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Results;
import io.sluice.compare.result.ResultsFile;
import io.sluice.compare.stats.Attribution;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Makes the page. It is one file that loads nothing; its policy forbids it to. The only script
 * offers to save the JSON that the page holds. Any thread may call.
 */
public final class HtmlReport {
    private static final String POLICY =
            "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

    private HtmlReport() {}

    /**
     * Returns the page. The same results give the same text.
     *
     * @throws IllegalArgumentException if a histogram in the results cannot be decoded
     */
    public static String render(Results results) {
        Measured measured = new Measured(results);
        String json = ResultsFile.toJson(results);
        Html html = new Html().raw("<!DOCTYPE html>\n").open("html", "lang", "en").open("head");
        html.raw(
                "<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        html.open("meta", "http-equiv", "Content-Security-Policy", "content", POLICY);
        html.open("meta", "name", "color-scheme", "content", "light dark");
        html.element(
                "title", "What does the kernel cost per message? shm-compare " + measured.date());
        html.open("style")
                .raw(resource("report.css"))
                .close("style")
                .close("head")
                .open("body")
                .open("main");
        Opening opening = new Opening(measured);
        html.raw(opening.render()).raw(opening.environment());
        html.raw(new KernelSection(measured).render());
        html.raw(latency(measured)).raw(throughput(measured));
        html.raw(new CostSection(measured).render());
        html.raw(new LimitsSection(measured).render());
        html.raw(new MethodSection(measured).render(sha256(json)));
        html.close("main");
        html.open("script", "type", "application/json", "id", "results");
        // Inside a script nothing is escaped but this: no tag and no comment can begin.
        html.raw(json.replace("<", "\\u003c")).close("script");
        html.open("script").raw(resource("report.js")).close("script");
        return html.close("body").close("html").toString();
    }

    private static String latency(Measured measured) {
        Html html =
                new Html()
                        .open("section", "aria-labelledby", "latency")
                        .element("h2", "Round trips", "id", "latency");
        if (measured.rows(Factors.RTT).isEmpty()) {
            return html.element("p", "No round trips were measured.").close("section").toString();
        }
        html.raw(LatencyChart.of(measured).render());
        for (Attribution group : measured.attributions) {
            if (!measured.rows(group).isEmpty()) {
                html.raw(PercentileChart.of(measured, group).render());
            }
        }
        return html.close("section").toString();
    }

    private static String throughput(Measured measured) {
        Html html =
                new Html()
                        .open("section", "aria-labelledby", "stream")
                        .element("h2", "Throughput", "id", "stream");
        if (measured.rows(Factors.STREAM).isEmpty()) {
            return html.element("p", "No streams were measured.").close("section").toString();
        }
        return html.raw(ThroughputChart.of(measured).render()).close("section").toString();
    }

    private static String resource(String name) {
        try (InputStream in = HtmlReport.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is not in the jar beside HtmlReport");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String sha256(String text) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
