package io.sluice.wait;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Decides whether spinning can help, that is, whether another thread can run at the same time. On
 * Linux, {@link Runtime#availableProcessors()} returns how many CPUs the <em>calling thread</em>
 * may use: one, if it is pinned, as latency-sensitive programs do. So if it returns one, the
 * affinity of the process's other threads is consulted, too: the JVM's own threads, at least, are
 * usually not pinned.
 */
final class CpuCount {
    private static final Path THREADS = Path.of("/proc/self/task");
    private static final String ALLOWED = "Cpus_allowed_list:";

    private CpuCount() {}

    /** Tests whether this process may run on several CPUs. */
    static boolean isMultiCpu() {
        return Runtime.getRuntime().availableProcessors() > 1 || isMultiCpu(THREADS);
    }

    /** Tests whether a thread whose directory is in the given one may run on several CPUs. */
    static boolean isMultiCpu(Path threads) {
        try (Stream<Path> all = Files.list(threads)) {
            return all.anyMatch(CpuCount::mayRunOnSeveralCpus);
        } catch (IOException | UncheckedIOException e) {
            return false; // Another system, or a thread has just ended: do not spin.
        }
    }

    private static boolean mayRunOnSeveralCpus(Path thread) {
        try (Stream<String> lines = Files.lines(thread.resolve("status"))) {
            return lines.anyMatch(line -> line.matches(ALLOWED + "\\s*\\d+[-,].*"));
        } catch (IOException | UncheckedIOException e) {
            return false;
        }
    }
}
