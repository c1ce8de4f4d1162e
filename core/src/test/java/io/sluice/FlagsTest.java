package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.user.OneMessageProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Pipes need no JVM flag; one flag silences the JDK's own warning. */
@Timeout(120)
class FlagsTest {
    private static final String WARNING = "WARNING: ";

    @TempDir Path directory;

    private ChildJvm start(String... flags) throws IOException {
        return ChildJvm.startPlain(
                List.of(flags), OneMessageProgram.class, directory.resolve("pipe"));
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
        assertTrue(Files.exists(Path.of(ModuleFlags.home(Pipe.class), "module-info.class")));
        try (ChildJvm child =
                start(ModuleFlags.of(OneMessageProgram.class).toArray(String[]::new))) {
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
