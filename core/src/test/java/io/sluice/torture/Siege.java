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
final class Siege {
    private static final long TICK_NANOS = 1_000_000;
    private static final long DEADLINE_NANOS = 30_000_000_000L;

    /** An end and its process, for the audit. */
    record End(int number, boolean sends, int jvm) {}

    private final Topology topology;
    private final Arsenal arsenal;
    private final Random random;
    private final Path directory;
    private final Pipe pipe;
    private final Ledger ledger;
    private final List<Prisoner> prisoners = new ArrayList<>();
    private final List<End> ends = new ArrayList<>();
    private final Progress progress;
    private int jvms;

    /** The time of each process's death, by its number; 0 if it did not die. */
    private final long[] deaths = new long[Ledger.MAX_JVMS];

    final Counts counts = new Counts();

    Siege(Topology topology, Arsenal arsenal, Path directory, long seed) throws IOException {
        this.topology = topology;
        this.arsenal = arsenal;
        this.directory = directory;
        this.random = new Random(seed);
        this.pipe = Pipe.create(directory.resolve("pipe"), topology.spec());
        this.ledger = new Ledger(directory);
        this.progress = new Progress(ledger, ends);
    }

    /** Kills that many processes, then audits the messages. */
    void run(int kills) throws Exception {
        try {
            while (counts.kills < kills) {
                tick(true);
            }
            ledger.order(Ledger.CLOSE);
            while (prisoners.stream().anyMatch(p -> p.hasOpen(ledger, true))) {
                tick(false);
            }
            ledger.order(Ledger.DRAIN);
            while (!prisoners.isEmpty()) {
                tick(false);
            }
            drain();
            fillEveryPlace();
            new Audit(topology, ledger, directory, ends, deaths, counts).run();
        } catch (Hang e) {
            counts.hangs++;
            throw new AssertionError(e.getMessage() + "\n" + state(), e);
        } finally {
            prisoners.forEach(Prisoner::close);
        }
    }

    private void tick(boolean replace) throws Exception {
        long now = System.nanoTime();
        boolean flows =
                ledger.order() != Ledger.RUN
                        || prisoners.stream().anyMatch(p -> p.isThere(ledger, true))
                                && prisoners.stream().anyMatch(p -> p.isThere(ledger, false));
        for (Prisoner prisoner : List.copyOf(prisoners)) {
            prisoner.tick(now, flows, arsenal, ledger, counts, random);
            if (prisoner.isOver()) {
                prisoners.remove(prisoner);
                deaths[prisoner.jvm()] = prisoner.deathNanos();
            }
        }
        if (replace) {
            arsenal.fill();
            replace();
        }
        progress.check();
        LockSupport.parkNanos(TICK_NANOS);
    }

    /** Fills free places with ends of new processes, one to three each. */
    private void replace() throws IOException {
        int senders = topology.senders() - count(true);
        int receivers = topology.receivers() - count(false);
        while (senders + receivers > 0) {
            List<End> mine = new ArrayList<>();
            int wanted = 1 + random.nextInt(3);
            while (mine.size() < wanted && senders + receivers > 0) {
                boolean sends = random.nextInt(senders + receivers) < senders;
                senders -= sends ? 1 : 0;
                receivers -= sends ? 0 : 1;
                End end = new End(ends.size(), sends, jvms);
                mine.add(end);
                ends.add(end);
            }
            prisoners.add(new Prisoner(arsenal, directory, jvms++, mine, random));
        }
    }

    private int count(boolean senders) {
        return prisoners.stream().mapToInt(p -> p.count(senders)).sum();
    }

    /** Receives what the last process to die has left. */
    private void drain() throws Exception {
        if (ends.stream().noneMatch(e -> e.sends() && ledger.accepted(e.number()) > 0)) {
            pipe.sender().close(); // No end of stream before the first sender.
        }
        End last = new End(ends.size(), false, jvms++);
        ends.add(last);
        Journal journal = Journal.open(directory, last.number());
        Throwable[] failure = new Throwable[1];
        Thread thread =
                Thread.ofPlatform()
                        .daemon()
                        .start(
                                () -> {
                                    try {
                                        new ReceivingLife(
                                                        pipe,
                                                        ledger,
                                                        journal,
                                                        last.number(),
                                                        random.nextLong())
                                                .run();
                                    } catch (Throwable e) {
                                        failure[0] = e;
                                    }
                                });
        if (!thread.join(Duration.ofNanos(DEADLINE_NANOS))) {
            throw new Hang("the last receiver does not find the end");
        }
        if (failure[0] != null) {
            throw new AssertionError("the last receiver failed\n" + state(), failure[0]);
        }
    }

    /** Checks that each place can be taken and used once all processes are dead or detached. */
    private void fillEveryPlace() throws Exception {
        List<PipeSender> senders = new ArrayList<>();
        List<PipeReceiver> receivers = new ArrayList<>();
        try {
            for (int i = 0; i < topology.receivers(); i++) {
                receivers.add(pipe.receiver());
            }
            for (int i = 0; i < topology.senders(); i++) {
                senders.add(pipe.sender());
            }
            // A rendezvous requires both at once.
            Thread sending = Thread.ofPlatform().daemon().start(() -> sendOneEach(senders));
            int received = 0;
            for (int i = 0; i < topology.senders(); i++) {
                if (receivers.get(0).receive(Duration.ofNanos(DEADLINE_NANOS)) != null) {
                    received++;
                }
            }
            sending.join();
            if (received != topology.senders()) {
                throw new Hang("lanes that do not work: " + (topology.senders() - received));
            }
        } catch (IllegalStateException e) {
            counts.leaked += topology.senders() + topology.receivers();
            counts.leaked -= senders.size() + receivers.size();
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
    private String state() throws IOException {
        StringBuilder text = new StringBuilder(topology + " in " + directory);
        for (Prisoner prisoner : prisoners) {
            text.append("\n  ").append(prisoner.describe(ledger));
        }
        return text.append(PipeDump.of(directory.resolve("pipe"))).toString();
    }

    /** No progress within the deadline. */
    static final class Hang extends Exception {
        private static final long serialVersionUID = 1L;

        Hang(String message) {
            super(message);
        }
    }

    void clear() throws IOException {
        Pipe.delete(directory.resolve("pipe"));
        try (var files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
    }
}
