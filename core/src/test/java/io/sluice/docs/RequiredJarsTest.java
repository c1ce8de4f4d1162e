package io.sluice.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The documents name the jars that a program without Maven needs, as the build has them. */
class RequiredJarsTest {
    private static final Pattern DEPENDENCY =
            Pattern.compile("<dependency>(.*?)</dependency>", Pattern.DOTALL);

    private static String read(String file) throws IOException {
        return Files.readString(MarkdownPage.module().resolve(file));
    }

    private static String group(String regex, String text) {
        Matcher matcher = Pattern.compile(regex, Pattern.DOTALL).matcher(text);
        assertTrue(matcher.find(), () -> regex + " is not in " + text);
        return matcher.group(1);
    }

    /** Returns the names of the jars that users of core get. */
    private static List<String> jars() throws IOException {
        String parent = read("../pom.xml");
        List<String> jars = new ArrayList<>();
        jars.add("sluice-core-" + group("<version>(.*?)</version>", parent) + ".jar");
        Matcher dependencies = DEPENDENCY.matcher(read("pom.xml"));
        while (dependencies.find()) {
            boolean provided = dependencies.group(1).contains("<scope>provided</scope>");
            assertEquals(provided, dependencies.group(1).contains("<optional>true</optional>"));
            if (!provided && !dependencies.group(1).contains("<scope>test</scope>")) {
                String artifact = group("<artifactId>(.*?)</artifactId>", dependencies.group(1));
                String managed =
                        group(
                                "<artifactId>" + artifact + "</artifactId>(.*?)</dependency>",
                                parent);
                String property = group("<version>\\$\\{(.*?)}</version>", managed);
                String version = group("<" + property + ">(.*?)</" + property + ">", parent);
                jars.add(artifact + "-" + version + ".jar");
            }
        }
        return jars;
    }

    @Test
    void theDocumentsNameThem() throws IOException {
        List<String> jars = jars();
        assertEquals(3, jars.size(), jars::toString);
        for (Path page : List.of(Path.of("../README.md"), Path.of("../docs/GUIDE.md"))) {
            String text = read(page.toString());
            for (String jar : jars) {
                assertTrue(text.contains(jar), () -> page + " does not name " + jar);
            }
        }
    }
}
