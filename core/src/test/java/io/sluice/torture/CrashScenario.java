package io.sluice.torture;

import io.sluice.Pipe;
import io.sluice.PipeReceiver;
import io.sluice.PipeSender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * One pipe, from its creation to the audit of what was received: processes with ends of it are
 * killed and stopped, at random times and at named points, and replaced; then the senders close,
 * the receivers drain, and every place must be free again.
 */
final class CrashScenario {
    private static final long TICK_NANOS = 1_000_000;
    private static final long DEADLINE_NANOS = 30_000_000_000L;

    /** An end and its process, for the audit. */
    record ScenarioEnd(int number, boolean sends, int jvm, boolean lossy, boolean keeps) {
        ScenarioEnd(int number, boolean sends, int jvm) {
            this(number, sends, jvm, false, false);
        }

        String kind() {
            return sends ? "sender" : lossy ? "lossy" : keeps ? "keeper" : "receiver";
        }
    }

    private final CrashTopology crashTopology;
    private final WarmProcesses warmProcesses;
    private final Random random;
    private final Path directory;
    private final Pipe pipe;
    private final ControlFile controlFile;
    private final List<CrashableProcess> processes = new ArrayList<>();
    private final List<ScenarioEnd> scenarioEnds = new ArrayList<>();
    private final CrashProgress crashProgress;
    private int jvms;

    /** The time of each process's death, by its number; 0 if it did not die. */
    private final long[] deaths = new long[ControlFile.MAX_JVMS];

    final CrashCounts crashCounts = new CrashCounts();

    CrashScenario(
            CrashTopology crashTopology, WarmProcesses warmProcesses, Path directory, long seed)
            throws IOException {
        this.crashTopology = crashTopology;
        this.warmProcesses = warmProcesses;
        this.directory = directory;
        this.random = new Random(seed);
        this.pipe = Pipe.create(directory.resolve("pipe"), crashTopology.spec());
        this.controlFile = new ControlFile(directory);
        this.crashProgress = new CrashProgress(controlFile, scenarioEnds);
    }

    /** Kills that many processes, then audits the messages. */
    void run(int kills) throws Exception {
        try {
            while (crashCounts.kills < kills) {
                tick(true);
            }
            controlFile.order(ControlFile.CLOSE);
            while (processes.stream().anyMatch(p -> p.hasUnfinishedEnd(controlFile, true))) {
                tick(false);
            }
            controlFile.order(ControlFile.DRAIN);
            while (!processes.isEmpty()) {
                tick(false);
            }
            drain();
            attachEverySlot();
            new DeliveryAudit(
                            crashTopology,
                            controlFile,
                            directory,
                            scenarioEnds,
                            deaths,
                            crashCounts)
                    .run();
        } catch (NoProgressException e) {
            crashCounts.hangs++;
            throw new AssertionError(e.getMessage() + "\n" + describe(), e);
        } finally {
            processes.forEach(CrashableProcess::close);
        }
    }

    private void tick(boolean replace) throws Exception {
        long now = System.nanoTime();
        boolean flows =
                controlFile.order() != ControlFile.RUN
                        || processes.stream().anyMatch(p -> p.isAttached(controlFile, true))
                                && processes.stream()
                                        .anyMatch(p -> p.isAttached(controlFile, false));
        for (CrashableProcess crashableProcess : List.copyOf(processes)) {
            crashableProcess.tick(now, flows, warmProcesses, controlFile, crashCounts, random);
            if (crashableProcess.isFinished()) {
                processes.remove(crashableProcess);
                deaths[crashableProcess.jvm()] = crashableProcess.deathNanos();
            }
        }
        if (replace) {
            warmProcesses.fill();
            replace();
        }
        crashProgress.check();
        LockSupport.parkNanos(TICK_NANOS);
    }

    /** Fills free places with ends of new processes, one to three each. */
    private void replace() throws IOException {
        int senders = crashTopology.senders() - count(true);
        int receivers = crashTopology.receivers() - count(false);
        while (senders + receivers > 0) {
            List<ScenarioEnd> mine = new ArrayList<>();
            int wanted = 1 + random.nextInt(3);
            while (mine.size() < wanted && senders + receivers > 0) {
                boolean sends = random.nextInt(senders + receivers) < senders;
                senders -= sends ? 1 : 0;
                receivers -= sends ? 0 : 1;
                ScenarioEnd scenarioEnd =
                        new ScenarioEnd(
                                scenarioEnds.size(), sends, jvms, isLossy(), !sends && keeps());
                mine.add(scenarioEnd);
                scenarioEnds.add(scenarioEnd);
            }
            processes.add(
                    new CrashableProcess(
                            warmProcesses,
                            directory,
                            jvms++,
                            mine,
                            crashTopology.broadcast(),
                            random));
        }
    }

    private boolean isLossy() {
        return crashTopology.broadcast() && random.nextInt(2) == 0;
    }

    private boolean keeps() {
        return crashTopology.acknowledgesLater() && random.nextInt(2) == 0;
    }

    private int count(boolean senders) {
        return processes.stream().mapToInt(p -> p.count(senders)).sum();
    }

    /** Receives what the last process to die has left. */
    private void drain() throws Exception {
        if (scenarioEnds.stream()
                .noneMatch(e -> e.sends() && controlFile.accepted(e.number()) > 0)) {
            pipe.sender().close(); // No end of stream before the first sender.
        }
        ScenarioEnd last = new ScenarioEnd(scenarioEnds.size(), false, jvms++);
        scenarioEnds.add(last);
        Journal journal = Journal.open(directory, last.number());
        Throwable[] failure = new Throwable[1];
        Thread thread =
                Thread.ofPlatform()
                        .daemon()
                        .start(
                                () -> {
                                    try {
                                        new ChildReceiver(
                                                        pipe,
                                                        controlFile,
                                                        journal,
                                                        last.number(),
                                                        last.kind(),
                                                        random.nextLong())
                                                .run();
                                    } catch (Throwable e) {
                                        failure[0] = e;
                                    }
                                });
        if (!thread.join(Duration.ofNanos(DEADLINE_NANOS))) {
            throw new NoProgressException("the last receiver does not find the end");
        }
        if (failure[0] != null) {
            throw new AssertionError("the last receiver failed\n" + describe(), failure[0]);
        }
    }

    /** Checks that each place can be taken and used once all processes are dead or detached. */
    private void attachEverySlot() throws Exception {
        List<PipeSender> senders = new ArrayList<>();
        List<PipeReceiver> receivers = new ArrayList<>();
        try {
            for (int i = 0; i < crashTopology.receivers(); i++) {
                receivers.add(pipe.receiver());
            }
            for (int i = 0; i < crashTopology.senders(); i++) {
                senders.add(pipe.sender());
            }
            // A rendezvous requires both at once.
            Thread sending = Thread.ofPlatform().daemon().start(() -> sendOneEach(senders));
            int received = 0;
            for (int i = 0; i < crashTopology.senders(); i++) {
                if (receivers.get(0).receive(Duration.ofNanos(DEADLINE_NANOS)) != null) {
                    received++;
                }
            }
            sending.join();
            if (received != crashTopology.senders()) {
                throw new NoProgressException(
                        "lanes that do not work: " + (crashTopology.senders() - received));
            }
        } catch (IllegalStateException e) {
            crashCounts.leakedSlots += crashTopology.senders() + crashTopology.receivers();
            crashCounts.leakedSlots -= senders.size() + receivers.size();
        } finally {
            senders.forEach(PipeSender::close);
            receivers.forEach(PipeReceiver::close);
        }
    }

    private static void sendOneEach(List<PipeSender> senders) {
        for (int i = 0; i < senders.size(); i++) {
            try {
                senders.get(i).send(new byte[] {(byte) i}, Duration.ofNanos(DEADLINE_NANOS));
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    /** Returns all visible state, for diagnosis. */
    private String describe() throws IOException {
        StringBuilder text = new StringBuilder(crashTopology + " in " + directory);
        for (CrashableProcess crashableProcess : processes) {
            text.append("\n  ").append(crashableProcess.describe(controlFile));
        }
        return text.append(PipeDump.of(directory.resolve("pipe"))).toString();
    }

    /** No progress within the deadline. */
    static final class NoProgressException extends Exception {
        private static final long serialVersionUID = 1L;

        NoProgressException(String message) {
            super(message);
        }
    }

    void deleteFiles() throws IOException {
        Pipe.delete(directory.resolve("pipe"));
        try (var files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
    }
}
