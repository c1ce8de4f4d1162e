package io.sluice.torture;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.Proof;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.Stream;

/** Scenarios one after the other, and the table of what was counted. */
final class CrashSeries implements AutoCloseable {
    /** A limit for each pipe, to keep logs small. */
    private static final int MAX_KILLS_PER_PIPE = 60;

    private final CrashCounts total = new CrashCounts();
    private final StringBuilder rows = new StringBuilder();
    private final Path directory;
    private final WarmProcesses warmProcesses;
    private int scenarios;

    /**
     * Prepares processes.
     *
     * @param temporary where the pipes are, unless they can be in memory
     * @param program a program in C that half of the processes run; null for none
     */
    CrashSeries(Path temporary, Path program) throws Exception {
        Path memory = Path.of("/dev/shm");
        directory =
                Files.isWritable(memory)
                        ? Files.createTempDirectory(memory, "sluice-kill-")
                        : temporary;
        warmProcesses = new WarmProcesses(program);
    }

    /** Kills that many processes, on as many pipes as needed; nothing may have been violated. */
    CrashCounts run(CrashTopology crashTopology, int kills, Proof proof) throws Exception {
        CrashCounts crashCounts = new CrashCounts();
        long seed = Long.getLong("sluice.seed", new Random().nextInt());
        try {
            while (crashCounts.kills < kills && crashCounts.isClean()) {
                Path home = Files.createDirectory(directory.resolve("siege-" + scenarios++));
                CrashScenario crashScenario =
                        new CrashScenario(crashTopology, warmProcesses, home, seed++);
                try {
                    crashScenario.run(Math.min(MAX_KILLS_PER_PIPE, kills - crashCounts.kills));
                } finally {
                    crashCounts.add(crashScenario.crashCounts);
                }
                crashScenario.deleteFiles();
            }
        } finally {
            rows.append(crashCounts.row(crashTopology.toString())).append('\n');
            proof.add(crashCounts.kills, crashCounts.summary());
            if (crashTopology.acknowledgesLater()) {
                Proof.KILLS_ACKNOWLEDGING.add(
                        crashCounts.acknowledgers,
                        String.format(
                                "lost %d, unmarked %d, torn %d",
                                crashCounts.lost,
                                crashCounts.unmarkedDuplicates,
                                crashCounts.torn));
            }
            total.add(crashCounts);
        }
        assertTrue(crashCounts.isClean(), () -> "\n" + CrashCounts.HEADING + "\n" + rows);
        return crashCounts;
    }

    /** Prints the table. */
    void report() {
        System.out.println(CrashCounts.HEADING + "\n" + rows + total.row("all"));
        System.out.println(warmProcesses.coverage());
        System.out.println(
                CrashCounts.percentiles(
                        "death of a receiver to redelivery", total.redeliveryNanos));
        System.out.println(
                CrashCounts.percentiles("death of a sender to others' next", total.delayNanos));
        System.out.println(
                CrashCounts.percentiles("any moment to a sender's next", total.usualDelayNanos));
        if (Boolean.getBoolean("sluice.points")) {
            warmProcesses
                    .uncoveredPoints()
                    .forEach(name -> System.out.println("no process died at " + name));
        }
    }

    @Override
    public void close() throws IOException {
        warmProcesses.close();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
