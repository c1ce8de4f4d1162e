package io.sluice.aeron;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.Pipe;
import io.sluice.PipeReceiver;
import io.sluice.PipeSpec;
import io.sluice.Proof;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills the parts of a bridged pair, one to four at a time: either half, either media driver, the
 * archive. Nothing is lost, nothing doubled, nothing hangs.
 */
@Timeout(1200)
class BridgeKillTest {
    private static final int SOURCES = 2;

    /** Without a message. */
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    /** The channels that the processes use, so that two runs do not meet. */
    private static final String MESSAGES = FreePort.endpoint();

    private static final String CONFIRMATIONS = FreePort.endpoint();
    private static final String REQUESTS = FreePort.endpoint();

    @TempDir(factory = SharedMemory.class)
    Path directory;

    /** A process of the pair, and one that is ready to replace it. */
    private enum Part {
        OUT,
        IN,
        DRIVER_HERE,
        DRIVER_THERE,
        ARCHIVE
    }

    /** Without an archive, its part is missing. */
    private List<Part> parts = List.of();

    private final ChildProgram[] running = new ChildProgram[Part.values().length];
    private Pipe here;
    private Pipe there;

    private ChildProgram start(Part part) throws IOException {
        Path driverHere = directory.resolve("driver-here");
        Path driverThere = directory.resolve("driver-there");
        return switch (part) {
            case DRIVER_HERE -> {
                ChildProgram driver = ChildProgram.start(TestDriver.class, driverHere.toString());
                if (parts.contains(Part.ARCHIVE)) {
                    driver.expectLine("ready"); // Or the archive connects to the one before.
                }
                yield driver;
            }
            case DRIVER_THERE -> ChildProgram.start(TestDriver.class, driverThere.toString());
            case OUT -> bridge("out", here, driverHere);
            case IN -> bridge("in", there, driverThere);
            case ARCHIVE ->
                    ChildProgram.start(
                            TestArchive.class,
                            directory.resolve("recordings").toString(),
                            driverHere.toString(),
                            "aeron:udp?endpoint=" + REQUESTS);
        };
    }

    private ChildProgram bridge(String half, Pipe pipe, Path driver) throws IOException {
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                half,
                                pipe.path().toString(),
                                MESSAGES,
                                CONFIRMATIONS,
                                "--dir=" + driver,
                                "--timeout=" + TestDriver.TIMEOUT_MILLIS,
                                "--every=0"));
        if (parts.contains(Part.ARCHIVE)) {
            arguments.add("--archive=" + REQUESTS);
        }
        return ChildProgram.start(BridgeProgram.class, arguments.toArray(String[]::new));
    }

    @AfterEach
    void stop() throws IOException {
        for (ChildProgram child : running) {
            if (child != null) {
                child.close();
            }
        }
        Pipe.delete(here.path());
        Pipe.delete(there.path());
    }

    @Test
    void whateverIsKilledEachMessageArrivesOnceAndTheEndDoes() throws Exception {
        parts = List.of(Part.OUT, Part.IN, Part.DRIVER_HERE, Part.DRIVER_THERE);
        kill();
    }

    @Test
    @Tag("proof")
    void withAnArchiveWhateverIsKilledEachMessageArrivesOnceAndTheEndDoes() throws Exception {
        parts = List.of(Part.values());
        kill();
    }

    private void kill() throws Exception {
        int kills = Proof.size(3, 200);
        Random random = new Random(19);
        here =
                Pipe.create(
                        directory.resolve("here"),
                        PipeSpec.bounded().senders(SOURCES).retainWithoutReceivers(true));
        there = Pipe.create(directory.resolve("there"), PipeSpec.bounded().senders(1));
        List<NumberedSource> sources = new ArrayList<>();
        for (int i = 0; i < SOURCES; i++) {
            sources.add(new NumberedSource(here.sender(), i));
        }
        NumberedSource.Check check = new NumberedSource.Check(SOURCES);
        boolean[] done = new boolean[1];
        CompletableFuture<Void> received =
                CompletableFuture.runAsync(
                        () -> {
                            try (PipeReceiver receiver = there.receiver()) {
                                while (!done[0] || !receiver.isEndOfStream()) {
                                    receiver.receive(check, 64, Duration.ofMillis(10));
                                }
                            } catch (IOException | InterruptedException e) {
                                throw new AssertionError(e);
                            }
                        },
                        work -> Thread.ofPlatform().daemon().start(work));
        Thread sending =
                Thread.ofPlatform()
                        .daemon()
                        .start(
                                () -> {
                                    for (int i = 0; !done[0]; i++) {
                                        sources.get(i % SOURCES).send();
                                    }
                                    sources.forEach(NumberedSource::close);
                                });
        for (Part part : parts) {
            running[part.ordinal()] = start(part);
        }
        int[] killed = new int[Part.values().length];
        for (int i = 0; i < kills; ) {
            awaitProgress(check, received, 1 + random.nextInt(Proof.size(300, 2000)));
            List<Part> victims = new ArrayList<>(parts);
            Collections.shuffle(victims, random);
            int together = Math.min(kills - i, Proof.size(4, 1 + random.nextInt(2)));
            victims.subList(together, victims.size()).clear();
            if (victims.contains(Part.DRIVER_HERE) && parts.contains(Part.ARCHIVE)) {
                victims.remove(Part.ARCHIVE);
                victims.add(Part.ARCHIVE); // It does not outlive its media driver.
            }
            for (Part victim : victims) {
                running[victim.ordinal()].kill();
                killed[victim.ordinal()]++;
            }
            for (Part victim : victims) {
                running[victim.ordinal()] = start(victim);
            }
            i += victims.size();
        }
        awaitProgress(check, received, 300);
        done[0] = true;
        sending.join();
        assertEquals(0, running[Part.OUT.ordinal()].waitFor());
        assertEquals(0, running[Part.IN.ordinal()].waitFor());
        received.join();
        long sent = sources.stream().mapToLong(NumberedSource::sent).sum();
        assertEquals(sent, check.received());
        String found = "lost 0, doubled 0, torn 0, hangs 0, messages " + check.received();
        System.out.printf(
                "%d kills (out %d, in %d, driver here %d, there %d, archive %d): %s%n",
                Arrays.stream(killed).sum(),
                killed[0],
                killed[1],
                killed[2],
                killed[3],
                killed[4],
                found);
        Proof.KILLS_BRIDGES.add(Arrays.stream(killed).sum(), found);
        assertEquals(List.of(), leftOver());
    }

    /** Starts what a supervisor would: a driver that had no CPU for its timeout ends by itself. */
    private void startEndedDrivers() throws IOException {
        for (Part part : List.of(Part.DRIVER_HERE, Part.DRIVER_THERE, Part.ARCHIVE)) {
            if (parts.contains(part) && running[part.ordinal()].hasExited()) {
                System.out.println(part + " has ended by itself, and is started again");
                running[part.ordinal()] = start(part);
            }
        }
    }

    /** Waits until more messages have arrived. */
    private void awaitProgress(
            NumberedSource.Check check, CompletableFuture<Void> received, int more)
            throws IOException {
        long goal = check.received() + more;
        long last = check.received();
        long since = System.nanoTime();
        while (check.received() < goal) {
            if (received.isDone()) {
                received.join(); // Throws what it found.
            }
            startEndedDrivers();
            if (check.received() != last) {
                last = check.received();
                since = System.nanoTime();
            }
            if (System.nanoTime() - since > DEADLINE.toNanos()) {
                throw new AssertionError(
                        "hangs at %s of %s: %s holds %s messages, %s holds %s"
                                .formatted(
                                        check.received(),
                                        goal,
                                        here,
                                        here.statistics().messages(),
                                        there,
                                        there.statistics().messages()));
            }
            LockSupport.parkNanos(200_000);
        }
    }

    /** Returns the files beside the pipes that an ended bridge should have removed; no log. */
    private List<String> leftOver() throws IOException {
        try (var files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.contains(".bridge") && !name.equals("there.bridge"))
                    .toList();
        }
    }
}
