package io.sluice.site;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every relative link of every page of the site leads to a file, and to an anchor in it. */
class SiteLinksTest {
    private static final Pattern SCRIPT = Pattern.compile("(?s)<script\\b.*?</script>");
    private static final Pattern LINK = Pattern.compile("\\b(?:href|src)=\"([^\"]*)\"");
    private static final Pattern ANCHOR = Pattern.compile("\\b(?:id|name)=\"([^\"]*)\"");

    private final Path site = Path.of("target/site").toAbsolutePath();
    private final Map<Path, Set<String>> anchors = new HashMap<>();

    @Test
    void everyLinkLeadsToAFileAndAnAnchor() throws IOException {
        Set<String> dead = new TreeSet<>();
        int links = 0;
        for (Path page : pages()) {
            for (String link : all(LINK, page)) {
                if (!link.matches("[a-z]+:.*|//.*")) {
                    links++;
                    if (!isThere(page, link)) {
                        dead.add(site.relativize(page) + ": " + link);
                    }
                }
            }
        }
        assertEquals(Set.of(), dead);
        assertTrue(links > 3_000, "only " + links + " links");
    }

    private List<Path> pages() throws IOException {
        try (Stream<Path> files = Files.walk(site)) {
            return files.filter(file -> file.toString().endsWith(".html")).sorted().toList();
        }
    }

    private static Set<String> all(Pattern pattern, Path page) throws IOException {
        Set<String> found = new HashSet<>();
        String html = SCRIPT.matcher(Files.readString(page)).replaceAll("");
        Matcher matcher = pattern.matcher(html);
        while (matcher.find()) {
            found.add(
                    matcher.group(1)
                            .replace("&lt;", "<")
                            .replace("&gt;", ">")
                            .replace("&amp;", "&"));
        }
        return found;
    }

    private boolean isThere(Path page, String link) throws IOException {
        int hash = link.indexOf('#');
        String file = decoded(hash < 0 ? link : link.substring(0, hash)).replaceAll("\\?.*", "");
        Path target = file.isEmpty() ? page : page.resolveSibling(file).normalize();
        if (Files.isDirectory(target)) {
            target = target.resolve("index.html");
        }
        if (!Files.isRegularFile(target)) {
            return false;
        }
        String anchor = hash < 0 ? "" : link.substring(hash + 1);
        return anchor.isEmpty()
                || anchors(target).contains(anchor)
                || anchors(target).contains(decoded(anchor));
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private Set<String> anchors(Path page) throws IOException {
        Set<String> known = anchors.get(page);
        if (known == null) {
            known = all(ANCHOR, page);
            anchors.put(page, known);
        }
        return known;
    }
}
