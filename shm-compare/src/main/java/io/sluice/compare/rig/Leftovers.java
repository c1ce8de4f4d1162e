package io.sluice.compare.rig;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** What processes leave behind: files, and objects of the kernel. */
final class Leftovers {
    private Leftovers() {}

    /** Returns the queues, segments and semaphores that do not belong to a directory. */
    static Set<String> kernelObjects() {
        Set<String> objects = new HashSet<>();
        for (String table : List.of("msg", "shm", "sem")) {
            Proc.read("/proc/sysvipc/" + table)
                    .lines()
                    .skip(1)
                    .forEach(line -> objects.add(table + " " + line.strip().split("\\s+")[1]));
        }
        String[] queues = new File("/dev/mqueue").list();
        objects.addAll(queues == null ? List.of() : List.of(queues));
        return objects;
    }

    /** Deletes a directory, if it exists, and all that is in it. */
    static void delete(Path directory) throws IOException {
        try (Stream<Path> all = Files.exists(directory) ? Files.walk(directory) : Stream.empty()) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        }
    }
}
