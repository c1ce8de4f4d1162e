package io.sluice.compare.rig;

import io.sluice.compare.result.Numbers;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.transport.Role;
import io.sluice.compare.transport.SharedWords;
import io.sluice.compare.transport.Transport;
import io.sluice.compare.transport.Transports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Starts a fresh pair of processes, runs them, and removes everything they leave. */
final class PairLauncher {
    /**
     * Flags of the ends. Touched memory avoids page faults on first use in the measured block; and
     * reflection without method handles, whose classes are made when they are first used, lets an
     * end be ready 0.1 s earlier: nothing that is measured uses reflection.
     */
    static final List<String> FLAGS =
            words(
                    "-Xms64m -Xmx64m -XX:+AlwaysPreTouch -XX:+UseSerialGC -XX:-UsePerfData"
                            + " --enable-native-access=ALL-UNNAMED"
                            + " -Djdk.reflect.useNativeAccessorOnly=true "
                            + Ghz.FLAGS);

    /** Flags of a build's tests for their ends, which need not be quick; none in a run. */
    private static final List<String> MORE_FLAGS =
            words(System.getProperty("shm-compare.flags", ""));

    /** Distinguishes this process's directories from those of other runs. */
    static final String PREFIX = "shm-compare-" + ProcessHandle.current().pid() + "-";

    /** How long a survivor may take to notice that its peer has exited. */
    private static final long NOTICE_LIMIT_SECONDS = 3;

    private final long timeoutSeconds;
    private final List<String> observer;
    private final List<String> flags; // Null: those of the archive.
    private volatile long lastStartNs;
    private volatile EndProcesses running;
    private volatile boolean stopped;

    /**
     * Creates one.
     *
     * @param timeoutSeconds the timeout of a fork, beyond its planned duration
     */
    PairLauncher(long timeoutSeconds) {
        this(timeoutSeconds, List.of(), null);
    }

    /**
     * Creates one whose ends are observed, or have other flags: it waits for them to exit, because
     * what they or their observers write comes only then.
     *
     * @param timeoutSeconds the timeout of a fork, beyond its planned duration
     * @param observer a command that runs another command, with its options; in them "SIDE" stands
     *     for the end
     * @param flags for their JVMs, likewise; null for the usual ones
     */
    PairLauncher(long timeoutSeconds, List<String> observer, List<String> flags) {
        this.timeoutSeconds = timeoutSeconds;
        this.observer = observer;
        this.flags = flags;
    }

    /** Ends all that runs now, and all that is started later; each fork then fails. */
    void stop() {
        stopped = true;
        EndProcesses now = running;
        if (now != null) {
            now.kill();
        }
    }

    /** Returns how long the last fork took from its first process until its ends were ready. */
    long lastStartNs() {
        return lastStartNs;
    }

    /** Runs one fork of one workload. */
    PairResult launch(PairPlan plan) throws IOException {
        return launchAll(plan).get(0);
    }

    /**
     * Runs one fork, and returns what each of its workloads gave. Several pairs run together.
     *
     * @throws IOException if an end failed or did not finish in time; the message gives the reason
     */
    List<PairResult> launchAll(PairPlan plan) throws IOException {
        long begun = System.nanoTime();
        Pattern pattern = plan.workload().pattern();
        boolean death = pattern == Pattern.PEERDEATH;
        long limit = timeoutSeconds + TimeUnit.NANOSECONDS.toSeconds(plan.blockNs());
        Set<String> before = death ? Leftovers.kernelObjects() : Set.of();
        Transport transport = Transports.of(plan.transport());
        Path directory = Files.createTempDirectory(scratch(), PREFIX);
        List<Transport.Prepared> prepared = new ArrayList<>();
        List<EndTask.Place> links = new ArrayList<>();
        int released = 0;
        try (EndProcesses ends = new EndProcesses(limit)) {
            running = ends;
            if (stopped) {
                ends.kill();
            }
            for (int link = 0; link < plan.ends(Role.RESPONDER); link++) {
                Path place = place(plan, directory.resolve("link-" + link));
                boolean isMadeByAnEnd = pattern == Pattern.LIFECYCLE;
                prepared.add(isMadeByAnEnd ? Transport.Prepared.NOTHING : transport.prepare(place));
                Transport.Prepared made = prepared.get(link);
                links.add(new EndTask.Place(place.toString(), made.address(), made.helpers()));
            }
            for (Role side : List.of(Role.RESPONDER, Role.INITIATOR)) {
                for (int i = 0; i < plan.ends(side); i++) {
                    ends.start(side, command(transport, task(plan, side, i, links)));
                }
            }
            ends.awaitReady();
            for (; released < prepared.size(); released++) {
                prepared.get(released).release().run();
            }
            lastStartNs = System.nanoTime() - begun;
            ends.begin();
            return death
                    ? List.of(killInitiator(plan, ends, links.get(0).path(), before))
                    : results(plan, ends);
        } finally {
            for (Transport.Prepared each : prepared.subList(released, prepared.size())) {
                each.release().run();
            }
            prepared.forEach(each -> each.remove().run());
            Leftovers.delete(directory);
        }
    }

    /** Makes the directory of a link, with what its ends share. */
    private static Path place(PairPlan plan, Path directory) throws IOException {
        Files.createDirectory(directory);
        SharedWords.create(directory.resolve(CacheLineFloor.FILE));
        if (plan.hasArrivals()) {
            Arrivals.create(directory);
        }
        return directory;
    }

    /**
     * Returns the task of an end: one of several pairs has one link, one sender to many has all.
     */
    private static EndTask task(PairPlan plan, Role side, int number, List<EndTask.Place> links) {
        boolean hasAll = side == Role.INITIATOR && plan.ends(side) < links.size();
        int first = hasAll ? 0 : Math.min(number, links.size() - 1);
        int last = hasAll ? links.size() : first + 1;
        return new EndTask(plan, side, number, links.subList(first, last));
    }

    private List<String> command(Transport transport, EndTask task) throws IOException {
        List<String> own = flags == null ? ClassArchive.flags(task.side()) : flags;
        return Stream.of(
                        of(task.side(), observer),
                        List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()),
                        FLAGS,
                        MORE_FLAGS,
                        of(task.side(), own),
                        // After those that disable all logs of the virtual machine.
                        List.of(Safepoints.option(task.safepoints())),
                        transport.jvmOptions(),
                        List.of("-cp", System.getProperty("java.class.path")),
                        List.of(
                                Endpoint.class.getName(),
                                RecordLine.write(task),
                                RecordLine.write(Transports.TransportSource.of(transport))))
                .flatMap(List::stream)
                .toList();
    }

    private static List<String> words(String text) {
        return Stream.of(text.split(" ")).filter(word -> !word.isEmpty()).toList();
    }

    private static List<String> of(Role side, List<String> words) {
        return words.stream().map(word -> word.replace("SIDE", side.name())).toList();
    }

    /** Waits for the ends' results, and puts together those of each workload. */
    private List<PairResult> results(PairPlan plan, EndProcesses ends) throws IOException {
        List<List<EndpointResult>> results = ends.results();
        if (!observer.isEmpty() || flags != null) {
            ends.awaitExits();
        }
        int initiators = plan.ends(Role.INITIATOR);
        List<PairResult> each = new ArrayList<>();
        for (int w = 0; w < plan.workloads().size(); w++) {
            int nth = w;
            List<EndpointResult> all = results.stream().map(end -> end.get(nth)).toList();
            each.add(
                    new PairResult(
                            plan, all.subList(0, initiators), all.subList(initiators, all.size())));
        }
        return each;
    }

    /** Kills the initiator, and waits for the responder's result. */
    private static PairResult killInitiator(
            PairPlan plan, EndProcesses ends, Path link, Set<String> before) throws IOException {
        Pause.until(System.nanoTime() + plan.durations().warmUpNs());
        long killedAt = ends.killInitiator(NOTICE_LIMIT_SECONDS);
        EndpointResult result = ends.results().get(0).get(0);
        double noticedAt = result.numbers.remove(PeerDeath.NOTICED_AT);
        ends.awaitExits();
        Set<String> left = Leftovers.kernelObjects();
        left.removeAll(before);
        String[] files = link.toFile().list(); // one of them is our own file of words
        result.number(Numbers.NOTICED_NS, Math.max(0, noticedAt - killedAt))
                .number(Numbers.LEFTOVERS, files.length - 1 + left.size());
        return new PairResult(plan, List.of(), List.of(result));
    }

    /** Returns where files of the ends go: memory, if there is a place for files in memory. */
    static Path scratch() {
        Path memory = Path.of("/dev/shm");
        return Files.isWritable(memory) ? memory : Path.of(System.getProperty("java.io.tmpdir"));
    }
}
