package io.sluice.compare.rig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sluice.Proof;
import io.sluice.compare.result.Pattern;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Not of {@link RigTest}: it kills the first process of this one, and looks at all files of ends.
 */
@Tag("alone")
@Timeout(120)
class KilledPairTest {
    private static final PairFixture PAIRS = new PairFixture();

    @BeforeAll
    static void makeArchive() {
        RigTest.pack();
    }

    @Test
    void anEndThatIsKilledIsARecordedFailureAndLeavesNothingBehind() throws Exception {
        Path scratch = PairLauncher.scratch();
        List<String> all = List.of("sluice/spin", "pipe", "uds.stream");
        for (String id : all.subList(0, Proof.size(1, all.size()))) {
            Set<Path> before = entries(scratch);
            Thread killer = Thread.ofPlatform().daemon().start(PairFixture::killTheFirstEnd);
            IOException e =
                    assertThrows(
                            IOException.class,
                            () ->
                                    PAIRS.launch(
                                            id,
                                            Workload.of(Pattern.RTT, 64),
                                            new ForkDurations(TimeUnit.SECONDS.toNanos(30), 1, 1),
                                            null),
                            id);
            killer.join();
            assertFalse(e.getMessage().isEmpty());
            assertEquals(before, entries(scratch), id);
        }
    }

    private static Set<Path> entries(Path directory) throws IOException {
        try (var entries = Files.list(directory)) {
            return entries.filter(
                            entry -> entry.getFileName().toString().startsWith(PairLauncher.PREFIX))
                    .collect(Collectors.toSet());
        }
    }
}
