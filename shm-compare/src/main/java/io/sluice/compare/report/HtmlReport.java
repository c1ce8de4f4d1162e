package io.sluice.compare.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import io.sluice.compare.result.Resource;
import io.sluice.compare.result.Results;
import io.sluice.compare.result.ResultsFile;
import io.sluice.compare.result.Sha256;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/**
 * Renders the page: six screens that answer, and folded details and audit that say why. It is one
 * file that loads nothing; its content security policy forbids it. All but curves can be read
 * without its script. Any thread may call.
 */
public final class HtmlReport {
    private static final TemplateEngine TEMPLATES =
            TemplateEngine.createPrecompiled(
                    null, ContentType.Html, null, HtmlReport.class.getPackageName());

    private static final String UPLOT = "/META-INF/resources/webjars/uplot/1.6.30/";

    /** A page shall be easy to send: it leaves the results out if it is longer with them. */
    static final int MOST_BYTES = 600_000;

    /**
     * What the template of a page gets.
     *
     * @param model what the first screen is of; null on a page of several runs
     * @param screens what is always seen
     * @param details what is folded, and answers further questions
     * @param audit what is folded, and says why to believe it; null on a page of several runs
     * @param method how it was measured; null on a page of several runs
     */
    record Page(
            String title,
            String head,
            String kicker,
            ReportModel model,
            List<Section> screens,
            List<Section> details,
            List<Section> audit,
            Method method) {
        String styles() {
            String own = resource("report.css").replaceAll("(?m)^ +", "");
            return own + resource(UPLOT + "dist/uPlot.min.css");
        }

        String scripts() {
            String own = resource("report.js").replaceAll("(?m)^ +(//.*)?", "");
            // Its license wants to be in each copy.
            String license = resource(UPLOT + "LICENSE");
            String uPlot = resource(UPLOT + "dist/uPlot.iife.min.js");
            return "/*\n%s*/\n%s\n%s".formatted(license, uPlot, own);
        }

        /** Returns the screens that have something in them, for the table of contents. */
        List<Section> contents() {
            return screens.stream().filter(section -> !section.isEmpty()).toList();
        }
    }

    /** One of the four bars. */
    record Bar(String name, String detail, String time, String color, String width) {}

    private HtmlReport() {}

    /**
     * Returns the page. The same results give the same text.
     *
     * @throws IllegalArgumentException if a histogram in the results cannot be decoded
     */
    public static String render(Results results) {
        return render(results, null);
    }

    /**
     * Returns the page with what changed since an earlier run.
     *
     * @param results what is shown
     * @param baseline the earlier run, or null
     * @throws IllegalArgumentException if a histogram in the results cannot be decoded
     */
    public static String render(Results results, Results baseline) {
        ReportModel model = new ReportModel(results);
        KernelCost kernelCost = new KernelCost(model);
        Latency latency = new Latency(model);
        Curved curved = new Curved(model);
        Audits audits = new Audits(model);
        String json = ResultsFile.toJson(results);
        return render(
                new Page(
                        "What does the kernel cost per message? shm-compare " + model.date(),
                        "What does the kernel cost per message?",
                        model.scope(),
                        model,
                        List.of(
                                new Decisions(model, new FixedRate(model)).screen(),
                                kernelCost.screen(),
                                latency.screen(),
                                new FixedRate(model).screen(),
                                new Throughput(model).screen(),
                                Baseline.section(baseline, results)),
                        List.of(
                                kernelCost.details(),
                                latency.details(),
                                EfficiencyMap.details(model),
                                curved.load(),
                                curved.gaps(),
                                new Costs(model).details(),
                                new Placements(model).details(),
                                curved.timelines(),
                                new Behavior(model).details()),
                        List.of(
                                new Machine(model).audit(),
                                audits.limits(),
                                new CallAudit(model).audit(),
                                new Disturbances(model).audit()),
                        new Method(model, audits.fairness(), Sha256.of(json))),
                json);
    }

    /** Renders a page, of one run or of several, with their JSON if it is not too long then. */
    static String render(Page page, String json) {
        String html = rendered(page, packed(json));
        return html.getBytes(UTF_8).length <= MOST_BYTES ? html : rendered(page, "");
    }

    private static String rendered(Page page, String results) {
        StringOutput out = new StringOutput(1 << 19);
        TEMPLATES.render("page.jte", Map.of("page", page, "results", results), out);
        // Line breaks inside tables and pictures are a fiftieth of the page.
        return out.toString().replaceAll("(</t[dhr]>|</text>|<tr>|/>)\n(?=<)", "$1");
    }

    /** Takes longer than the default. */
    private static final class SmallestGzip extends GZIPOutputStream {
        SmallestGzip(OutputStream out) throws IOException {
            super(out);
            def.setLevel(Deflater.BEST_COMPRESSION);
        }
    }

    /** Returns a text as gzip in base64. */
    private static String packed(String json) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new SmallestGzip(bytes)) {
            gzip.write(json.getBytes(UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Base64.getEncoder().encodeToString(bytes.toByteArray());
    }

    private static String resource(String name) {
        return Resource.text(HtmlReport.class, name);
    }
}
