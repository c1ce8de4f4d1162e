package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.sluice.linux.Mapping;
import io.sluice.ring.LaneDescriptor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A peer truncates a file while it is mapped. Each call then returns, or throws a {@link
 * ChannelCorruptedException}; the JVM's own error reaches no caller, compiled or not.
 */
@Timeout(300)
class TruncationTest {
    private static final int CAPACITY = 1 << 14;
    private static final int[] CUT_PAGES =
            Proof.isProofBuild() ? new int[] {0, 1, 2, 3, 4, 7, 12, 20} : new int[] {0, 3};
    private static final Duration SHORT = Duration.ofMillis(2);
    private static final MessageHandler READ =
            (memory, offset, length) ->
                    memory.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE);

    @TempDir Path directory;

    private int refusals;

    private interface Call {
        void run() throws Exception;
    }

    private record Cut(String file, long length, int senders, int receivers) {}

    /** Returns each file, cut off at each of its parts, for each kind of lane. */
    static List<Cut> cuts() {
        int page = Mapping.pageSize();
        List<Cut> cuts = new ArrayList<>();
        for (int senders = 1; senders <= 2; senders++) {
            for (int receivers = 1; receivers <= 2; receivers++) {
                cuts.add(new Cut("meta", 0, senders, receivers));
                int claims =
                        receivers == 1
                                ? 0
                                : Math.max(page, LaneDescriptor.slotStatesLength(CAPACITY));
                long ring = page + claims;
                cuts.add(new Cut("lane-0", 0, senders, receivers));
                cuts.add(new Cut("lane-0", page, senders, receivers));
                cuts.add(new Cut("lane-0", ring, senders, receivers));
                cuts.add(new Cut("lane-0", ring + CAPACITY / 2, senders, receivers));
            }
        }
        cuts.add(new Cut("meta", page, 100, 2)); // The first blocks remain.
        return cuts;
    }

    private Pipe pipe(Cut cut) throws IOException {
        PipeSpec spec = PipeSpec.bounded(CAPACITY).senders(cut.senders).receivers(cut.receivers);
        return Pipe.create(directory.resolve("pipe"), spec);
    }

    private static void perform(Pipe pipe, Cut cut) throws IOException {
        try (FileChannel channel =
                FileChannel.open(pipe.path().resolve(cut.file), StandardOpenOption.WRITE)) {
            assertTrue(channel.size() > cut.length, () -> cut + " is not shorter");
            channel.truncate(cut.length);
        }
    }

    /** Runs a call, which returns or throws a documented exception. */
    private void call(Call call) throws Exception {
        try {
            call.run();
        } catch (ChannelCorruptedException | BrokenChannelException e) {
            refusals++;
        } catch (InvalidPipeException e) {
            refusals++;
        } catch (IllegalStateException e) {
            String message = e.getMessage(); // An uncommitted claim; all places taken.
            assertTrue(message.contains("claimed") || message.contains("made for"), message);
        }
    }

    @ParameterizedTest
    @MethodSource("cuts")
    void everyMethodReturnsOrThrowsAsDocumented(Cut cut) throws Exception {
        Pipe pipe = pipe(cut);
        PipeSender sender = pipe.sender();
        PipeReceiver receiver = pipe.receiver();
        sender.send(new byte[100]);
        Claim claim = sender.tryClaim(100);
        perform(pipe, cut);
        call(() -> claim.putLong(0, 1));
        call(() -> claim.putInt(96, 1));
        call(() -> claim.putBytes(0, new byte[100], 0, 100));
        assertEquals(100, claim.memory().byteSize());
        assertEquals(100, claim.length());
        call(claim::commit);
        everySendingMethod(sender);
        everyReceivingMethod(receiver);
        boolean attaching = cut.file.equals("meta");
        if (attaching || cut.senders > 1) { // Without a free place it waits for one.
            call(() -> pipe.sender().close());
        }
        if (attaching || cut.receivers > 1) {
            call(() -> pipe.receiver().close());
        }
        assertTrue(refusals > 0, "no call was refused");
        assertTrue(pipe.toString().contains("capacity"));
        receiver.close();
        sender.close();
        afterwards(pipe, cut);
    }

    private void everySendingMethod(PipeSender sender) throws Exception {
        byte[] message = new byte[100];
        MemorySegment segment = MemorySegment.ofArray(message);
        // Often enough to reach a page that is gone.
        for (int i = 0; i < 2 * CAPACITY / 108; i++) {
            call(() -> sender.trySend(message));
        }
        call(() -> sender.trySend(message, 0, 50));
        call(() -> sender.trySend(segment, 0, 50));
        call(() -> sender.send(message, SHORT));
        call(() -> sender.send(segment, 0, 50, SHORT));
        call(() -> sender.awaitReceiver(SHORT));
        call(
                () -> {
                    Claim claim = sender.tryClaim(50);
                    if (claim != null) {
                        claim.abort();
                    }
                });
        assertTrue(sender.toString().startsWith("PipeSender["));
    }

    private void everyReceivingMethod(PipeReceiver receiver) throws Exception {
        for (int i = 0; i < 2 * CAPACITY / 108; i++) {
            call(() -> receiver.poll(READ, 1));
        }
        call(() -> receiver.receive(READ, 1, SHORT));
        call(receiver::tryReceive);
        call(() -> receiver.receive(SHORT));
        call(() -> receiver.awaitSender(SHORT));
        call(receiver::deliveryAttempt);
        receiver.isEndOfStream();
        assertTrue(receiver.toString().startsWith("PipeReceiver["));
    }

    /** Checks that the path is refused or can be deleted, and can be used again. */
    private void afterwards(Pipe pipe, Cut cut) throws IOException {
        try {
            assertTrue(Pipe.delete(pipe.path()));
        } catch (InvalidPipeException e) {
            assertTrue(cut.file.equals("meta") || cut.senders == 1, e::toString);
            assertThrows(InvalidPipeException.class, () -> Pipe.open(pipe.path()));
            try (Stream<Path> files = Files.list(pipe.path())) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(pipe.path());
        }
        Pipe.create(pipe.path(), PipeSpec.bounded().senders(1)).sender().close();
        assertTrue(Pipe.delete(pipe.path()));
    }

    /** Both ends spin in compiled loops of their own, into which every call may be inlined. */
    @ParameterizedTest
    @MethodSource("cuts")
    void runningThreadsGetAnExceptionInCompiledCodeToo(Cut cut) throws Exception {
        for (int round = 0; round < Proof.size(1, 3); round++) {
            Pipe pipe = pipe(cut);
            PipeSender sender = pipe.sender(new BusySpinIdleStrategy());
            PipeReceiver receiver = pipe.receiver(new BusySpinIdleStrategy());
            TestThreads testThreads = new TestThreads(pipe + " " + cut);
            long[] counts = new long[2];
            Thread sending = testThreads.start(() -> counts[0] = sendUntilRefused(sender));
            testThreads.start(
                    () -> {
                        counts[1] = receiveUntilRefusedOrAlone(receiver, sending);
                        receiver.close(); // Else a sender whose page is there may wait forever.
                    });
            Thread.sleep(30); // Sometimes long enough to be compiled.
            perform(pipe, cut);
            testThreads.join();
            sender.close();
            receiver.close();
            afterwards(pipe, cut);
        }
    }

    /** A lane may grow again over the part cut off, so no call need throw; but all continue. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aLaneIsTruncatedWhileItGrows(int receivers) throws Exception {
        int page = Mapping.pageSize();
        for (int cut : CUT_PAGES) {
            PipeSpec spec = PipeSpec.unbounded(64 * (CAPACITY + 2 * page), CAPACITY).senders(1);
            Pipe pipe = Pipe.create(directory.resolve("pipe"), spec.receivers(receivers));
            PipeSender sender = pipe.sender(new BusySpinIdleStrategy());
            PipeReceiver receiver = pipe.receiver(new BusySpinIdleStrategy());
            TestThreads testThreads = new TestThreads(pipe + " cut off at page " + cut);
            AtomicBoolean done = new AtomicBoolean();
            byte[] message = new byte[1000];
            testThreads.start(
                    () -> {
                        while (!done.get()) {
                            call(() -> sender.trySend(message));
                        }
                    });
            testThreads.start(
                    () -> {
                        while (!done.get()) {
                            call(() -> receiver.poll(READ, 4));
                        }
                    });
            Cut lane = new Cut("lane-0", (long) cut * page, 1, receivers);
            for (int i = 0; i < 5; i++) {
                Thread.sleep(5); // Sometimes long enough to grow.
                try (FileChannel channel =
                        FileChannel.open(
                                pipe.path().resolve(lane.file), StandardOpenOption.WRITE)) {
                    channel.truncate(lane.length);
                }
            }
            done.set(true);
            testThreads.join();
            call(() -> pipe.statistics());
            call(sender::close);
            call(receiver::close);
            afterwards(pipe, lane);
        }
    }

    private static long sendUntilRefused(PipeSender sender) {
        byte[] message = new byte[100];
        long sent = 0;
        try {
            while (true) {
                if (sender.trySend(message)) {
                    sent++;
                }
            }
        } catch (ChannelCorruptedException | BrokenChannelException e) {
            return sent;
        }
    }

    private static long receiveUntilRefusedOrAlone(PipeReceiver receiver, Thread sending) {
        long received = 0;
        try {
            int more = 1000;
            while (more > 0) {
                received += receiver.poll((memory, offset, length) -> {}, 64);
                if (!sending.isAlive()) {
                    more--;
                }
            }
        } catch (ChannelCorruptedException e) {
            assertFalse(e.getMessage().isEmpty());
        }
        return received;
    }

    /** A thread of either kind that waits on a page that is cut off wakes up. */
    @ParameterizedTest
    @MethodSource("cuts")
    void blockedThreadsGetAnExceptionToo(Cut cut) throws Exception {
        for (boolean virtual : new boolean[] {false, true}) {
            Pipe pipe = pipe(cut);
            PipeSender sender = pipe.sender();
            PipeReceiver receiver = pipe.receiver();
            TestThreads testThreads = new TestThreads(pipe + " " + cut);
            Thread.Builder builder = virtual ? Thread.ofVirtual() : Thread.ofPlatform().daemon();
            boolean[] done = new boolean[1];
            testThreads.start(
                    builder,
                    () -> {
                        while (!done[0]) {
                            call(() -> receiver.receive(READ, 1, Duration.ofMillis(60)));
                        }
                    });
            Thread.sleep(20);
            perform(pipe, cut);
            Thread.sleep(80);
            done[0] = true;
            testThreads.join();
            receiver.close();
            while (sender != null) { // Fills it, and waits.
                try {
                    sender.send(new byte[1000], SHORT);
                    if (cut.length > 0) {
                        break; // The rest of it may suffice for a while.
                    }
                } catch (ChannelCorruptedException | BrokenChannelException e) {
                    break;
                } catch (InternalError e) {
                    fail(e);
                }
            }
            sender.close();
            afterwards(pipe, cut);
        }
    }

    /** The source of a message is truncated, not the pipe: a half-copied message is not sent. */
    @ParameterizedTest
    @CsvSource({"20, 1", "100, 1", "500, 1", "20, 2", "500, 2"})
    void aTruncatedSourceSendsNothingAndCorruptsNothing(int length, int receivers)
            throws Exception {
        int page = Mapping.pageSize();
        Path file = directory.resolve("source");
        byte[] content = new byte[2 * page];
        Arrays.fill(content, (byte) -1);
        Files.write(file, content);
        PipeSpec spec = PipeSpec.bounded(CAPACITY).senders(1).receivers(receivers);
        Pipe pipe = Pipe.create(directory.resolve("pipe"), spec);
        try (FileChannel channel =
                        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
                Arena arena = Arena.ofConfined();
                PipeSender sender = pipe.sender();
                PipeReceiver receiver = pipe.receiver()) {
            MemorySegment source =
                    channel.map(FileChannel.MapMode.READ_ONLY, 0, content.length, arena);
            for (int i = 0; i < 20_000; i++) { // Until it is compiled.
                assertTrue(sender.trySend(source, page - length / 2, length));
                assertEquals(1, receiver.poll(READ, 1));
            }
            assertTrue(sender.trySend(new byte[8])); // Clears the lane ahead.
            channel.truncate(page);
            assertThrows(
                    ChannelCorruptedException.class,
                    () -> sender.trySend(source, page - length / 2, length));
            assertEquals(8, receiver.tryReceive().length);
            for (int i = 0; i < 100; i++) {
                assertTrue(sender.trySend(new byte[i]));
                assertEquals(i, receiver.tryReceive().length);
                assertEquals(0, receiver.poll(READ, 1));
            }
        }
    }
}
