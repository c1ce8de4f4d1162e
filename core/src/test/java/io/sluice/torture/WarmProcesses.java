package io.sluice.torture;

import io.sluice.Pipe;
import io.sluice.Proof;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.agrona.concurrent.IdleStrategy;

/**
 * Processes that wait for an order, so that a killed one is replaced at once. They share a cache of
 * loaded and linked classes, which saves half of each start.
 */
final class WarmProcesses implements AutoCloseable {
    private static final int STANDBY = Proof.size(1, 3);

    /** The jar that all run, and the cache of what they load: made once in this JVM. */
    private static final class WovenJar {
        static final WovenJar ONLY = new WovenJar();

        final List<String> points;
        final Path jar;
        final String cache;

        private WovenJar() {
            Path target = Path.of(System.getProperty("basedir", ""), "target").toAbsolutePath();
            try {
                Path directory = Files.createDirectories(target.resolve("woven"));
                jar = directory.resolve("child.jar");
                points =
                        new FailPointWeaver()
                                .weave(
                                        List.of(root(Pipe.class), root(ChildProcess.class)),
                                        root(IdleStrategy.class),
                                        jar);
                Path classes = directory.resolve("child.aot");
                try (ChildProcessHandle first =
                        new ChildProcessHandle(jar, "-XX:AOTCacheOutput=" + classes)) {
                    first.awaitExit();
                }
                cache = "-XX:AOTCache=" + classes;
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
    }

    private final WovenJar woven = WovenJar.ONLY;
    private final List<String> points = woven.points;
    private final int[] killsByPoint = new int[points.size()];

    /** The program of half of the processes; null if all are JVMs. */
    private final Path program;

    private final ArrayDeque<ChildProcessHandle> standby = new ArrayDeque<>();

    /**
     * Starts none yet.
     *
     * @param program a program in C that half of the processes run; null for none
     */
    WarmProcesses(Path program) {
        this.program = program;
    }

    private static Path root(Class<?> type) throws Exception {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    /** Starts the missing processes. */
    void fill() throws IOException {
        while (standby.size() < STANDBY) {
            standby.add(new ChildProcessHandle(woven.jar, woven.cache));
        }
    }

    ChildProcessHandle acquire(Random random) throws IOException {
        if (program != null && random.nextBoolean()) {
            return new ChildProcessHandle(program); // Which takes a millisecond.
        }
        fill();
        return standby.remove();
    }

    /** Takes a process back, for the next phase or as a replacement: its code is warm by now. */
    void release(ChildProcessHandle process) {
        if (process.isInC()) {
            process.close();
        } else {
            standby.add(process);
        }
    }

    /**
     * Chooses the points to die at: one where no process has died yet, any of a few, or soon, while
     * holding a message.
     *
     * @return the argument for {@link FailPoints#arm}
     */
    String chooseKillPoints(Random random) {
        int way = random.nextInt(5);
        StringBuilder orders = new StringBuilder();
        for (int i = 0; i < killsByPoint.length; i++) {
            if (way < 2 && killsByPoint[i] == 0) {
                append(orders, "kill", i, 1 + random.nextInt(4));
            } else if (way == 2 && points.get(i).endsWith(": onMessage")) {
                append(orders, "kill", i, 1 + random.nextInt(40));
            } else if (way > 2 && random.nextInt(killsByPoint.length) < 6) {
                append(orders, "kill", i, 1 + random.nextInt(1 << random.nextInt(13)));
            }
        }
        return orders.isEmpty() ? "-" : orders.toString();
    }

    /** Chooses points to be stopped at. */
    String chooseStopPoints(Random random) {
        StringBuilder orders = new StringBuilder();
        for (int i = 0; i < 4; i++) {
            int hits = 1 + random.nextInt(1 << random.nextInt(9));
            append(orders, "stop", random.nextInt(points.size()), hits);
        }
        return orders.toString();
    }

    private static void append(StringBuilder orders, String what, int point, int hits) {
        orders.append(orders.isEmpty() ? "" : ",");
        orders.append(what).append(':').append(point).append(':').append(hits);
    }

    void recordKill(int point) {
        killsByPoint[point]++;
    }

    String pointName(int point) {
        return points.get(point);
    }

    /** Returns how many points there are, and at how many a process died. */
    String coverage() {
        int reached = 0;
        for (int count : killsByPoint) {
            reached += count > 0 ? 1 : 0;
        }
        return "died at " + reached + " of " + points.size() + " named points";
    }

    /** Returns the points at which no process died. */
    List<String> uncoveredPoints() {
        List<String> missed = new ArrayList<>();
        for (int i = 0; i < killsByPoint.length; i++) {
            if (killsByPoint[i] == 0) {
                missed.add(points.get(i));
            }
        }
        return missed;
    }

    @Override
    public void close() {
        standby.forEach(ChildProcessHandle::close);
    }
}
