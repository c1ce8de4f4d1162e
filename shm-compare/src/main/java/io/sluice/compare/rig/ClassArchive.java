package io.sluice.compare.rig;

import io.sluice.compare.result.Pattern;
import io.sluice.compare.result.Sha256;
import io.sluice.compare.transport.Payload;
import io.sluice.compare.transport.Role;
import java.io.File;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * The classes that an end loads, archived by the JVM (class data sharing) and kept for later runs
 * of the same jar with the same JDK. It saves half a second per pair where a start is slow, it is
 * the same for every mechanism, and it is over before anything is measured. Without it, forks are
 * only slower.
 *
 * <p>Any thread; the first call creates it, while the others wait.
 */
final class ClassArchive {
    private static final ForkDurations BRIEF = new ForkDurations(1_000_000, 1_000_000, 1);
    private static final String MECHANISM = "sluice/spin";
    private static final long TIMEOUT_SECONDS = 30;

    /** Archives of other jars are removed when they have not been used for so long. */
    private static final Duration KEPT = Duration.ofDays(7);

    /**
     * Keeps the JVM's log about the archive off standard output, where the coordinator reads the
     * end's lines.
     */
    private static final String SILENT = "-Xlog:disable";

    private static Path directory;
    private static boolean attempted;
    private static String origin = "none";

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
            if (isPossible(ClassPath.entries())) {
                directory = findOrCreate();
            }
        }
        return directory == null
                ? List.of()
                : List.of(SILENT, "-XX:SharedArchiveFile=" + archive(directory, role));
    }

    /** Returns where the archive in use came from, for the results. */
    static synchronized String origin() {
        return origin;
    }

    private static Path archive(Path directory, Role role) {
        return directory.resolve(role + ".jsa");
    }

    private static Path findOrCreate() {
        try {
            Path cache = Files.createDirectories(cache());
            Path kept = cache.resolve(key());
            if (isComplete(kept)) {
                Files.setLastModifiedTime(kept, FileTime.from(Instant.now()));
                origin = "kept from an earlier run of the same jar and JDK";
                return kept;
            }
            removeOld(cache);
            Path made = Files.createTempDirectory(cache, "new"); // of this user only
            try {
                make(made);
                if (!isComplete(made)) {
                    return null;
                }
                Leftovers.delete(kept); // An incomplete one.
                Files.move(made, kept);
            } catch (FileAlreadyExistsException e) {
                // Another run of the same jar was faster.
            } finally {
                Leftovers.delete(made);
            }
            origin = "made by this run, for the same jar and JDK";
            return kept;
        } catch (IOException e) {
            return null;
        }
    }

    private static Path cache() {
        String cache = Objects.requireNonNullElse(System.getenv("XDG_CACHE_HOME"), "");
        String home = System.getProperty("user.home");
        return (cache.isEmpty() ? Path.of(home, ".cache") : Path.of(cache)).resolve("shm-compare");
    }

    /** Returns a name for this class path, JVM and its flags. */
    private static String key() throws IOException {
        StringBuilder text =
                new StringBuilder(System.getProperty("java.home"))
                        .append(Runtime.version())
                        .append(PairLauncher.FLAGS);
        for (Path file : ClassPath.entries()) {
            text.append(file.toAbsolutePath())
                    .append(Files.size(file))
                    .append(Files.getLastModifiedTime(file));
        }
        return Sha256.of(text.toString()).substring(0, 16);
    }

    private static boolean isComplete(Path directory) {
        return Arrays.stream(Role.values())
                .allMatch(role -> archive(directory, role).toFile().length() > 0);
    }

    private static void make(Path directory) throws IOException {
        String flag = "-XX:ArchiveClassesAtExit=" + directory.resolve("SIDE.jsa");
        PairLauncher launcher = new PairLauncher(TIMEOUT_SECONDS, List.of(), List.of(SILENT, flag));
        launcher.launch(
                new PairPlan(
                        MECHANISM,
                        List.of(Workload.of(Pattern.RTT, Payload.MIN_SIZE)),
                        new Placement(Placement.UNPINNED, List.of()),
                        BRIEF,
                        0,
                        null));
    }

    private static void removeOld(Path cache) throws IOException {
        long since = System.currentTimeMillis() - KEPT.toMillis();
        for (File each : cache.toFile().listFiles()) {
            if (each.lastModified() < since) {
                Leftovers.delete(each.toPath());
            }
        }
    }

    /** Archives are of jars only. */
    static boolean isPossible(List<Path> classPath) {
        return classPath.stream().allMatch(Files::isRegularFile);
    }
}
