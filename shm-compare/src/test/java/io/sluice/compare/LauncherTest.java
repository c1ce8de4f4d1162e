package io.sluice.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Test;

/** The message under an older Java. The Java that runs Maven is tried, if it is older. */
class LauncherTest {
    private static final Path MAVENS_JAVA = Path.of(System.getProperty("mavens.java.home", "none"));

    @Test
    void anOlderJavaIsToldInOneLineWhatIsMissing() throws Exception {
        int version = version(MAVENS_JAVA);
        assumeTrue(version < 25, "Maven runs on Java " + version + ", which is not older");
        Process process =
                new ProcessBuilder(
                                MAVENS_JAVA.resolve("bin/java").toString(),
                                "-cp",
                                "target/classes",
                                "io.sluice.launch.Launcher",
                                "run")
                        .start();
        List<String> lines = process.errorReader().lines().toList();
        assertEquals(2, process.waitFor(), lines.toString());
        assertEquals(1, lines.size(), lines.toString());
        assertTrue(lines.get(0).contains("needs Java 25 or newer"), lines.get(0));
        assertTrue(lines.get(0).contains("this is Java " + version), lines.get(0));
        assertTrue(lines.get(0).contains("bin/java -jar"), lines.get(0));
    }

    private static int version(Path home) throws IOException {
        Properties release = new Properties();
        try (var in = Files.newBufferedReader(home.resolve("release"))) {
            release.load(in);
        }
        String version = release.getProperty("JAVA_VERSION").replace("\"", "");
        return Runtime.Version.parse(version).feature();
    }
}
