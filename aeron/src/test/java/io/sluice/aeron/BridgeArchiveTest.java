package io.sluice.aeron;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeron.Aeron;
import io.aeron.AeronCounters;
import io.sluice.Delivery;
import io.sluice.Pipe;
import io.sluice.PipeReceiver;
import io.sluice.PipeSender;
import io.sluice.PipeSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.agrona.concurrent.status.CountersReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A bridge with an archive: the pipe here does not wait for the other machine. */
@Timeout(60)
@SuppressWarnings("try") // Some resources are only to be closed.
@Order(1) // It takes the longest.
@Execution(
        ExecutionMode.CONCURRENT) // Mostly it waits until an archive's predecessor counts as dead.
class BridgeArchiveTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    @TempDir(factory = SharedMemory.class)
    Path directory;

    private BridgeLink link;
    private Pipe here;
    private Pipe there;
    private final List<ChildProgram> children = new ArrayList<>();
    private final List<PipeBridge> halves = new ArrayList<>();
    private final List<CompletableFuture<Exception>> ends = new ArrayList<>();

    @BeforeEach
    void create() throws IOException {
        link =
                BridgeLink.of(FreePort.channel(), FreePort.channel())
                        .timeout(Duration.ofMillis(TestDriver.TIMEOUT_MILLIS))
                        .archive(FreePort.channel());
        PipeSpec spec = PipeSpec.bounded().senders(1).retainWithoutReceivers(true);
        here = Pipe.create(directory.resolve("here"), spec);
        there = Pipe.create(directory.resolve("there"), spec);
    }

    @AfterEach
    void delete() throws Exception {
        children.forEach(ChildProgram::close);
        for (PipeBridge half : halves) {
            half.close();
        }
        for (CompletableFuture<Exception> end : ends) {
            end.get(30, TimeUnit.SECONDS);
        }
        Pipe.delete(here.path());
        Pipe.delete(there.path());
    }

    /** Runs a half in a thread; its failure, null after a normal end, is added to the ends. */
    private CompletableFuture<Exception> start(PipeBridge half) {
        CompletableFuture<Exception> end = Background.run(half::run);
        halves.add(half);
        ends.add(end);
        return end;
    }

    private void awaitEmpty(PipeBridge out) {
        Soon.await(
                () -> held(here) == 0,
                () -> held(here) + " messages; " + out.state() + "; " + out.statistics());
    }

    private static long held(Pipe pipe) {
        try {
            return pipe.statistics().messages();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void thePipeIsEmptyBeforeTheOtherMachineIsThere() throws Exception {
        PipeBridge out = PipeBridge.out(here, link);
        CompletableFuture<Exception> outEnd = start(out);
        NumberedSource.Check check = new NumberedSource.Check(1);
        PipeBridge in = PipeBridge.in(link, there);
        CompletableFuture<Exception> inEnd;
        try (NumberedSource source = new NumberedSource(here.sender(), 0)) {
            for (int i = 0; i < 2_000; i++) {
                source.send();
            }
            awaitEmpty(out);
            inEnd = start(in);
            try (PipeReceiver receiver = there.receiver()) {
                receive(receiver, check, 2_000, in);
                for (int i = 0; i < 2_000; i++) { // Live.
                    source.send();
                }
                receive(receiver, check, 4_000, in);
            }
        }
        assertNull(inEnd.get(20, TimeUnit.SECONDS));
        assertNull(outEnd.get(20, TimeUnit.SECONDS));
        assertEquals(4_000, out.statistics().messages());
        assertEquals(4_000, in.statistics().messages());
        assertEquals(0, in.statistics().lost());
        try (var left = Files.list(directory)) { // No recording, no media driver's directory.
            assertEquals(
                    List.of("here", "there", "there.bridge"),
                    left.map(file -> file.getFileName().toString()).sorted().toList());
        }
    }

    /** Runs the sending half with its media driver and archive in a process of its own. */
    private ChildProgram startOut() throws IOException {
        return startOut("--recordings=" + directory.resolve("recordings"));
    }

    /** Runs the sending half in a process of its own. */
    private ChildProgram startOut(String where) throws IOException {
        ChildProgram out =
                ChildProgram.start(
                        BridgeProgram.class,
                        "out",
                        here.path().toString(),
                        link.messages(),
                        link.confirmations(),
                        "--archive=" + link.archive(),
                        where,
                        "--timeout=" + TestDriver.TIMEOUT_MILLIS,
                        "--every=0");
        children.add(out);
        return out;
    }

    @Test
    @Tag("proof")
    void aKilledHalfWithAnEmbeddedArchiveContinuesItsRecording() throws Exception {
        NumberedSource.Check check = new NumberedSource.Check(1);
        ChildProgram out = startOut();
        try (NumberedSource source = new NumberedSource(here.sender(), 0)) {
            for (int i = 0; i < 1_000; i++) {
                source.send();
            }
            Soon.await(() -> held(here) == 0, () -> held(here));
            out.kill();
            out = startOut();
            PipeBridge in = PipeBridge.in(link, there);
            start(in);
            try (PipeReceiver receiver = there.receiver()) {
                receive(receiver, check, 1_000, in);
                out.kill(); // Nothing comes until it is started again.
                for (int i = 0; i < 100; i++) {
                    source.send();
                }
                out = startOut();
                receive(receiver, check, 1_100, in);
            }
        }
        assertNull(ends.getFirst().get(20, TimeUnit.SECONDS));
        assertEquals(0, out.waitFor());
        assertEquals(1_100, check.received());
        assertFalse(Files.exists(directory.resolve("recordings")));
    }

    /** Aeron closes the clients of a process that was stopped for longer than the timeout. */
    @Test
    void aHalfThatWasStoppedForLongerThanTheTimeoutRecordsAgain() throws Exception {
        ChildProgram out = startOut();
        try (PipeSender sender = here.sender()) {
            send(sender, 1);
            Soon.await(() -> held(here) == 0, () -> held(here));
            out.pause();
            LockSupport.parkNanos(link.timeout().multipliedBy(2).toNanos());
            out.resume();
            send(sender, 2);
            Soon.await(() -> held(here) == 0, () -> held(here));
            PipeBridge in = PipeBridge.in(link, there);
            start(in);
            try (PipeReceiver receiver = there.receiver()) {
                receiver.awaitSender(LONG);
                assertReceived(1, receiver, in);
                assertReceived(2, receiver, in);
            }
        }
        assertNull(ends.getFirst().get(20, TimeUnit.SECONDS));
        assertEquals(0, out.waitFor());
    }

    /** The other half finds an end in the recording that is none. */
    @Test
    void aStreamThatGoesOnAfterItsEndWasRecordedIsPassedOn() throws Exception {
        NumberedSource.Check check = new NumberedSource.Check(2);
        for (int i = 0; i < 2; i++) {
            PipeBridge out = PipeBridge.out(here, link);
            CompletableFuture<Exception> outEnd = start(out);
            try (NumberedSource source = new NumberedSource(here.sender(), i)) {
                for (int j = 0; j < 200; j++) {
                    source.send();
                }
                awaitEmpty(out);
            }
            if (i == 0) {
                out.close(); // As if it was killed: the end is not confirmed.
                assertNull(outEnd.get(20, TimeUnit.SECONDS));
            }
        }
        PipeBridge in = PipeBridge.in(link, there);
        start(in);
        try (PipeReceiver receiver = there.receiver()) {
            while (check.received() < 400) { // The receiver may find an end in between.
                receiver.receive(check, 64, LONG);
            }
        }
        for (CompletableFuture<Exception> end : ends) {
            assertNull(end.get(20, TimeUnit.SECONDS));
        }
    }

    /**
     * A kill in the middle of a write leaves a part of a fragment, which would stop the archive.
     */
    @Test
    void aPartOfAFragmentIsCutOff() throws Exception {
        ChildProgram out = startOut();
        try (PipeSender sender = here.sender()) {
            byte[] first = new byte[8_000];
            Arrays.fill(first, (byte) 1);
            sender.send(first);
            Soon.await(() -> held(here) == 0, () -> held(here));
            out.kill();
            // Its last fragment begins at 7,040 and ends at 8,256.
            Path file = directory.resolve("recordings/0-0.rec");
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.allocate(64), 8_192);
            }
            out = startOut();
            sender.send(new byte[8]);
            start(PipeBridge.in(link, there));
            try (PipeReceiver receiver = there.receiver()) {
                receiver.awaitSender(LONG);
                assertEquals(8, receiver.receive(LONG).length);
            }
        }
        assertNull(ends.getFirst().get(20, TimeUnit.SECONDS));
        assertEquals(0, out.waitFor());
    }

    /** What was sent, and not recorded when the archive was killed, is sent again. */
    @Test
    void aMessageStaysInThePipeUntilItIsRecorded() throws Exception {
        Path media = directory.resolve("aeron");
        BridgeLink external = link.mediaDriver(media);
        NumberedSource.Check check = new NumberedSource.Check(1);
        CompletableFuture<Exception> outEnd;
        try (TestDriver driver = TestDriver.launch(media);
                Aeron aeron = TestDriver.client(media);
                ChildProgram archive = startArchive(media)) {
            archive.expectLine("ready");
            PipeBridge out = PipeBridge.out(here, external);
            outEnd = start(out);
            try (NumberedSource source = new NumberedSource(here.sender(), 0)) {
                source.send();
                awaitEmpty(out);
                Soon.await(() -> sentPosition(aeron, external) > 0, out::state);
                long before = sentPosition(aeron, external);
                archive.pause();
                for (int i = 0; i < 100; i++) {
                    source.send();
                }
                Soon.await(() -> sentPosition(aeron, external) > before, out::state);
                archive.kill();
                try (ChildProgram successor = startArchive(media)) {
                    successor.expectLine("ready");
                    PipeBridge in = PipeBridge.in(external, there);
                    start(in);
                    try (PipeReceiver receiver = there.receiver()) {
                        receive(receiver, check, 101, in);
                        source.close();
                        Soon.await(
                                outEnd::isDone,
                                () ->
                                        List.of(
                                                out.state(),
                                                out.statistics(),
                                                in.state(),
                                                in.statistics()));
                        assertNull(outEnd.join());
                    }
                }
            }
        }
    }

    /**
     * What was read live and not recorded is sent again, perhaps in other frames: the position
     * behind it is not where the reading goes on.
     */
    @Test
    void theReadingGoesOnWhereAllBeforeIsRecorded() throws Exception {
        Path media = directory.resolve("aeron");
        BridgeLink external = link.mediaDriver(media);
        try (TestDriver driver = TestDriver.launch(media);
                Aeron aeron = TestDriver.client(media);
                ChildProgram archive = startArchive(media);
                PipeSender sender = here.sender();
                PipeReceiver receiver = there.receiver()) {
            archive.expectLine("ready");
            ChildProgram out = startOut("--dir=" + media);
            PipeBridge in = PipeBridge.in(external, there);
            CompletableFuture<Exception> inEnd = start(in);
            send(sender, 1);
            receiver.awaitSender(LONG);
            assertReceived(1, receiver, in);
            Soon.await(() -> held(here) == 0, () -> held(here));
            archive.pause();
            // Not what was sent by then: a message may be sent again meanwhile.
            long recorded = recordedPosition(aeron, external);
            send(sender, 2);
            assertReceived(2, receiver, in); // Live.
            in.close();
            assertNull(inEnd.get(20, TimeUnit.SECONDS));
            assertTrue(recorded > 0, "the archive has a position");
            assertTrue(left(there) <= recorded, () -> left(there) + " > " + recorded);
            out.kill();
            archive.kill();
            send(sender, 3);
            try (ChildProgram successor = startArchive(media)) {
                successor.expectLine("ready");
                startOut("--dir=" + media);
                Soon.await(() -> held(here) == 0, () -> held(here));
                PipeBridge next = PipeBridge.in(external, there);
                start(next);
                receiver.awaitSender(LONG);
                assertReceived(3, receiver, next);
                sender.close();
                assertNull(ends.getLast().get(20, TimeUnit.SECONDS));
            }
        }
    }

    /** Returns the position at which the receiving half has left the recording. */
    private static long left(Pipe pipe) {
        Path log = pipe.path().resolveSibling(pipe.path().getFileName() + ".bridge");
        ByteBuffer word = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder());
        try (FileChannel file = FileChannel.open(log)) {
            file.read(word, DeliveryLog.RECORDED_OFFSET);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return word.getLong(0);
    }

    /** The end may come out of the recording before the two halves are connected. */
    @Test
    void theEndIsConfirmedToASendingHalfThatComesLater() throws Exception {
        Path media = directory.resolve("aeron");
        long timeout = TestDriver.LONG_TIMEOUT_MILLIS;
        BridgeLink slow = link.mediaDriver(media).timeout(Duration.ofMillis(timeout));
        try (TestDriver driver = TestDriver.launch(media, timeout);
                Aeron aeron = TestDriver.client(media);
                EmbeddedArchive archive =
                        EmbeddedArchive.launch(
                                directory.resolve("recordings"),
                                media.toString(),
                                slow.archive(),
                                1 << 20);
                PipeReceiver receiver = there.receiver()) {
            PipeBridge first = PipeBridge.out(here, slow);
            CompletableFuture<Exception> firstEnd = start(first);
            try (PipeSender sender = here.sender()) {
                send(sender, 1);
                awaitEmpty(first);
            }
            long message = 128;
            Soon.await(() -> sentPosition(aeron, slow) > message, first::state);
            first.close();
            assertNull(firstEnd.get(20, TimeUnit.SECONDS));
            PipeBridge in = PipeBridge.in(slow, there);
            CompletableFuture<Exception> inEnd = start(in);
            receiver.awaitSender(LONG);
            assertReceived(1, receiver, in);
            assertNull(receiver.receive(LONG));
            assertTrue(receiver.isEndOfStream(), in::state);
            CompletableFuture<Exception> secondEnd = start(PipeBridge.out(here, slow));
            here.sender().close();
            assertNull(secondEnd.get(20, TimeUnit.SECONDS));
            assertNull(inEnd.get(20, TimeUnit.SECONDS));
        }
    }

    private static void send(PipeSender sender, int value) throws InterruptedException {
        sender.send(new byte[] {(byte) value, 0, 0, 0, 0, 0, 0, 0});
    }

    private static void assertReceived(int value, PipeReceiver receiver, PipeBridge in)
            throws InterruptedException {
        byte[] received = receiver.receive(LONG);
        assertNotNull(received, () -> value + ": " + in.statistics() + "; " + in.state());
        assertEquals(value, received[0]);
    }

    private ChildProgram startArchive(Path media) throws IOException {
        return ChildProgram.start(
                TestArchive.class,
                directory.resolve("recordings").toString(),
                media.toString(),
                link.archive());
    }

    /** Returns how far the sending half is in its stream, by a counter of the media driver. */
    private static long sentPosition(Aeron aeron, BridgeLink link) {
        return position(aeron, link, AeronCounters.DRIVER_PUBLISHER_POS_TYPE_ID);
    }

    private static long recordedPosition(Aeron aeron, BridgeLink link) {
        return position(aeron, link, AeronCounters.ARCHIVE_RECORDING_POSITION_TYPE_ID);
    }

    private static long position(Aeron aeron, BridgeLink link, int wanted) {
        long[] position = new long[1];
        CountersReader counters = aeron.countersReader();
        counters.forEach(
                (id, type, key, label) -> {
                    if (type == wanted
                            && label.contains(" " + link.messageStream() + " ")
                            && label.contains(link.messages())) {
                        position[0] = Math.max(position[0], counters.getCounterValue(id));
                    }
                });
        return position[0];
    }

    @Test
    void whatTheOtherMachineHasIsDeletedAFileAtATime() throws Exception {
        Path media = directory.resolve("aeron");
        Path recordings = directory.resolve("recordings");
        int segment = 1 << 16;
        BridgeLink small =
                BridgeLink.of(FreePort.channel() + "|term-length=64k", FreePort.channel())
                        .timeout(Duration.ofMillis(TestDriver.LONG_TIMEOUT_MILLIS))
                        .archive(FreePort.channel())
                        .mediaDriver(media);
        Pipe little = Pipe.create(directory.resolve("little"), PipeSpec.bounded(4096).senders(1));
        try (TestDriver driver = TestDriver.launch(media, TestDriver.LONG_TIMEOUT_MILLIS);
                EmbeddedArchive archive =
                        EmbeddedArchive.launch(
                                recordings, media.toString(), small.archive(), segment)) {
            PipeBridge out = PipeBridge.out(little, small);
            PipeBridge in = PipeBridge.in(small, there);
            CompletableFuture<Exception> outEnd = start(out);
            CompletableFuture<Exception> inEnd = start(in);
            NumberedSource.Check check = new NumberedSource.Check(1);
            try (NumberedSource source = new NumberedSource(little.sender(), 0);
                    PipeReceiver receiver = there.receiver()) {
                for (int i = 1; i <= 40; i++) { // Of 40 KiB.
                    for (int j = 0; j < 100; j++) {
                        source.send();
                    }
                    receive(receiver, check, 100 * i, in);
                }
                Soon.await(() -> files(recordings) < 5, () -> files(recordings) + " files");
            }
            assertNull(inEnd.get(20, TimeUnit.SECONDS));
            assertNull(outEnd.get(20, TimeUnit.SECONDS));
            assertEquals(0, files(recordings));
        }
        Pipe.delete(little.path());
    }

    private static long files(Path recordings) {
        try (Stream<Path> files = Files.list(recordings)) {
            return files.filter(file -> file.toString().endsWith(".rec")).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aDirectoryOfRecordingsHasOneOwner() {
        Path media = directory.resolve("aeron");
        Path recordings = directory.resolve("recordings");
        try (TestDriver driver = TestDriver.launch(media);
                EmbeddedArchive archive =
                        EmbeddedArchive.launch(
                                recordings, media.toString(), FreePort.channel(), 1 << 20)) {
            IllegalStateException taken =
                    assertThrows(
                            IllegalStateException.class,
                            () ->
                                    EmbeddedArchive.launch(
                                            recordings,
                                            media.toString(),
                                            FreePort.channel(),
                                            1 << 20));
            assertTrue(taken.getMessage().contains(recordings.toString()), taken::getMessage);
        }
    }

    @Test
    void whatCannotBeRecordedIsRefusedAndNamesTheRemedy() throws Exception {
        IllegalArgumentException refused =
                assertThrows(
                        IllegalArgumentException.class, () -> link.delivery(Delivery.AT_MOST_ONCE));
        assertTrue(refused.getMessage().contains("leave"), refused::getMessage);
        BridgeLink once =
                BridgeLink.of(FreePort.channel(), FreePort.channel())
                        .delivery(Delivery.AT_MOST_ONCE);
        assertThrows(IllegalArgumentException.class, () -> once.archive(FreePort.channel()));
        Path file = Files.createFile(directory.resolve("file"));
        PipeBridge out = PipeBridge.out(here, link.recordings(file));
        UncheckedIOException unusable = assertThrows(UncheckedIOException.class, out::run);
        assertTrue(unusable.getMessage().contains(file.toString()), unusable::getMessage);
        refused = assertThrows(IllegalArgumentException.class, () -> link.archive("aeron:ipc"));
        assertTrue(refused.getMessage().contains("UDP"), refused::getMessage);
        BridgeLink ipc = BridgeLink.of("aeron:ipc", "aeron:ipc");
        assertThrows(IllegalArgumentException.class, () -> ipc.archive(FreePort.channel()));
        refused =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> NodeBridge.of(directory.resolve("nodes"), link));
        assertTrue(refused.getMessage().contains("archive"), refused::getMessage);
    }

    private static void receive(
            PipeReceiver receiver, NumberedSource.Check check, long count, PipeBridge in)
            throws InterruptedException {
        while (check.received() < count) {
            int more = receiver.receive(check, 64, LONG);
            assertTrue(more > 0, () -> check.received() + ": " + in.statistics() + in.state());
        }
    }
}
