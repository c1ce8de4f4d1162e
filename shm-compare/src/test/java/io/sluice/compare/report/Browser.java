package io.sluice.compare.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A headless Chromium. It opens a page in a frame of a given width, and the page reports what it
 * looks like by a message to the frame's parent. The tests of the site use it, too.
 */
public final class Browser {
    private static final long SECONDS = 60;

    private static final List<String> NAMES =
            List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");

    private static final String OWNER =
            "<!DOCTYPE html><body style='margin:0'><pre"
                    + " id='seen'></pre><script>addEventListener('message',function(e){document.getElementById('seen').textContent=e.data})</script><iframe"
                    + " src='%s' style='border:0;width:%dpx;height:900px'></iframe>";

    private final String executable;
    private final Path directory;

    private Browser(String executable, Path directory) {
        this.executable = executable;
        this.directory = directory;
    }

    /**
     * Finds a browser on the {@code PATH}.
     *
     * @param directory an empty directory, for its files
     */
    public static Optional<Browser> find(Path directory) {
        String[] path = System.getenv().getOrDefault("PATH", "").split(File.pathSeparator);
        return NAMES.stream()
                .flatMap(name -> Stream.of(path).map(entry -> Path.of(entry, name)))
                .filter(Files::isExecutable)
                .map(found -> new Browser(found.toString(), directory))
                .findFirst();
    }

    /**
     * Opens a page in a frame.
     *
     * @param page a page that posts one message to the parent of its frame
     * @return the message
     */
    public String messageOf(Path page, int width, String... options)
            throws IOException, InterruptedException {
        Path owner = directory.resolve("owner.html");
        Files.writeString(owner, OWNER.formatted(page.toUri(), width));
        List<String> all =
                new ArrayList<>(
                        List.of(
                                "--dump-dom",
                                "--virtual-time-budget=20000",
                                "--window-size=1500,1000",
                                "--enable-logging=stderr"));
        all.addAll(List.of(options));
        all.add(owner.toUri().toString());
        String dom = run(all);
        String seen = dom.substring(dom.indexOf("id=\"seen\">") + 10, dom.indexOf("</pre>"));
        assertFalse(seen.isBlank(), "the page told nothing:\n" + dom);
        return seen.replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&nbsp;", "\u00a0")
                .replace("&amp;", "&");
    }

    /** Runs the browser once, with its own home directory; returns its output. */
    public String run(List<String> options) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                executable,
                                "--headless",
                                "--no-sandbox",
                                "--disable-gpu",
                                "--disable-dev-shm-usage",
                                "--hide-scrollbars",
                                "--no-first-run",
                                "--disable-background-networking",
                                "--user-data-dir=" + directory.resolve("profile")));
        command.addAll(options);
        Path out = directory.resolve("out.txt");
        Path err = directory.resolve("err.txt");
        Process process =
                new ProcessBuilder(command)
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile())
                        .start();
        try {
            assertTrue(
                    process.waitFor(SECONDS, TimeUnit.SECONDS),
                    () -> "the browser takes more than " + SECONDS + " s:\n" + text(err));
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
        }
        assertEquals(0, process.exitValue(), () -> text(err));
        assertFalse(text(err).contains(":CONSOLE"), () -> text(err));
        return text(out);
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
