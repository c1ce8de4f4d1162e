package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.user.OneMessageProgram;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Pipes need no JVM flag; one flag silences the JDK's own warning. */
@Tag("minutes")
@Timeout(120)
class FlagsTest {
    private static final String WARNING = "WARNING: ";

    @TempDir Path directory;

    private ChildJvm start(String... flags) throws IOException {
        return ChildJvm.startPlain(
                List.of(flags), OneMessageProgram.class, directory.resolve("pipe"));
    }

    private static String home(Class<?> type) throws URISyntaxException {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    }

    private static void works(ChildJvm child) throws Exception {
        String said = child.readLine();
        String errors = child.readErrors();
        assertEquals("hello", said, errors);
        assertEquals(0, child.waitFor(), errors);
    }

    @Test
    void withoutAnyFlagItWorksAndOnlyTheJdkWarns() throws Exception {
        try (ChildJvm child = start()) {
            String said = child.readLine();
            String errors = child.readErrors();
            assertEquals("hello", said, errors);
            assertEquals(0, child.waitFor(), errors);
            assertTrue(errors.contains("--enable-native-access"), errors);
            for (String line : errors.lines().toList()) {
                assertTrue(line.isEmpty() || line.startsWith(WARNING), errors);
            }
            assertEquals(4, errors.lines().filter(line -> !line.isEmpty()).count(), errors);
        }
    }

    @Test
    void withNativeAccessEnabledItSaysNothing() throws Exception {
        try (ChildJvm child = start("--enable-native-access=ALL-UNNAMED")) {
            works(child);
            assertEquals("", child.readErrors());
        }
    }

    @Test
    void asAModuleItSaysNothingAndOnlyTheModuleNeedsNativeAccess() throws Exception {
        List<String> modules = new ArrayList<>(List.of(home(Pipe.class)));
        for (String entry :
                System.getProperty("java.class.path").split(Pattern.quote(File.pathSeparator))) {
            if (Path.of(entry).getFileName().toString().matches("(agrona|jctools)-.*\\.jar")) {
                modules.add(entry);
            }
        }
        assertTrue(Files.exists(Path.of(home(Pipe.class), "module-info.class")));
        try (ChildJvm child =
                start(
                        "--module-path",
                        String.join(File.pathSeparator, modules),
                        "--add-modules",
                        "io.sluice",
                        "--enable-native-access=io.sluice",
                        "-cp",
                        home(OneMessageProgram.class))) {
            works(child);
            assertEquals("", child.readErrors());
        }
    }

    @Test
    void whereNativeAccessIsDeniedItSaysSoAndMakesNothing() throws Exception {
        try (ChildJvm child = start("--illegal-native-access=deny")) {
            String errors = child.readErrors();
            assertNotEquals(0, child.waitFor());
            assertTrue(errors.contains("java.lang.IllegalCallerException"), errors);
            assertTrue(errors.contains("llegal native access"), errors);
            try (var left = Files.list(directory)) {
                assertEquals(0, left.count());
            }
        }
    }
}
