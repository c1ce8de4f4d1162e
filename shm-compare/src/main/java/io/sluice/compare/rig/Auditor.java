package io.sluice.compare.rig;

import io.sluice.compare.result.Audit;
import io.sluice.compare.result.Numbers;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.transport.Role;
import io.sluice.compare.transport.Transport;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Counts system calls from the outside, with {@code strace -f -c}: to verify the ends' own
 * counters, and the only count for mechanisms that make calls inside a library. The messages of
 * such a run are slow, and never timed. The calls of a virtual machine's start and exit are counted
 * in a run of few messages, and subtracted.
 */
public final class Auditor {
    private static final String COMMAND = "strace";
    private static final long TIMEOUT_SECONDS = 60;

    private static final long WARM_UP_NS = TimeUnit.MILLISECONDS.toNanos(1);

    /** Tracing costs tens of microseconds per call. */
    private static final long BLOCK_NS = TimeUnit.SECONDS.toNanos(1);

    private final Placement place;
    private final Path strace;
    private volatile PairLauncher current;
    private volatile boolean stopped;

    private Auditor(Path strace, Placement place) {
        this.strace = strace;
        this.place = place;
    }

    /**
     * Returns an auditor, if this machine supports it.
     *
     * @param cpus the CPUs of the two ends
     * @return nothing if strace is not installed
     */
    public static Optional<Auditor> of(List<Integer> cpus) {
        String path = System.getenv().getOrDefault("PATH", "");
        return Stream.of(path.split(File.pathSeparator))
                .filter(directory -> !directory.isEmpty())
                .map(directory -> Path.of(directory, COMMAND))
                .filter(Files::isExecutable)
                .findFirst()
                .map(found -> new Auditor(found, new Placement(Placement.TWO_CPUS, cpus)));
    }

    /**
     * Counts the calls of round trips.
     *
     * @param transport the mechanism
     * @param roundTrips the minimum number, unless they take longer than seconds
     * @return the calls of both ends together, for messages in both directions
     * @throws IOException if it cannot be observed; the message gives the reason
     */
    public Audit count(Transport transport, long roundTrips) throws IOException {
        Audit few = observe(transport, new ForkDurations(WARM_UP_NS, 1, 1));
        Audit many = observe(transport, new ForkDurations(WARM_UP_NS, BLOCK_NS, roundTrips));
        Map<String, Long> calls = EndMeter.increase(few.systemCalls(), many.systemCalls());
        long messages = many.messages() - few.messages();
        return new Audit(transport.id(), transport.waiting(), messages, calls, COMMAND);
    }

    /** Stops the observation in progress and all later ones. Any thread may call. */
    public void stop() {
        stopped = true;
        PairLauncher now = current;
        if (now != null) {
            now.stop();
        }
    }

    private Audit observe(Transport transport, ForkDurations forkDurations) throws IOException {
        Path directory = Files.createTempDirectory("shm-compare-audit-");
        try {
            String table = directory.resolve("SIDE").toString();
            List<String> observer = List.of(strace.toString(), "-f", "-c", "-o", table);
            PairLauncher launcher = new PairLauncher(TIMEOUT_SECONDS, observer, null);
            current = launcher;
            if (stopped) {
                throw new IOException("the audit was interrupted");
            }
            var messages = List.of(Workload.of(Pattern.RTT, 64));
            var plan = new PairPlan(transport.name(), messages, place, forkDurations, 0, null);
            EndpointResult measured = launcher.launch(plan).initiator();
            Map<String, Long> calls = new TreeMap<>();
            for (Role role : Role.values()) {
                add(Files.readString(directory.resolve(role.name())), calls);
            }
            double all = measured.messages + measured.numbers.get(Numbers.WARM_UP_MESSAGES);
            return new Audit(transport.id(), transport.waiting(), (long) (2 * all), calls, COMMAND);
        } finally {
            Leftovers.delete(directory);
        }
    }

    /** Reads the table: share, seconds, microseconds per call, calls, errors if any, name. */
    static void add(String table, Map<String, Long> calls) {
        for (String line : table.lines().toList()) {
            String[] columns = line.strip().split("\\s+");
            boolean counted = columns.length >= 5 && columns[0].matches("[0-9.]+");
            String name = columns[columns.length - 1];
            if (counted && !name.equals("total")) {
                calls.merge(name, Long.parseLong(columns[3]), Long::sum);
            }
        }
    }
}
