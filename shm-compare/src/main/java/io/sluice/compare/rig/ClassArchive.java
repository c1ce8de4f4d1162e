package io.sluice.compare.rig;

import io.sluice.compare.result.Pattern;
import io.sluice.compare.transport.Payload;
import io.sluice.compare.transport.Role;
import io.sluice.compare.transport.Transports;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * The classes that an end loads, archived by the JVM (class data sharing) once for all launches of
 * this process. It saves half a second per pair where a start is slow, it is the same for every
 * mechanism, and it is over before anything is measured. Without it, launches are only slower.
 *
 * <p>Any thread; the first call creates it, while the others wait.
 */
final class ClassArchive {
    private static final ForkDurations BRIEF = new ForkDurations(1_000_000, 1_000_000, 1);
    private static final String MECHANISM = "sluice/spin";
    private static final long TIMEOUT_SECONDS = 30;

    /**
     * Keeps the JVM's log about the archive off standard output, where the coordinator reads the
     * end's lines.
     */
    private static final String SILENT = "-Xlog:disable";

    private static Path directory;
    private static boolean attempted;

    private ClassArchive() {}

    /**
     * Returns the flags for an end to use the archive.
     *
     * @param role which end
     * @return flags for its JVM; none if there is no archive
     */
    static synchronized List<String> flags(Role role) {
        if (!attempted) {
            attempted = true;
            directory = create();
        }
        return directory == null
                ? List.of()
                : List.of(SILENT, "-XX:SharedArchiveFile=" + archive(role));
    }

    private static Path archive(Role role) {
        return directory.resolve(role + ".jsa");
    }

    private static Path create() {
        if (!isPossible()) {
            return null;
        }
        try {
            Path directory = Files.createTempDirectory(PairLauncher.PREFIX);
            directory.toFile().deleteOnExit();
            for (Role role : Role.values()) {
                directory.resolve(role + ".jsa").toFile().deleteOnExit();
            }
            String flag = "-XX:ArchiveClassesAtExit=" + directory.resolve("SIDE.jsa");
            PairLauncher launcher =
                    PairLauncher.awaitingExits(TIMEOUT_SECONDS, List.of(SILENT, flag));
            launcher.launch(
                    new PairLauncher.PairPlan(
                            Transports.of(MECHANISM),
                            Workload.of(Pattern.RTT, Payload.MIN_SIZE),
                            new Placement(Placement.UNPINNED, List.of()),
                            BRIEF,
                            0,
                            null));
            for (Role role : Role.values()) {
                if (Files.size(directory.resolve(role + ".jsa")) == 0) {
                    return null;
                }
            }
            return directory;
        } catch (IOException e) {
            return null;
        }
    }

    /** Archives are of jars only. */
    private static boolean isPossible() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .allMatch(entry -> Files.isRegularFile(Path.of(entry)));
    }
}
