package io.sluice.compare.rig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sluice.compare.result.Pattern;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;

/** An end of a fork is killed. Alone: it kills any child of this process, and looks for files. */
@Isolated
@Timeout(120)
class KilledForkTest {
    private static final PairFixture PAIRS = new PairFixture();

    @Test
    void anEndThatIsKilledIsARecordedFailureAndLeavesNothingBehind() throws Exception {
        Path scratch = PairLauncher.scratch();
        for (String id : List.of("pipe", "uds.stream", "sluice/spin")) {
            Set<Path> before = entries(scratch);
            Thread killer = Thread.ofPlatform().daemon().start(() -> killTheFirstEndThatRuns());
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

    private static void killTheFirstEndThatRuns() {
        while (true) {
            var end = ProcessHandle.current().children().findFirst();
            if (end.isPresent() && end.get().destroyForcibly()) {
                return;
            }
            Thread.onSpinWait();
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
