package io.sluice.aeron;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import io.aeron.FragmentAssembler;
import io.aeron.Subscription;
import io.aeron.logbuffer.FragmentHandler;
import io.sluice.Pipe;
import io.sluice.PipeReceiver;
import io.sluice.PipeSender;
import io.sluice.PipeSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * One half of a bridge, to which the test sends the frames of the other: also those that come only
 * after something was lost.
 */
@Timeout(60)
class BridgeFramesTest {
    private static final String MESSAGES = FreePort.channel();
    private static final String CONFIRMATIONS = FreePort.channel();
    private static final int STREAM = 1001;
    private static final UUID ORIGIN = new UUID(21, 22);
    private static final long RUN = 7;

    @TempDir(factory = SharedMemory.class)
    Path directory;

    private final UnsafeBuffer frame = new UnsafeBuffer(new byte[256]);
    private final List<PipeBridge> halves = new ArrayList<>();
    private TestDriver driver;
    private Aeron aeron;
    private BridgeLink link;
    private Pipe pipe;
    private ExclusivePublication out;
    private Subscription in;

    // What the half said last.
    private long next;
    private boolean gap;

    @BeforeEach
    void connect() throws IOException {
        Path media = directory.resolve("aeron");
        driver = TestDriver.launch(media);
        aeron = TestDriver.client(media);
        link =
                BridgeLink.of(MESSAGES, CONFIRMATIONS)
                        .timeout(Duration.ofMillis(TestDriver.TIMEOUT_MILLIS))
                        .mediaDriver(media);
        PipeSpec spec = PipeSpec.bounded().senders(1).retainWithoutReceivers(true);
        pipe = Pipe.create(directory.resolve("pipe"), spec);
    }

    @AfterEach
    void disconnect() throws IOException {
        halves.forEach(PipeBridge::close);
        aeron.close();
        driver.close();
        Pipe.delete(pipe.path());
    }

    private void start(PipeBridge half) {
        halves.add(half);
        Background.run(half::run);
    }

    private void actAsSendingHalf() {
        in = aeron.addSubscription(CONFIRMATIONS, STREAM + 1);
        out = aeron.addExclusivePublication(MESSAGES, STREAM);
        start(PipeBridge.in(link, pipe));
    }

    /** Sends a frame with one message of one byte, its value the sequence. */
    private void sendMessage(long run, long sequence, boolean start) {
        int kind = BridgeFrame.MESSAGES | (start ? BridgeFrame.START : 0);
        BridgeFrame.putHeader(frame, 0, kind, 0, run, sequence, sequence * 16, ORIGIN);
        BridgeFrame.putCount(frame, 0, 1);
        frame.putInt(BridgeFrame.HEADER_LENGTH, 1);
        frame.putInt(BridgeFrame.HEADER_LENGTH + Integer.BYTES, 0);
        frame.putByte(BridgeFrame.HEADER_LENGTH + BridgeFrame.ENTRY_HEADER_LENGTH, (byte) sequence);
        int length = BridgeFrame.HEADER_LENGTH + BridgeFrame.entryLength(1);
        Soon.await(() -> out.offer(frame, 0, length) > 0, () -> "no room: " + out);
    }

    /** Waits until the half expects a sequence of a run, and may have missed one before. */
    private void awaitConfirmation(long run, long expected, boolean missing) {
        gap = false;
        next = 0;
        FragmentHandler handler =
                (buffer, offset, length, header) -> {
                    if (BridgeFrame.run(buffer, offset) == run) {
                        next = BridgeFrame.sequence(buffer, offset);
                        gap |= BridgeFrame.isFlagged(buffer, offset);
                    }
                };
        Soon.await(
                () -> {
                    in.poll(handler, 10);
                    return next >= expected && (gap || !missing);
                },
                () -> "expects " + next + (gap ? ", after a gap" : ""));
        assertEquals(expected, next);
    }

    private List<Integer> received() throws IOException {
        List<Integer> received = new ArrayList<>();
        try (PipeReceiver receiver = pipe.receiver()) {
            for (byte[] message = receiver.tryReceive();
                    message != null;
                    message = receiver.tryReceive()) {
                received.add((int) message[0]);
            }
        }
        return received;
    }

    @Test
    void aFrameBehindAGapIsNotTakenBeforeTheMissingOneHasCome() throws Exception {
        actAsSendingHalf();
        sendMessage(RUN, 1, true);
        awaitConfirmation(RUN, 2, false);
        sendMessage(RUN, 3, false);
        awaitConfirmation(RUN, 2, true);
        assertEquals(List.of(1), received());
        sendMessage(RUN, 2, true);
        sendMessage(RUN, 3, false);
        awaitConfirmation(RUN, 4, false);
        assertEquals(List.of(2, 3), received());
    }

    @Test
    void aRunBeginsWithItsStartOnly() throws Exception {
        actAsSendingHalf();
        sendMessage(RUN, 5, true); // This half was restarted: the other one has sent before.
        awaitConfirmation(RUN, 6, false);
        sendMessage(RUN + 1, 7, false); // The other one was: its first frame is missing.
        awaitConfirmation(RUN, 6, true);
        sendMessage(RUN + 1, 6, true);
        sendMessage(RUN + 1, 7, false);
        awaitConfirmation(RUN + 1, 8, false);
        assertEquals(List.of(5, 6, 7), received());
    }

    @Test
    void aStreamThatGoesOnAfterItsEndIsPassedOn() throws Exception {
        actAsSendingHalf();
        sendMessage(RUN, 1, true);
        BridgeFrame.putHeader(frame, 0, BridgeFrame.END, 0, RUN, 2, 0, ORIGIN);
        BridgeFrame.putCount(frame, 0, 1);
        Soon.await(() -> out.offer(frame, 0, BridgeFrame.HEADER_LENGTH) > 0, () -> out);
        awaitConfirmation(RUN, 3, false);
        try (PipeReceiver receiver = pipe.receiver()) {
            assertEquals(1, receiver.receive()[0]);
            assertNull(receiver.receive());
        }
        sendMessage(RUN + 1, 3, true); // The other half was killed before it knew, and goes on.
        awaitConfirmation(RUN + 1, 4, false);
        assertEquals(List.of(3), received());
    }

    @Test
    void whatComesAgainIsCut() throws Exception {
        actAsSendingHalf();
        sendMessage(RUN, 1, true);
        sendMessage(RUN, 2, false);
        sendMessage(RUN, 1, true); // In the same run, by its sequence.
        sendMessage(RUN, 2, false);
        awaitConfirmation(RUN, 3, false);
        sendMessage(RUN + 1, 2, true); // In another one, by its position.
        sendMessage(RUN + 1, 3, false);
        awaitConfirmation(RUN + 1, 4, false);
        assertEquals(List.of(1, 2, 3), received());
        assertEquals(3, halves.getFirst().statistics().repeated());
    }

    @Test
    void theSendingHalfBeginsAgainAtWhatIsMissing() throws Exception {
        out = aeron.addExclusivePublication(CONFIRMATIONS, STREAM + 1);
        in = aeron.addSubscription(MESSAGES, STREAM);
        try (PipeSender sender = pipe.sender()) {
            sender.send(new byte[1 << 13]); // Each has a frame of its own.
            sender.send(new byte[1 << 13]);
            start(PipeBridge.out(pipe, link));
            long run = expectFrames(0, 1, 2);
            confirm(run, 2, true);
            assertEquals(run, expectFrames(run, 2));
            assertEquals(2, pipe.statistics().messages()); // Both, since one is not confirmed.
            confirm(run, 3, false);
            Soon.await(
                    () -> halves.getFirst().statistics().messages() == 2,
                    () -> halves.getFirst().statistics());
        }
    }

    private void confirm(long run, long expected, boolean missing) {
        BridgeFrame.putConfirmation(frame, missing, run, expected, 99);
        Soon.await(
                () -> out.offer(frame, 0, BridgeFrame.CONFIRMATION_LENGTH) > 0,
                () -> "no room: " + out);
    }

    /** Waits for frames with these sequences, the first of which says START; returns the run. */
    private long expectFrames(long run, long... sequences) {
        List<Long> found = new ArrayList<>();
        long[] foundRun = {run};
        FragmentAssembler handler =
                new FragmentAssembler(
                        (buffer, offset, length, header) -> {
                            long sequence = BridgeFrame.sequence(buffer, offset);
                            boolean start = BridgeFrame.isFlagged(buffer, offset);
                            foundRun[0] = BridgeFrame.run(buffer, offset);
                            if (found.isEmpty() && (!start || sequence != sequences[0])) {
                                return; // What was repeated before the confirmation came.
                            }
                            assertEquals(found.isEmpty(), start, () -> sequence + ": " + found);
                            found.add(sequence);
                        });
        Soon.await(
                () -> {
                    in.poll(handler, 1);
                    return found.size() == sequences.length;
                },
                () -> found);
        for (int i = 0; i < sequences.length; i++) {
            assertEquals(sequences[i], found.get(i));
        }
        assertTrue(run == 0 || run == foundRun[0]);
        return foundRun[0];
    }
}
