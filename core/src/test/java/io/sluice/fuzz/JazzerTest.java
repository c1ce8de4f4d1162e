package io.sluice.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Searches for inputs that reach more code, with Jazzer, in a process of its own: {@code mvn -Pfuzz
 * test}. It writes the smallest set to {@code target/fuzz/*.txt}, to be copied to the corpus.
 */
@EnabledIfSystemProperty(named = "sluice.jazzer", matches = "\\d+")
class JazzerTest {
    private static final long SECONDS = Long.getLong("sluice.jazzer", 0);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "io.sluice.ring.LaneFuzz$SpscFuzz",
                "io.sluice.ring.LaneFuzz$SpmcFuzz",
                "io.sluice.ring.LaneFuzz$SharedBitsFuzz",
                "io.sluice.pipe.storage.FileFuzz$MetaHeaderFuzz",
                "io.sluice.pipe.storage.FileFuzz$LaneIdentityFuzz",
                "io.sluice.pipe.storage.FileFuzz$ParticipantBlocksFuzz"
            })
    void findsNothing(String target) throws Exception {
        String name = target.substring(target.lastIndexOf('$') + 1);
        Path work = Path.of("target", "fuzz", name).toAbsolutePath();
        Path corpus = Files.createDirectories(work.resolve("corpus"));
        Path smallest = Files.createDirectories(work.resolve("smallest"));
        int i = 0;
        for (byte[] input : FuzzTest.corpus(target)) {
            Files.write(corpus.resolve("known-" + i++), input);
        }
        int found = jazzer(target, work, "-max_total_time=" + SECONDS, corpus.toString());
        assertEquals(0, found, () -> "an input that breaks it: see " + work);
        jazzer(target, work, "-merge=1", smallest.toString(), corpus.toString());
        Files.write(work.resolveSibling(name + ".txt"), lines(smallest), StandardCharsets.US_ASCII);
    }

    private static List<String> lines(Path corpus) throws IOException {
        List<String> lines = new ArrayList<>();
        try (Stream<Path> files = Files.list(corpus)) {
            for (Path file : files.toList()) {
                lines.add(Base64.getEncoder().encodeToString(Files.readAllBytes(file)));
            }
        }
        lines.sort(null);
        return lines;
    }

    private static int jazzer(String target, Path work, String... more) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElseThrow());
        command.addAll(
                List.of(
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:+EnableDynamicAgentLoading",
                        "-Xmx512m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "com.code_intelligence.jazzer.Jazzer",
                        "--target_class=" + target,
                        "--instrumentation_includes=io.sluice.**",
                        "--custom_hook_includes=io.sluice.none.**",
                        "--reproducer_path=" + work,
                        "-artifact_prefix=" + work + "/",
                        "-max_len=300"));
        command.addAll(List.of(more));
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(work.resolve("log").toFile())
                        .start();
        if (!process.waitFor(SECONDS + 600, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("it goes on: see " + work);
        }
        return process.exitValue();
    }
}
