package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.io.PipeStreams;
import io.sluice.pipe.PipeHandle;
import io.sluice.pipe.storage.HeapStorage;
import io.sluice.pipe.storage.PipeLayout.Feature;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The system refuses for a while to open or map a lane: no descriptors left, or no memory. The call
 * reports it, no message is lost, and no end is given up for it.
 */
@Timeout(60)
class ShortageTest {
    private static final String REASON = "EMFILE, too many open files";
    private static final int RINGS = 8;

    static List<PipeSpec> specs() {
        PipeSpec grows = PipeSpec.unbounded(1 << 20, 4096).senders(2);
        PipeSpec bounded = PipeSpec.bounded(4096).senders(2);
        return List.of(
                bounded,
                bounded.receivers(3),
                bounded.order(Order.ARRIVAL),
                grows,
                grows.receivers(3),
                grows.order(Order.ARRIVAL),
                grows.overflow(OverflowPolicy.DROP_OLDEST));
    }

    static List<PipeSpec> sharedSpecs() {
        return specs().stream().filter(spec -> spec.parameters().receivers() > 1).toList();
    }

    private HeapStorage storage;
    private Pipe pipe;

    private void make(PipeSpec spec) {
        storage = new HeapStorage(spec.parameters().layout());
        pipe = new Pipe(new PipeHandle(storage));
    }

    private static byte[] message(int number) {
        return ByteBuffer.allocate(200).putInt(number).array();
    }

    private static int number(byte[] message) {
        return ByteBuffer.wrap(message).getInt();
    }

    /** Returns the number received, or -1 if the call reports the refusal. */
    private static int receiveRefused(PipeReceiver receiver) {
        try {
            byte[] message = receiver.tryReceive();
            assertNotNull(message, "nothing, and no word of the refusal");
            return number(message);
        } catch (UncheckedIOException e) {
            assertTrue(e.getMessage().contains(REASON), e::getMessage);
            return -1;
        }
    }

    @ParameterizedTest
    @MethodSource("specs")
    void aLaneThatCannotBeOpenedNowIsTriedAgain(PipeSpec spec) throws Exception {
        make(spec);
        try (PipeSender first = pipe.sender();
                PipeReceiver receiver = pipe.receiver(new BusySpinIdleStrategy())) {
            first.send(message(0));
            assertEquals(0, number(receiver.tryReceive()));
            PipeSender second = pipe.sender();
            second.send(message(1));
            storage.failOpens(REASON);
            assertEquals(-1, receiveRefused(receiver));
            assertThrows(
                    UncheckedIOException.class,
                    () -> receiver.receive((m, offset, length) -> {}, 1));
            first.send(message(2));
            List<Integer> received = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                received.add(receiveRefused(receiver));
            }
            storage.failOpens(null);
            for (byte[] m = receiver.tryReceive(); m != null; m = receiver.tryReceive()) {
                received.add(number(m));
            }
            received.removeIf(n -> n < 0);
            boolean ordered = spec.parameters().features().contains(Feature.ARRIVAL_ORDER);
            assertEquals(ordered ? List.of(1, 2) : List.of(2, 1), received);
            assertTrue(second.trySend(message(3)));
            assertEquals(3, number(receiver.tryReceive()));
            second.close();
            assertTrue(pipe.statistics().lanes().stream().noneMatch(PipeStatistics.Lane::poisoned));
        }
    }

    @ParameterizedTest
    @MethodSource("specs")
    void nothingIsLostOfALaneThatHasGrown(PipeSpec spec) throws Exception {
        make(spec);
        try (PipeSender sender = pipe.sender();
                PipeReceiver receiver = pipe.receiver()) {
            sender.send(message(0));
            assertEquals(0, number(receiver.tryReceive()));
            int sent = 1;
            int expected = 1;
            for (int round = 0; round < 3; round++) {
                for (int i = 0; i < RINGS * 4096 / 256 && sender.trySend(message(sent)); i++) {
                    sent++;
                }
                for (int turn = 0; expected < sent; turn++) {
                    storage.failOpens(turn % 3 == 0 ? null : REASON);
                    try {
                        byte[] message = receiver.tryReceive();
                        assertNotNull(message, () -> "nothing; " + REASON);
                        assertEquals(expected++, number(message));
                    } catch (UncheckedIOException e) {
                        assertTrue(e.getMessage().contains(REASON), e::getMessage);
                    }
                }
                storage.failOpens(null);
            }
            assertNull(receiver.tryReceive());
        }
    }

    /** A receiver that detects a death and cannot recover leaves that to another, or to later. */
    @ParameterizedTest
    @MethodSource("sharedSpecs")
    void whatADeadReceiverHadTakenIsNotForgotten(PipeSpec spec) throws Exception {
        make(spec);
        PipeSender sender = pipe.sender();
        PipeReceiver dead = pipe.receiver();
        PipeReceiver receiver = pipe.receiver(new BusySpinIdleStrategy());
        int sent = 0;
        while (sent < 60 && sender.trySend(message(sent))) {
            sent++;
        }
        storage.kill(spec.parameters().senders()); // In its handler, as the others see it.
        dead.poll((m, offset, length) -> recover(receiver), 1);
    }

    private void recover(PipeReceiver receiver) {
        while (receiver.tryReceive() != null) {
            // All but the first, which the dead receiver holds.
        }
        storage.failOpens(REASON);
        int refusals = 0;
        for (int i = 0; i < 100_000 && refusals == 0; i++) {
            try {
                byte[] message = receiver.tryReceive();
                if (message != null) { // The lane was open: nothing to refuse.
                    assertEquals(0, number(message));
                    storage.failOpens(null);
                    return;
                }
            } catch (UncheckedIOException e) {
                refusals++;
            }
        }
        storage.failOpens(null);
        long start = System.nanoTime();
        byte[] again = null;
        while (again == null && System.nanoTime() - start < 30_000_000_000L) {
            again = receiver.tryReceive();
        }
        assertNotNull(again, "what the dead one had taken");
        assertEquals(0, number(again));
    }

    @ParameterizedTest
    @MethodSource("specs")
    void attachAndStatisticsReportTheCause(PipeSpec spec) throws Exception {
        make(spec);
        PipeSender sender = pipe.sender();
        storage.failOpens(REASON);
        assertTrue(assertThrows(IOException.class, pipe::sender).getMessage().contains(REASON));
        assertTrue(assertThrows(IOException.class, pipe::statistics).getMessage().contains(REASON));
        storage.failOpens(null);
        pipe.sender().close();
        sender.close();
    }

    /** A read returns what it has from other lanes; the next read reports the refusal. */
    @ParameterizedTest
    @MethodSource("specs")
    void aStreamLosesNothingByIt(PipeSpec spec) throws Exception {
        make(spec);
        try (PipeSender first = pipe.sender();
                PipeReceiver receiver = pipe.receiver();
                InputStream in = PipeStreams.input(receiver)) {
            first.send(new byte[] {1});
            assertEquals(1, in.read());
            try (PipeSender second = pipe.sender()) {
                second.send(new byte[] {4});
            }
            first.send(new byte[] {2, 3});
            storage.failOpens(REASON);
            int sum = 0;
            for (int reads = 0, refused = 0; sum < 2 + 3 + 4; reads++) {
                assertTrue(reads < 100, "sum " + sum);
                try {
                    byte[] bytes = new byte[8];
                    int count = in.read(bytes);
                    for (int i = 0; i < count; i++) {
                        sum += bytes[i];
                    }
                } catch (IOException e) {
                    assertTrue(e.getMessage().contains(REASON), e::getMessage);
                    if (++refused == 3) {
                        storage.failOpens(null);
                    }
                }
            }
        }
    }
}
