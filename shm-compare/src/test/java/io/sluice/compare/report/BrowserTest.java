package io.sluice.compare.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.compare.result.Results;
import io.sluice.compare.result.ResultsFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Opens the page in a real browser. The page is shown in a frame of a phone's or a desktop's width,
 * and a script at its end inspects what a reader would see and reports it to the frame's parent.
 */
@Timeout(180)
class BrowserTest {
    private static final String LISTEN =
            "<script>window.problems=[];addEventListener('error',function(e){problems.push(e.message)});"
                    + "addEventListener('securitypolicyviolation',function(e){problems.push(e.violatedDirective)});</script>";

    /**
     * Unfolds everything, and measures every picture. An element is cut off if it exceeds the page
     * or its container, even if that scrolls. Words in pictures may neither overlap nor touch bars.
     */
    private static final String LOOK =
"""
<script>addEventListener('load', function () {
  var list = function (root, what) { return Array.prototype.slice.call(root.querySelectorAll(what)); };
  var seen = function (e) { return e.getClientRects().length > 0; };
  var quiz = document.querySelector('.predict');
  var asks = list(document, '.predict summary').filter(function (s) { s.focus(); return document.activeElement === s; });
  var hidden = quiz ? list(document, 'main > section, main > p').filter(seen).length : 0;
  if (quiz) { quiz.open = false; }
  list(document, 'details:not(.predict)').forEach(function (d) { d.open = true; });
  setTimeout(function () {
  var width = document.documentElement.clientWidth;
  var cut = list(document, 'main *').filter(function (e) {
    if (!seen(e) || e.ownerSVGElement || e.closest('.uplot') || e.closest('.scroll') || e.closest('.predict')) { return false; }
    var box = e.getBoundingClientRect();
    var outer = e.parentElement.getBoundingClientRect();
    return box.left < -1 || box.right > width + 1
      || (e.parentElement.tagName !== 'FIGURE' && e.tagName !== 'FIGURE' && (box.left < outer.left - 1 || box.right > outer.right + 1))
      || (getComputedStyle(e).display !== 'inline' && e.tagName !== 'svg' && e.scrollWidth > e.clientWidth + 1);
  }).map(function (e) { return e.tagName + ' ' + e.className + ' ' + e.textContent.substring(0, 80); });
  list(document, document.getElementById('answer') ? 'nav ol, main > section > .scroll' : 'nav ol').forEach(function (e) {
    if (e.scrollWidth > e.clientWidth + 1) { cut.push(e.tagName + ' ' + e.className + ' ' + e.textContent.substring(0, 80)); } });
  var ids = list(document, '[id]').map(function (e) { return e.id; });
  var charts = list(document, 'figure').map(function (f) {
    var svgs = list(f, 'svg:not(.uplot svg)').filter(seen);
    var svg = svgs[0];
    if (!svg) {
      var canvas = f.querySelector('canvas');
      return {id: f.id, canvas: canvas ? canvas.getBoundingClientRect().width : 0, curves: list(f, '.u-legend .u-series').filter(seen).length,
        looks: list(f, '.u-marker path').map(function (p) { return p.getAttribute('stroke') + ' ' + p.getAttribute('stroke-dasharray'); }),
        rows: f.querySelectorAll('tbody tr').length};
    }
    var frame = f.querySelector('.picture').getBoundingClientRect();
    var picture = svg.getBoundingClientRect();
    var drawn = svg.getBBox();
    var room = svg.viewBox.baseVal;
    var texts = list(svg, 'text').filter(function (t) { return t.textContent; });
    var shortened = texts.filter(function (t) {
      return /…$/.test(t.textContent) && t.getAttribute('class') !== 'scope'; });
    var sticking = texts.filter(function (t) {
      var b = t.getBBox(); return b.x < -3 || b.x + b.width > room.width + 3 || b.y + b.height > room.height + 3; });
    var boxes = texts.map(function (t) { return {box: t.getBBox(), name: t.textContent}; });
    var solid = boxes.concat(list(svg, 'rect.bar').map(function (r) { return {box: r.getBBox(), name: 'a bar'}; }));
    var overlapping = [];
    boxes.forEach(function (a, i) { solid.slice(i + 1).forEach(function (b) {
      var x = Math.min(a.box.x + a.box.width, b.box.x + b.box.width) - Math.max(a.box.x, b.box.x);
      var y = Math.min(a.box.y + a.box.height, b.box.y + b.box.height) - Math.max(a.box.y, b.box.y);
      var near = b.name === 'a bar' ? -3 : 0;
      if (x > 2 + near && y > (near || 4)) { overlapping.push(a.name + ' on ' + b.name); } }); });
    return {title: svg.querySelector('title').textContent, pictures: svgs.length, format: svg.getAttribute('class'),
      starts: Math.abs(picture.left - frame.left) < 2, height: picture.height, drawn: drawn.width * drawn.height,
      scale: picture.width / room.width,
      marks: svg.querySelectorAll('path,rect').length, sticking: sticking.map(function (t) { return t.textContent; }),
      overlapping: overlapping, shortened: shortened.map(function (t) { return t.textContent; }), rows: f.querySelectorAll('tbody tr').length};
  });
  var marked = list(document, 'svg[tabindex]').filter(seen)[0];
  marked.dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowRight', bubbles: true}));
  var tip = document.getElementById('tip');
  var sorter = document.querySelector('th button');
  sorter.click();
  parent.postMessage(JSON.stringify({width: width, overflow: document.documentElement.scrollWidth - width,
    dark: matchMedia('(prefers-color-scheme: dark)').matches, background: getComputedStyle(document.body).backgroundColor,
    charts: charts, asks: asks.length, hidden: hidden, cut: cut, twice: ids.filter(function (id, i) { return ids.indexOf(id) !== i; }), tip: tip.hidden ? '' : tip.textContent, sorted: sorter.parentNode.getAttribute('aria-sort'),
    download: !document.getElementById('download').hidden, problems: window.problems}), '*');
  }, 300); });</script>
""";

    /**
     * Clicks without a clipboard, and catches what would be saved: canvases and parts of blobs,
     * because the browser's clock does not wait until it has encoded them.
     */
    private static final String SAVE =
"""
<script>addEventListener('load', function () {
  var saved = {};
  Object.defineProperty(navigator, 'clipboard', {value: undefined});
  HTMLCanvasElement.prototype.toBlob = function (done, type) { done({canvas: this, type: type || 'image/png'}); };
  window.Blob = function (parts, options) { this.text = parts.join(''); this.type = options.type; };
  URL.createObjectURL = function (blob) {
    if (blob.canvas) {
      var points = blob.canvas.getContext('2d').getImageData(0, 0, blob.canvas.width, blob.canvas.height).data;
      blob = {type: blob.type, width: blob.canvas.width, height: blob.canvas.height, colors: new Set(new Uint32Array(points.buffer)).size};
    }
    return 'blob:' + JSON.stringify(blob);
  };
  HTMLAnchorElement.prototype.click = function () {
    saved[this.download] = JSON.parse(decodeURIComponent(this.href.substring(5)));
    if (Object.keys(saved).length === 3) { parent.postMessage(JSON.stringify(saved), '*'); }
  };
  document.querySelectorAll('details').forEach(function (d) { d.open = !d.classList.contains('predict'); });
  setTimeout(function () {
    ['#round-trips .png', '#percentiles-0 .png', '#round-trips .csv'].forEach(function (b) { document.querySelector(b).click(); });
  }, 300); });</script>
""";

    @TempDir Path directory;

    private Browser browser;

    @BeforeEach
    void find() {
        browser = Browser.find(directory).orElse(null);
        assumeTrue(
                browser != null,
                "no chromium, chromium-browser or google-chrome in PATH: the page is not opened");
    }

    @Tag("proof")
    @ParameterizedTest
    @CsvSource({"360,light", "1440,dark", "1440,light"})
    void everyChartIsSeenInTheOtherThemes(int width, String theme) throws Exception {
        everyChartIsSeen(width, theme);
    }

    @ParameterizedTest
    @CsvSource("360,dark")
    void everyChartIsSeen(int width, String theme) throws Exception {
        String page = CompleteResults.page();
        JsonNode told = look(page, width, theme, 14);
        assertEquals(6, told.get("asks").asInt(), "questions that a keyboard reaches");
        assertEquals(0, told.get("hidden").asInt(), "answers beside the open questions");
    }

    /** Paper as a screen of the width of A4 without its margins, so that it can be inspected. */
    @Tag("proof")
    @Test
    void everyChartIsPrintedWhole() throws Exception {
        String page =
                CompleteResults.page()
                        .replace("@media screen", "@media speech")
                        .replace("@media print", "@media all");
        look(page, 718, "light", 14);
    }

    @Tag("proof")
    @Test
    void theMergedPageIsSeenOnADesktop() throws Exception {
        theMergedPageIsSeen(1440);
    }

    @Tag("proof")
    @Test
    void theMergedPageIsSeenOnAPhone() throws Exception {
        theMergedPageIsSeen(360);
    }

    private void theMergedPageIsSeen(int width) throws Exception {
        Map<String, Results> runs = new LinkedHashMap<>();
        runs.put("laptop", CompleteResults.build());
        runs.put("server", io.sluice.compare.stats.SyntheticResults.typical());
        look(MergedReport.render(runs), width, "light", 3);
    }

    private JsonNode look(String page, int width, String theme, int charts) throws Exception {
        Path opened = directory.resolve("page.html");
        Files.writeString(
                opened,
                page.replaceFirst("<head>", "<head>" + LISTEN)
                        .replace("</body>", LOOK + "</body>"));
        String scheme = "--blink-settings=preferredColorScheme=" + (theme.equals("dark") ? 0 : 1);
        JsonNode told = new ObjectMapper().readTree(browser.messageOf(opened, width, scheme));
        assertEquals("[]", told.get("problems").toString());
        assertTrue(
                told.get("width").asInt() <= width && told.get("width").asInt() > width - 30,
                told.get("width").asText());
        assertEquals(theme.equals("dark"), told.get("dark").asBoolean(), "theme");
        assertEquals(0, told.get("overflow").asInt(), "the page scrolls sideways");
        assertEquals("[]", told.get("cut").toString());
        assertEquals("[]", told.get("twice").toString(), "ids");
        assertTrue(told.get("charts").size() >= charts, told.get("charts").size() + " charts");
        for (JsonNode chart : told.get("charts")) {
            String at = chart.toString();
            assertTrue(chart.get("rows").asInt() > 0, at);
            if (chart.has("canvas")) {
                assertTrue(
                        chart.get("canvas").asDouble() > 200 && chart.get("curves").asInt() > 1,
                        at);
                Set<String> looks = new HashSet<>();
                chart.get("looks").forEach(look -> assertTrue(looks.add(look.asText()), at));
                assertEquals(chart.get("curves").asInt() - 1, looks.size(), at);
                continue;
            }
            assertEquals(1, chart.get("pictures").asInt(), at);
            assertEquals(width < 700 ? "narrow" : "wide", chart.get("format").asText(), at);
            assertTrue(chart.get("scale").asDouble() > 0.8, at);
            assertTrue(chart.get("starts").asBoolean(), at);
            assertTrue(chart.get("height").asDouble() > 60, at);
            assertTrue(chart.get("drawn").asDouble() > 1000, at);
            assertTrue(chart.get("marks").asInt() > 0, at);
            assertEquals("[]", chart.get("sticking").toString(), at);
            assertEquals("[]", chart.get("overlapping").toString(), at);
            assertEquals("[]", chart.get("shortened").toString(), at);
        }
        assertFalse(told.get("tip").asText().isEmpty(), "an arrow key shows no tip");
        assertEquals("ascending", told.get("sorted").asText());
        assertTrue(told.get("download").asBoolean());
        return told;
    }

    @Tag("proof")
    @Test
    void onAPhoneTheFoldedPageHasFifteenScreens() throws Exception {
        Results sample = ResultsFile.read(Path.of("docs/results/results.json"));
        String measure =
                "<script>addEventListener('load', function () {"
                        + "parent.postMessage('' + document.documentElement.scrollHeight, '*'); });</script>";
        String page = HtmlReport.render(sample).replace("</body>", measure + "</body>");
        Path opened = Files.writeString(directory.resolve("page.html"), page);
        int height = Integer.parseInt(browser.messageOf(opened, 390));
        assertTrue(height > 5 * 844 && height <= 15 * 844, height / 844.0 + " screens");
    }

    @Test
    void aPictureIsSavedAsPngAndItsTableAsCsv() throws Exception {
        Path page = directory.resolve("page.html");
        Files.writeString(page, CompleteResults.page().replace("</body>", SAVE + "</body>"));
        JsonNode saved = new ObjectMapper().readTree(browser.messageOf(page, 1440));
        for (String id : List.of("round-trips", "percentiles-0")) {
            JsonNode png = saved.get(id + ".png");
            assertEquals("image/png", png.get("type").asText(), saved.toString());
            assertTrue(png.get("width").asInt() > 600, saved.toString());
            assertTrue(png.get("height").asInt() > 300, saved.toString());
            assertTrue(png.get("colors").asInt() > 500, saved.toString());
        }
        JsonNode csv = saved.get("round-trips.csv");
        assertEquals("text/csv", csv.get("type").asText(), saved.toString());
        List<String> lines = csv.get("text").asText().lines().toList();
        assertTrue(lines.getFirst().startsWith("Mechanism,p50,"), lines.toString());
        assertEquals(11, lines.size(), lines.toString());
        assertTrue(
                lines.get(1).matches("\"Shared memory, spinning\",\\d[\\d.E+]*,.*"),
                lines.toString());
    }

    /** What is folded stays so: of all tables there were 47 pages. */
    @Tag("proof")
    @Test
    void itPrintsWhatIsOpen() throws Exception {
        Path page = directory.resolve("page.html");
        Files.writeString(page, CompleteResults.page());
        Path pdf = directory.resolve("page.pdf");
        browser.run(
                List.of(
                        "--print-to-pdf=" + pdf,
                        "--no-pdf-header-footer",
                        page.toUri().toString()));
        byte[] bytes = Files.readAllBytes(pdf);
        assertEquals("%PDF-", new String(bytes, 0, 5, java.nio.charset.StandardCharsets.US_ASCII));
        assertTrue(bytes.length > 50_000 && bytes.length < 10_000_000, bytes.length + " bytes");
        String text = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
        int pages = text.split("/Type\\s*/Page\\b(?!s)").length - 1;
        assertTrue(pages >= 3 && pages <= 12, pages + " pages");
    }
}
