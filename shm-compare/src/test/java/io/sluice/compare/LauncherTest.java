package io.sluice.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What an older Java gets to see; a newer one that says it is old stands in for it. */
class LauncherTest {
    @Test
    void anOlderJavaIsToldInOneLineWhatIsMissing() throws Exception {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Djava.specification.version=17",
                                "-cp",
                                "target/classes",
                                "io.sluice.launch.Launcher",
                                "run")
                        .start();
        List<String> lines = process.errorReader().lines().toList();
        assertEquals(2, process.waitFor());
        assertEquals(1, lines.size(), lines.toString());
        assertTrue(lines.get(0).contains("needs Java 25 or newer"), lines.get(0));
        assertTrue(lines.get(0).contains("this is Java 17"), lines.get(0));
        assertTrue(lines.get(0).contains("bin/java -jar"), lines.get(0));
    }
}
