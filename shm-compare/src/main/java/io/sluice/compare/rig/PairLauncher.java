package io.sluice.compare.rig;

import io.sluice.compare.result.Numbers;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.transport.Role;
import io.sluice.compare.transport.SharedWords;
import io.sluice.compare.transport.Transport;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** Starts a fresh pair of processes, runs them, and removes everything they leave. */
final class PairLauncher {
    static final List<String> FLAGS =
            List.of(
                    "-Xms64m",
                    "-Xmx64m",
                    // Avoids page faults on first use in the measured block.
                    "-XX:+AlwaysPreTouch",
                    "-XX:+UseSerialGC",
                    "-XX:-UsePerfData",
                    "--enable-native-access=ALL-UNNAMED");

    /** Flags of a build's tests for their ends, which need not be quick; none in a run. */
    private static final List<String> MORE_FLAGS =
            Stream.of(System.getProperty("shm-compare.flags", "").split(" "))
                    .filter(flag -> !flag.isEmpty())
                    .toList();

    /** Distinguishes this process's directories from those of other runs. */
    static final String PREFIX = "shm-compare-" + ProcessHandle.current().pid() + "-";

    /** How long a survivor may take to notice that its peer has exited. */
    static final long NOTICE_LIMIT_SECONDS = 3;

    /** The exit status of a process that SIGKILL ended: of those whose peer has failed. */
    private static final int KILLED = 128 + 9;

    private final long timeoutSeconds;
    private final List<String> observer;
    private final List<String> flags; // Null: those of the archive.
    private final boolean awaitsExits;
    private volatile long lastStartNs;
    private final Set<Process> running = ConcurrentHashMap.newKeySet();

    /**
     * Creates one.
     *
     * @param timeoutSeconds the timeout of a fork, beyond its planned duration
     */
    PairLauncher(long timeoutSeconds) {
        this(timeoutSeconds, List.of());
    }

    /**
     * Creates one whose ends are observed.
     *
     * @param timeoutSeconds the timeout of a fork, beyond its planned duration
     * @param observer a command that runs another command, with its options; in them "SIDE" stands
     *     for the end
     */
    PairLauncher(long timeoutSeconds, List<String> observer) {
        this(timeoutSeconds, observer, null, !observer.isEmpty());
    }

    private PairLauncher(
            long timeoutSeconds, List<String> observer, List<String> flags, boolean awaitsExits) {
        this.timeoutSeconds = timeoutSeconds;
        this.observer = List.copyOf(observer);
        this.flags = flags;
        this.awaitsExits = awaitsExits;
    }

    /**
     * Creates one that waits for its ends to exit.
     *
     * @param timeoutSeconds the timeout of a fork, beyond its planned duration
     * @param flags for their JVMs; in them "SIDE" stands for the end
     * @return the launcher
     */
    static PairLauncher awaitingExits(long timeoutSeconds, List<String> flags) {
        return new PairLauncher(timeoutSeconds, List.of(), List.copyOf(flags), true);
    }

    /**
     * What to fork.
     *
     * @param transport the mechanism
     * @param workloads what the ends do, one after the other over one link
     * @param placement where
     * @param effort how long
     * @param seed decides what is left to chance
     * @param fault the injected fault, or null
     */
    record PairPlan(
            Transport transport,
            List<Workload> workloads,
            Placement placement,
            ForkDurations effort,
            long seed,
            Fault fault) {
        PairPlan {
            workloads = List.copyOf(workloads);
        }

        /** Returns the only workload, or the first, which has the size of all. */
        Workload workload() {
            return workloads.get(0);
        }

        private Endpoint.EndpointTask task(
                Role role, int number, Path directory, List<String> addresses, List<Long> helpers) {
            boolean first = role == Role.INITIATOR;
            return new Endpoint.EndpointTask(
                    role,
                    number,
                    transport.name(),
                    directory.toString(),
                    addresses,
                    workloads,
                    placement.cpu(first ? 2 * number : 2 * number + 1),
                    placement.separateCpus() && hasFloor(),
                    effort,
                    seed,
                    fault != null && fault.side() == role ? fault : null,
                    helpers);
        }

        /** Returns how long the measured blocks may take at the most. */
        private long blockNs() {
            long all = 0;
            for (Workload each : workloads) {
                long paced = Pace.of(each).map(pace -> pace.blockNs(effort)).orElse(0L);
                all += 2 * Math.max(paced, effort.limitNs()) + Initiator.longestWarmUpNs(effort);
            }
            return all;
        }

        /** Tests whether the two ends have their CPUs to themselves. */
        private boolean hasFloor() {
            return !hasSeveralEnds() && workload().pattern() != Pattern.OVERSUB;
        }

        /** Tests whether one side has several ends. */
        boolean hasSeveralEnds() {
            return workload().pattern().hasSeveralEnds();
        }

        /** Returns how many ends a side has. */
        private int ends(Role role) {
            if (!hasSeveralEnds()) {
                return 1;
            }
            return role == Role.INITIATOR ? workload().producers() : workload().consumers();
        }

        /** Returns the number of links: each receiver has one. */
        private int links() {
            return workload().pattern().hasLinkPerReceiver() ? workload().consumers() : 1;
        }

        private Path linkDirectory(Path directory, int link) throws IOException {
            return workload().pattern().hasLinkPerReceiver()
                    ? Files.createDirectory(directory.resolve("link-" + link))
                    : directory;
        }
    }

    /**
     * The results of the ends.
     *
     * @param initiators empty if it was killed
     * @param responders the others'
     * @param numbers what the coordinator measured itself
     */
    record PairResult(
            List<EndpointResult> initiators,
            List<EndpointResult> responders,
            Map<String, Double> numbers) {
        /** Returns the only one, or the first; null if it was killed. */
        EndpointResult initiator() {
            return initiators.isEmpty() ? null : initiators.get(0);
        }

        /** Returns the only one, or the first. */
        EndpointResult responder() {
            return responders.get(0);
        }
    }

    /** Ends all that runs now; each fork then fails. */
    void stop() {
        running.forEach(PairLauncher::kill);
    }

    /**
     * Runs one fork of one workload.
     *
     * @throws IOException if an end failed or did not finish in time; the message gives the reason
     */
    PairResult launch(PairPlan pairPlan) throws IOException {
        return launchAll(pairPlan).get(0);
    }

    /** Runs one fork, and returns what each of its workloads gave. */
    List<PairResult> launchAll(PairPlan pairPlan) throws IOException {
        return launch(pairPlan, () -> {});
    }

    /** Returns how long the last fork took from its first process until its ends were ready. */
    long lastStartNs() {
        return lastStartNs;
    }

    /**
     * Runs several at the same time. They begin together.
     *
     * @throws IOException if one of them failed
     */
    List<PairResult> launchTogether(PairPlan pairPlan, int pairs) throws IOException {
        CyclicBarrier start = new CyclicBarrier(pairs);
        List<IOException> failures = Collections.synchronizedList(new ArrayList<>());
        Callable<PairResult> one =
                () -> {
                    try {
                        return launch(pairPlan, () -> await(start)).get(0);
                    } catch (IOException e) {
                        failures.add(e);
                        start.reset();
                        return null;
                    }
                };
        List<PairResult> done = new ArrayList<>();
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            for (Future<PairResult> each : threads.invokeAll(Collections.nCopies(pairs, one))) {
                done.add(each.get());
            }
        } catch (InterruptedException | ExecutionException e) {
            stop();
            throw new IOException("the pairs did not finish: " + e, e);
        }
        if (!failures.isEmpty()) {
            throw failures.get(0);
        }
        return done;
    }

    private void await(CyclicBarrier start) throws IOException {
        try {
            start.await(timeoutSeconds, TimeUnit.SECONDS);
        } catch (BrokenBarrierException | TimeoutException e) {
            throw new IOException("another pair did not come to its beginning", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** An action for when both ends are ready. */
    private interface WhenReady {
        void run() throws IOException;
    }

    private List<PairResult> launch(PairPlan pairPlan, WhenReady whenReady) throws IOException {
        long begun = System.nanoTime();
        boolean death = pairPlan.workload().pattern() == Pattern.PEERDEATH;
        Path directory = Files.createTempDirectory(scratch(), PREFIX);
        Set<String> before = death ? kernelObjects() : Set.of();
        List<Process> ends = new ArrayList<>();
        List<Transport.Prepared> prepared = new ArrayList<>();
        Thread watch = null;
        boolean released = false;
        try {
            SharedWords.create(directory.resolve(CacheLineFloor.FILE));
            if (pairPlan.workloads().stream().anyMatch(w -> w.pattern() == Pattern.ONEWAY)) {
                Arrivals.create(directory);
            }
            boolean prepares = pairPlan.workload().pattern() != Pattern.LIFECYCLE;
            for (int link = 0; prepares && link < pairPlan.links(); link++) {
                prepared.add(pairPlan.transport().prepare(pairPlan.linkDirectory(directory, link)));
            }
            List<String> addresses = prepared.stream().map(Transport.Prepared::address).toList();
            List<Long> helpers = prepared.stream().flatMap(p -> p.helpers().stream()).toList();
            int responders = pairPlan.ends(Role.RESPONDER);
            int initiators = pairPlan.ends(Role.INITIATOR);
            for (int i = 0; i < responders; i++) {
                List<String> own = addresses.size() > 1 ? addresses.subList(i, i + 1) : addresses;
                ends.add(
                        start(pairPlan, pairPlan.task(Role.RESPONDER, i, directory, own, helpers)));
            }
            for (int i = 0; i < initiators; i++) {
                ends.add(
                        start(
                                pairPlan,
                                pairPlan.task(Role.INITIATOR, i, directory, addresses, helpers)));
            }
            if (!death) {
                ends.forEach(end -> end.onExit().thenAccept(dead -> killAllOnFailure(dead, ends)));
            }
            long limit = timeoutSeconds + TimeUnit.NANOSECONDS.toSeconds(pairPlan.blockNs());
            watch = killLater(ends, limit);
            // The initiator's error is the more precise one: the responder waits for it.
            List<Process> said = new ArrayList<>(ends);
            Collections.reverse(said);
            for (int i = 0; i < said.size(); i++) {
                awaitLine(said, i, initiators, Endpoint.READY, limit);
            }
            watch.interrupt();
            watch = killLater(ends, limit); // starting took what a busy machine needs
            released = true;
            prepared.forEach(each -> each.release().run());
            lastStartNs = System.nanoTime() - begun;
            whenReady.run();
            for (Process end : ends) {
                signalBegin(end);
            }
            if (death) {
                return List.of(
                        killInitiator(
                                pairPlan, ends, said.get(1).inputReader(), directory, before));
            }
            List<List<EndpointResult>> results = new ArrayList<>();
            for (int i = 0; i < said.size(); i++) {
                String line = awaitLine(said, i, initiators, Endpoint.RESULT, limit);
                results.add(Endpoint.parse(line));
            }
            if (awaitsExits) {
                awaitExits(ends);
            }
            List<PairResult> each = new ArrayList<>();
            for (int w = 0; w < pairPlan.workloads().size(); w++) {
                int nth = w;
                List<EndpointResult> ofAll = results.stream().map(end -> end.get(nth)).toList();
                each.add(
                        new PairResult(
                                ofAll.subList(0, initiators),
                                ofAll.subList(initiators, ofAll.size()),
                                Map.of()));
            }
            return each;
        } finally {
            if (watch != null) {
                watch.interrupt();
            }
            ends.forEach(end -> end.destroyForcibly().onExit().join());
            running.removeAll(ends);
            for (Transport.Prepared each : prepared) {
                if (!released) {
                    each.release().run();
                }
                each.remove().run();
            }
            delete(directory);
        }
    }

    /** Waits until the ends have exited: an observer writes its result only after that. */
    private void awaitExits(List<Process> ends) throws IOException {
        try {
            for (Process end : ends) {
                end.waitFor(timeoutSeconds, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** Kills the initiator, and waits for the responder's result. */
    private PairResult killInitiator(
            PairPlan pairPlan,
            List<Process> ends,
            BufferedReader survivor,
            Path directory,
            Set<String> before)
            throws IOException {
        try {
            TimeUnit.NANOSECONDS.sleep(pairPlan.effort().warmUpNs());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        long killedAt = System.nanoTime();
        ends.get(1).destroyForcibly();
        Thread giveUp = killLater(List.of(ends.get(0)), NOTICE_LIMIT_SECONDS);
        String line = survivor.readLine();
        giveUp.interrupt();
        if (line == null) {
            throw new DeathNotDetectedException(
                    "the survivor did not find out within " + NOTICE_LIMIT_SECONDS + " s");
        }
        if (!line.startsWith(Endpoint.RESULT)) {
            throw new IOException("the survivor said '" + line + "'");
        }
        EndpointResult result = Endpoint.parse(line).get(0);
        ends.get(0).onExit().join();
        Set<String> left = kernelObjects();
        left.removeAll(before);
        long files = entries(directory) - 1; // without our own file of words
        double noticedAt = result.block().numbers().get(PeerDeath.NOTICED_AT);
        double lost = result.block().numbers().get(Numbers.MESSAGES_LOST);
        return new PairResult(
                List.of(),
                List.of(result),
                Map.of(
                        Numbers.NOTICED_NS,
                        Math.max(0, noticedAt - killedAt),
                        Numbers.MESSAGES_LOST,
                        lost,
                        Numbers.LEFTOVERS,
                        (double) (files + left.size())));
    }

    /** The survivor did not notice its peer's exit within the limit. */
    static final class DeathNotDetectedException extends IOException {
        private static final long serialVersionUID = 1;

        DeathNotDetectedException(String message) {
            super(message);
        }
    }

    private Process start(PairPlan pairPlan, Endpoint.EndpointTask endpointTask)
            throws IOException {
        List<String> command = new ArrayList<>();
        observer.forEach(word -> command.add(word.replace("SIDE", endpointTask.side().name())));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(FLAGS);
        command.addAll(MORE_FLAGS);
        if (pairPlan.workload().pattern() != Pattern.PEERDEATH) { // which counts files
            Path directory = Path.of(endpointTask.directory());
            command.add(Safepoints.option(Safepoints.log(endpointTask, directory)));
        }
        if (flags == null) {
            command.addAll(ClassArchive.flags(endpointTask.side()));
        } else {
            flags.forEach(flag -> command.add(flag.replace("SIDE", endpointTask.side().name())));
        }
        command.addAll(pairPlan.transport().jvmOptions());
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add(Endpoint.class.getName());
        command.add(endpointTask.toArgument());
        Process process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        running.add(process);
        return process;
    }

    private static void signalBegin(Process end) throws IOException {
        end.getOutputStream().write('\n');
        end.getOutputStream().flush();
    }

    /**
     * Kills all ends once one has failed, so that no other end waits for it, in an open for
     * instance.
     */
    private static void killAllOnFailure(Process dead, List<Process> ends) {
        if (dead.exitValue() != 0) {
            ends.forEach(PairLauncher::kill);
        }
    }

    /** Kills an end, but leaves what it said to be read, which {@link Process#destroy} closes. */
    static void kill(Process end) {
        end.toHandle().destroyForcibly();
    }

    private static Thread killLater(List<Process> ends, long seconds) {
        return Thread.ofPlatform()
                .daemon()
                .start(
                        () -> {
                            try {
                                TimeUnit.SECONDS.sleep(seconds);
                                ends.forEach(PairLauncher::kill);
                            } catch (InterruptedException e) {
                                // The ends finished in time.
                            }
                        });
    }

    /**
     * Returns the next line of an end.
     *
     * @throws IOException if there is none: an end that failed ends all others, so the message is
     *     what the one that failed said, whichever that is
     */
    static String awaitLine(List<Process> said, int end, int initiators, String prefix, long limit)
            throws IOException {
        String line = said.get(end).inputReader().readLine();
        if (line == null) {
            for (int i = 0; i < said.size(); i++) {
                for (String other : said.get(i).inputReader().readAllLines()) {
                    if (other.startsWith(Endpoint.ERROR)) {
                        throw failure(i < initiators, other);
                    }
                }
            }
            List<String> left =
                    said.stream()
                            .map(each -> each.onExit().join().exitValue())
                            .filter(status -> status != 0 && status != KILLED)
                            .map(status -> "an end left with status " + status)
                            .toList();
            throw new IOException(
                    left.isEmpty()
                            ? "the ends did not finish within " + limit + " s and were killed"
                            : left.get(0));
        }
        if (line.startsWith(Endpoint.ERROR)) {
            throw failure(end < initiators, line);
        }
        if (!line.startsWith(prefix)) {
            throw new IOException(
                    "the " + role(end < initiators) + " said '" + line + "' instead of " + prefix);
        }
        return line;
    }

    private static IOException failure(boolean initiator, String line) {
        return new IOException(
                "the " + role(initiator) + ": " + line.substring(Endpoint.ERROR.length()));
    }

    private static String role(boolean initiator) {
        return initiator ? "initiator" : "responder";
    }

    /** Returns where files of the ends go: memory, if there is a place for files in memory. */
    static Path scratch() {
        Path memory = Path.of("/dev/shm");
        return Files.isWritable(memory) ? memory : Path.of(System.getProperty("java.io.tmpdir"));
    }

    /** Returns the queues and segments that do not belong to a directory. */
    private static Set<String> kernelObjects() throws IOException {
        Set<String> objects = new HashSet<>();
        for (String table : List.of("msg", "shm", "sem")) {
            Proc.read("/proc/sysvipc/" + table)
                    .lines()
                    .skip(1)
                    .map(line -> table + " " + line.strip().split("\\s+")[1])
                    .forEach(objects::add);
        }
        Path queues = Path.of("/dev/mqueue");
        if (Files.isReadable(queues)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(queues)) {
                entries.forEach(entry -> objects.add(entry.toString()));
            }
        }
        return objects;
    }

    private static long entries(Path directory) throws IOException {
        try (var entries = Files.list(directory)) {
            return entries.count();
        }
    }

    private static void delete(Path directory) throws IOException {
        if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
                for (Path entry : entries) {
                    delete(entry);
                }
            }
        }
        Files.deleteIfExists(directory);
    }
}
