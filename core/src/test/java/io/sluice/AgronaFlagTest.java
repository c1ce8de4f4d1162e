package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.user.AdaptersProgram;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Only {@code io.sluice.agrona} needs a JVM flag; without it, the error names the flag. */
@Timeout(120)
class AgronaFlagTest {
    private static final String FLAG = "--add-opens=java.base/jdk.internal.misc=";
    private static final String ON_CLASS_PATH = "--enable-native-access=ALL-UNNAMED";

    private static final List<String> WORKS =
            List.of(
                    "codec: hello",
                    "buffer: 3",
                    "stream: 5",
                    "sender: DirectBufferSender",
                    "receiver: DirectBufferReceiver",
                    "ring: 42");

    @TempDir Path directory;

    private void says(List<String> flags, List<String> expected) throws Exception {
        try (ChildJvm child =
                ChildJvm.startPlain(flags, AdaptersProgram.class, directory.resolve("pipe"))) {
            List<String> said = new ArrayList<>();
            for (String line; (line = child.readLine()) != null; ) {
                said.add(line);
            }
            String errors = child.readErrors();
            assertEquals(expected, said, errors);
            assertEquals("", errors);
            assertEquals(0, child.waitFor());
        }
    }

    private static List<String> refused(String flag) {
        String missing =
                "Agrona's buffers need a flag of the JVM that is missing: start java with " + flag;
        return List.of(
                "codec: hello",
                "buffer: 3",
                "stream: 5",
                "sender: " + missing,
                "receiver: " + missing,
                "ring: " + missing);
    }

    @Test
    void withoutTheFlagAgronasBuffersAreRefusedAndTheRestWorks() throws Exception {
        says(List.of(ON_CLASS_PATH), refused(FLAG + "ALL-UNNAMED"));
    }

    @Test
    void withTheFlagEverythingWorks() throws Exception {
        says(List.of(ON_CLASS_PATH, FLAG + "ALL-UNNAMED"), WORKS);
    }

    @Test
    void asAModuleItNamesAgronasModule() throws Exception {
        says(ModuleFlags.of(AdaptersProgram.class), refused(FLAG + "org.agrona"));
    }

    @Test
    void asAModuleWithTheFlagEverythingWorks() throws Exception {
        List<String> flags = new ArrayList<>(ModuleFlags.of(AdaptersProgram.class));
        flags.add(FLAG + "org.agrona");
        says(flags, WORKS);
    }

    @Test
    void noOtherPackageNamesWhatNeedsTheFlag() throws Exception {
        Path sources = Path.of(System.getProperty("basedir", "")).resolve("src/main/java");
        List<String> others = new ArrayList<>();
        try (Stream<Path> files = Files.walk(sources)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
                if (file.getParent().endsWith("io/sluice/agrona")) {
                    continue;
                }
                for (String line : Files.readAllLines(file)) {
                    if (line.contains("import org.agrona.")
                            && !line.matches(
                                    "import org\\.agrona\\.concurrent\\.\\w*IdleStrategy;")) {
                        others.add(file + ": " + line);
                    }
                }
            }
        }
        assertEquals(List.of(), others, "they may use what needs a flag");
    }
}
