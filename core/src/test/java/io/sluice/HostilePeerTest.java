package io.sluice;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.agrona.concurrent.YieldingIdleStrategy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A peer that has mapped the pipe's files writes arbitrary words into them while the pipe is used.
 * Every call returns or throws a documented exception within a second, without other effects.
 *
 * <p>{@code -Dsluice.flips=N} sets how many words are changed in all, {@code -Dsluice.seed=N} the
 * random seed. A seed reproduces what is written, not when: that depends on the scheduler.
 */
@Timeout(3600)
class HostilePeerTest {
    private static final int CASES = 16;
    private static final long FLIPS = Proof.size("sluice.flips", 30_000, 1_000_000) / CASES;
    private static final long SEED = Long.getLong("sluice.seed", System.nanoTime());
    private static final int MAX_PER_PIPE = 5000;
    private static final int CAPACITY = 4096;
    private static final int QUOTA = 12 * CAPACITY; // Four rings or more, of pages of 4096 bytes.
    private static final Duration WAIT = Duration.ofMillis(5);

    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final AtomicLong calls = new AtomicLong();
    private final AtomicLong refusals = new AtomicLong();
    private final AtomicLong messages = new AtomicLong();
    private volatile boolean over;
    private Path directory;

    /** The kind of lanes of a pipe. */
    enum AttackedPipeKind {
        BOUNDED(() -> PipeSpec.bounded(CAPACITY).senders(1)),
        GROWING(() -> PipeSpec.unbounded(QUOTA, CAPACITY).senders(1)),
        RENDEZVOUS(() -> PipeSpec.rendezvous(0).senders(1)),
        BROADCAST(() -> PipeSpec.broadcast(CAPACITY)),
        DEMOTING(() -> PipeSpec.broadcast(CAPACITY).demoting(true));

        private final Supplier<PipeSpec> spec;

        AttackedPipeKind(Supplier<PipeSpec> spec) {
            this.spec = spec;
        }
    }

    private interface Call {
        void run() throws Exception;
    }

    @BeforeEach
    void makeDirectory() throws IOException {
        Path memory = Path.of("/dev/shm");
        directory =
                Files.isWritable(memory)
                        ? Files.createTempDirectory(memory, "sluice-")
                        : Files.createTempDirectory("sluice-");
    }

    @AfterEach
    void removeDirectory() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1,1,BOUNDED,true",
        "1,1,BOUNDED,false",
        "3,1,BOUNDED,true",
        "3,1,BOUNDED,false",
        "1,2,BOUNDED,true",
        "1,2,BOUNDED,false",
        "3,2,BOUNDED,true",
        "3,2,BOUNDED,false",
        "1,1,GROWING,true",
        "1,2,GROWING,false",
        "3,1,GROWING,false",
        "3,2,GROWING,true",
        "1,1,RENDEZVOUS,true",
        "1,2,RENDEZVOUS,false",
        "3,1,RENDEZVOUS,false",
        "3,2,RENDEZVOUS,true",
        "1,2,BROADCAST,true",
        "3,2,BROADCAST,false",
        "1,2,DEMOTING,false"
    })
    void everyCallReturnsOrThrowsWhatItSays(
            int senders, int receivers, AttackedPipeKind attackedPipeKind, boolean sleeps)
            throws Exception {
        SplittableRandom random = new SplittableRandom(SEED + 31 * senders + receivers);
        long flips = 0;
        int pipes = 0;
        try (Watchdog watchdog = new Watchdog()) {
            while (flips < FLIPS) {
                PipeSpec spec = attackedPipeKind.spec.get().senders(senders).receivers(receivers);
                if (attackedPipeKind != AttackedPipeKind.RENDEZVOUS
                        && receivers == 1
                        && random.nextInt(4) == 0) {
                    spec = spec.order(Order.ARRIVAL);
                } else if (attackedPipeKind == AttackedPipeKind.GROWING && random.nextInt(4) == 0) {
                    spec = spec.overflow(OverflowPolicy.DROP_OLDEST);
                }
                spec = spec.retainWithoutReceivers(random.nextBoolean());
                long here = Math.min(FLIPS - flips, 1 + random.nextInt(MAX_PER_PIPE));
                Pipe pipe = Pipe.create(directory.resolve("pipe" + pipes++), spec);
                attack(pipe, senders, receivers, sleeps, here, random.nextLong(), watchdog);
                flips += here;
            }
            Proof.FLIPS.add(flips, "calls " + calls + ", refusals " + refusals);
            System.out.printf(
                    "%dx%d, %s, %s: %d words changed in %d pipes, %d calls, %d messages, %d refusals,"
                            + " %s, seed %d%n",
                    senders,
                    receivers,
                    attackedPipeKind.name().toLowerCase(Locale.ROOT),
                    sleeps ? "sleeping" : "spinning",
                    flips,
                    pipes,
                    calls.get(),
                    messages.get(),
                    refusals.get(),
                    watchdog,
                    SEED);
        }
    }

    private void attack(
            Pipe pipe,
            int senders,
            int receivers,
            boolean sleeps,
            long flips,
            long seed,
            Watchdog watchdog)
            throws Exception {
        over = false;
        List<Thread> threads = new ArrayList<>();
        List<AutoCloseable> first = new ArrayList<>();
        for (int i = 0; i < senders; i++) {
            PipeSender sender =
                    sender(pipe, sleeps); // Creates the lane that the hostile peer maps.
            first.add(sender);
            long own = seed + i;
            threads.add(start(() -> sendAndReopen(pipe, sender, sleeps, own, watchdog)));
        }
        for (int i = 0; i < receivers; i++) {
            PipeReceiver receiver = receiver(pipe, sleeps);
            first.add(receiver);
            long own = seed - 1 - i;
            threads.add(start(() -> receiveAndReopen(pipe, receiver, sleeps, own, watchdog)));
        }
        try (HostilePeer hostilePeer = HostilePeer.at(pipe, seed)) {
            for (long i = 0; i < flips && failure.get() == null; i++) {
                hostilePeer.overwriteWord();
                hostilePeer.backOff();
                if (i % 40 == 39) {
                    hostilePeer.restore();
                    Thread.yield();
                }
            }
            watchdog.check();
        }
        over = true;
        for (Thread thread : threads) {
            while (!thread.join(Duration.ofMillis(200))) {
                watchdog.check();
            }
        }
        if (failure.get() != null) {
            throw new AssertionError(pipe + ", seed " + SEED, failure.get());
        }
        call(watchdog, () -> Pipe.delete(Pipe.open(pipe.path()).path()));
        if (Files.exists(pipe.path())) { // Its meta file is no longer valid.
            try (Stream<Path> files = Files.walk(pipe.path())) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private Thread start(Call work) {
        return Thread.ofPlatform()
                .start(
                        () -> {
                            try {
                                work.run();
                            } catch (Throwable t) {
                                failure.compareAndSet(null, t);
                            }
                        });
    }

    private static PipeSender sender(Pipe pipe, boolean sleeps) throws IOException {
        return sleeps ? pipe.sender() : pipe.sender(new YieldingIdleStrategy());
    }

    private static PipeReceiver receiver(Pipe pipe, boolean sleeps) throws IOException {
        return sleeps ? pipe.receiver() : pipe.receiver(new YieldingIdleStrategy());
    }

    /** Opens an end; fails if a concurrent liveness check holds the last slot for a moment. */
    private void open(Watchdog watchdog, Call open) throws Exception {
        call(
                watchdog,
                () -> {
                    try {
                        open.run();
                    } catch (IllegalStateException e) {
                        assertTrue(e.getMessage().contains("made for"), e::toString);
                    }
                });
    }

    /** Makes a call; returns whether it returned normally. */
    private boolean call(Watchdog watchdog, Call call) throws Exception {
        calls.incrementAndGet();
        watchdog.begin();
        try {
            call.run();
            return true;
        } catch (ChannelCorruptedException | BrokenChannelException e) {
            refusals.incrementAndGet();
            assertTrue(e.getMessage().length() > 10, e::toString);
            return false;
        } catch (InvalidPipeException e) {
            refusals.incrementAndGet();
            assertTrue(e.getMessage().contains("; expected "), e::toString);
            return false;
        } finally {
            watchdog.end();
        }
    }

    private void sendAndReopen(
            Pipe pipe, PipeSender first, boolean sleeps, long seed, Watchdog watchdog)
            throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        PipeSender[] sender = {first};
        while (!over) {
            boolean well = sender[0] != null;
            while (!over && well) {
                well = call(watchdog, () -> send(sender[0], random));
            }
            if (sender[0] != null) {
                call(watchdog, sender[0]::close);
                sender[0] = null;
            }
            if (!over) {
                open(watchdog, () -> sender[0] = sender(pipe, sleeps));
            }
        }
        if (sender[0] != null) {
            call(watchdog, sender[0]::close);
        }
    }

    private void send(PipeSender sender, SplittableRandom random) throws Exception {
        byte[] message = new byte[random.nextInt(20) == 0 ? random.nextInt(3000) : 24];
        switch (random.nextInt(8)) {
            case 0 -> sender.trySend(MemorySegment.ofArray(message), 0, message.length);
            case 1 -> {
                Claim claim = sender.tryClaim(24);
                if (claim != null) {
                    claim.putLong(0, 1).putInt(8, 2).putBytes(12, new byte[12], 0, 12);
                    if (random.nextBoolean()) {
                        claim.commit(WAIT);
                    } else {
                        claim.abort();
                    }
                }
            }
            case 2 -> {
                if (random.nextInt(50) == 0) {
                    sender.awaitReceiver(Duration.ofMillis(1));
                    sender.toString();
                }
            }
            case 3 -> sender.send(message, WAIT);
            default -> sender.trySend(message);
        }
    }

    private void receiveAndReopen(
            Pipe pipe, PipeReceiver first, boolean sleeps, long seed, Watchdog watchdog)
            throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        PipeReceiver[] receiver = {first};
        while (!over) {
            boolean well = receiver[0] != null;
            for (int i = 0; !over && (well || i < 4 && receiver[0] != null); i++) {
                well = call(watchdog, () -> receive(receiver[0], random));
            }
            if (receiver[0] != null) {
                call(watchdog, receiver[0]::close);
                receiver[0] = null;
            }
            if (!over) {
                open(watchdog, () -> receiver[0] = receiver(pipe, sleeps));
            }
        }
        if (receiver[0] != null) {
            call(watchdog, receiver[0]::close);
        }
    }

    private void receive(PipeReceiver receiver, SplittableRandom random) throws Exception {
        MessageHandler handler =
                (memory, offset, length) -> {
                    messages.incrementAndGet();
                    assertTrue(
                            offset >= 0 && length >= 0 && offset + length <= 2 * CAPACITY,
                            () -> "handed out " + offset + "+" + length);
                    memory.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE);
                    int attempt = receiver.deliveryAttempt();
                    assertTrue(attempt >= 0 && attempt <= 15, () -> "attempt " + attempt);
                };
        switch (random.nextInt(8)) {
            case 0 -> receiver.tryReceive();
            case 1 -> receiver.receive(WAIT);
            case 2 -> receiver.receive(handler, 1 + random.nextInt(100), WAIT);
            case 3 -> {
                if (random.nextInt(50) == 0) {
                    receiver.awaitSender(Duration.ofMillis(1));
                    receiver.toString();
                }
            }
            default -> receiver.poll(handler, 1 + random.nextInt(100));
        }
    }
}
