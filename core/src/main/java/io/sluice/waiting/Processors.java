package io.sluice.waiting;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Whether it can help to spin: whether another thread can run meanwhile. {@link
 * Runtime#availableProcessors()} says, on Linux, how many CPUs the <em>calling thread</em> may use:
 * one, if it is pinned, as programs do that care. So if it says one, what the kernel says of the
 * other threads counts too; at least the JVM's own are pinned by nobody.
 */
final class Processors {
    private static final Path THREADS = Path.of("/proc/self/task");
    private static final String ALLOWED = "Cpus_allowed_list:";

    private Processors() {}

    /** Whether this process may run on several CPUs. */
    static boolean several() {
        return Runtime.getRuntime().availableProcessors() > 1 || several(THREADS);
    }

    /** Whether one of the threads whose directories are in this one may run on several CPUs. */
    static boolean several(Path threads) {
        try (Stream<Path> all = Files.list(threads)) {
            return all.anyMatch(Processors::mayRunOnSeveral);
        } catch (IOException | UncheckedIOException e) {
            return false; // Another system, or a thread has just ended: then the safe answer.
        }
    }

    private static boolean mayRunOnSeveral(Path thread) {
        try (Stream<String> lines = Files.lines(thread.resolve("status"))) {
            return lines.anyMatch(line -> line.matches(ALLOWED + "\\s*\\d+[-,].*"));
        } catch (IOException | UncheckedIOException e) {
            return false;
        }
    }
}
