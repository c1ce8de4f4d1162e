package io.sluice.site;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.compare.report.Browser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Opens pages of the site in a real browser, from a directory, as after a download of it. A script
 * at the end of the page reports what is seen.
 */
@Timeout(120)
class SiteBrowserTest {
    private static final String LISTEN =
            "<script>window.problems=[];addEventListener('error',function(e){problems.push(e.message)});</script>";

    private static final String LOOK =
            """
            <script>addEventListener('load', function () {
              var list = function (what) { return Array.prototype.slice.call(document.querySelectorAll(what)); };
              var styles = list('link[rel=stylesheet]');
              var seen = function (e) { return e.getClientRects().length > 0; };
              parent.postMessage([
                'title=' + document.title,
                'headings=' + list('h1').filter(seen).length,
                'words=' + document.body.innerText.split(/\\s+/).length,
                'overflow=' + Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth),
                'unstyled=' + styles.filter(function (e) { return !e.sheet; }).map(function (e) { return e.href; }),
                'unloaded=' + list('img').filter(function (e) { return !e.complete || !e.naturalWidth; }).map(function (e) { return e.src; }),
                'pictures=' + list('svg').filter(seen).length,
                'problems=' + window.problems].join('\\n'), '*');
            });</script>
            """;

    private final Path site = Path.of("target/site").toAbsolutePath();

    @TempDir Path directory;
    private Browser browser;

    @BeforeEach
    void find() {
        browser = Browser.find(directory).orElse(null);
        assumeTrue(
                browser != null,
                "no chromium, chromium-browser or google-chrome in PATH: the site is not opened");
    }

    @ParameterizedTest
    @CsvSource({
        "index.html, Sluice, 400, 360",
        "index.html, Sluice, 400, 1440",
        "docs/GUARANTEES.html, Guarantees, 1500, 360",
        "docs/COMING-FROM.html, Coming from, 800, 360",
        "docs/adr/index.html, Decisions, 100, 1440",
        "apidocs/io.sluice/module-summary.html, io.sluice, 50, 1440",
        "apidocs/io.sluice/io/sluice/Pipe.html, Pipe, 1000, 1440"
    })
    void aPageIsSeen(String page, String title, int words, int width) throws Exception {
        Map<String, String> seen = look(page, width);
        assertTrue(seen.get("title").contains(title), seen::toString);
        assertTrue(Integer.parseInt(seen.get("words")) >= words, seen::toString);
        assertTrue(Integer.parseInt(seen.get("headings")) >= 1, seen::toString);
    }

    @ParameterizedTest
    @CsvSource({"360", "1440"})
    void theSampleReportIsSeen(int width) throws Exception {
        Map<String, String> seen = look("shm-compare/docs/results/report.html", width);
        // The others are folded.
        assertTrue(Integer.parseInt(seen.get("pictures")) >= 4, seen::toString);
    }

    private Map<String, String> look(String name, int width) throws Exception {
        Path page = site.resolve(name);
        // Beside the page, so that its relative links hold.
        Path opened = page.resolveSibling("opened-" + page.getFileName());
        Files.writeString(
                opened,
                Files.readString(page)
                        .replaceFirst("<head>", "<head>" + LISTEN)
                        .replace("</body>", LOOK + "</body>"));
        try {
            Map<String, String> seen = new TreeMap<>();
            for (String line : browser.messageOf(opened, width).split("\n")) {
                seen.put(
                        line.substring(0, line.indexOf('=')),
                        line.substring(line.indexOf('=') + 1));
            }
            assertEquals("0", seen.get("overflow"), () -> "scrolls sideways: " + seen);
            assertEquals("", seen.get("unstyled"), seen::toString);
            assertEquals("", seen.get("unloaded"), seen::toString);
            assertEquals("", seen.get("problems"), seen::toString);
            return seen;
        } finally {
            Files.delete(opened);
        }
    }
}
