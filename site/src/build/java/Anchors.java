import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Names the headings of the rendered documents as GitHub does, so that one link to a heading works
 * in both places: {@code java Anchors.java SITE}.
 */
final class Anchors {
    private static final Pattern HEADING =
            Pattern.compile("<a id=\"[^\"]*\"></a>(\\s*<h[1-6]>)(.*?)(?=</h)", Pattern.DOTALL);

    private Anchors() {}

    public static void main(String[] arguments) throws IOException {
        Path site = Path.of(arguments[0]);
        List<Path> pages;
        try (Stream<Path> files = Files.walk(site)) {
            pages = files.filter(file -> file.toString().endsWith(".html")).toList();
        }
        for (Path page : pages) {
            Set<String> used = new HashSet<>();
            String html = Files.readString(page);
            Files.writeString(
                    page, HEADING.matcher(html).replaceAll(heading -> renamed(heading, used)));
        }
    }

    private static String renamed(MatchResult heading, Set<String> used) {
        String words = heading.group(2).replaceAll("<[^>]*>", "").replaceAll("&[^;]*;", "");
        String anchor =
                words.strip()
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N}_\\- ]", "")
                        .replace(' ', '-');
        String unique = anchor;
        for (int i = 1; !used.add(unique); i++) {
            unique = anchor + "-" + i;
        }
        String named = "<a id=\"" + unique + "\"></a>" + heading.group(1) + heading.group(2);
        return Matcher.quoteReplacement(named);
    }
}
