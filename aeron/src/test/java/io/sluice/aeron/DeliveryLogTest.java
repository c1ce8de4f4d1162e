package io.sluice.aeron;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.MessageHandler;
import io.sluice.Pipe;
import io.sluice.PipeReceiver;
import io.sluice.PipeSender;
import io.sluice.PipeSpec;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A message is delivered once, at whichever step its sender dies. */
@Timeout(60)
class DeliveryLogTest {
    private static final long HIGH = 11;
    private static final long LOW = 12;

    @TempDir Path directory;
    private Path file;
    private Pipe pipe;

    @BeforeEach
    void create() throws IOException {
        file = directory.resolve("pipe.bridge");
        pipe =
                Pipe.create(
                        directory.resolve("pipe"),
                        PipeSpec.bounded().senders(1).retainWithoutReceivers(true));
    }

    @AfterEach
    void delete() throws IOException {
        Pipe.delete(pipe.path());
    }

    /** The steps of delivering one message, each a process's last if it is killed after it. */
    private enum Step {
        NONE,
        INTENDED,
        SENT,
        DELIVERED
    }

    /** Delivers messages as the receiving half does, up to a step of the last one. */
    private void deliver(int first, int last, Step dies) throws IOException {
        try (PipeSender sender = pipe.sender();
                DeliveryLog log = DeliveryLog.open(file, pipe.id(), sender.position())) {
            log.from(HIGH, LOW);
            for (int message = first; message <= last; message++) {
                Step until = message == last ? dies : Step.DELIVERED;
                if (log.isDelivered(message % 2, position(message)) || until == Step.NONE) {
                    continue;
                }
                log.intend(message % 2, position(message), sender.position());
                if (until.compareTo(Step.SENT) >= 0) {
                    assertTrue(sender.trySend(new byte[] {(byte) message}));
                }
                if (until == Step.DELIVERED) {
                    log.deliver(message % 2, position(message));
                }
            }
        }
    }

    /** Returns where a message begins in its lane; the first one at 0. */
    private static long position(int message) {
        return message / 2 * 16L;
    }

    private List<Integer> received() throws IOException {
        List<Integer> received = new ArrayList<>();
        MessageHandler handler =
                (memory, offset, length) ->
                        received.add((int) memory.get(ValueLayout.JAVA_BYTE, offset));
        try (PipeReceiver receiver = pipe.receiver()) {
            while (receiver.poll(handler, 10) > 0) {}
        }
        return received;
    }

    @Test
    void whicheverStepIsTheLastEachMessageIsDeliveredOnce() throws IOException {
        int steps = 0;
        for (Step first : Step.values()) {
            for (Step second : Step.values()) {
                deliver(0, 2, first);
                deliver(0, 5, second); // Everything that was not confirmed comes again.
                deliver(0, 7, Step.DELIVERED);
                assertEquals(
                        List.of(0, 1, 2, 3, 4, 5, 6, 7), received(), () -> first + ", " + second);
                try (DeliveryLog log = DeliveryLog.open(file, pipe.id(), 0)) {
                    log.delete();
                }
                steps++;
            }
        }
        assertEquals(16, steps);
    }

    @Test
    void anIntentOfAnotherPipeIsForgotten() throws IOException {
        deliver(0, 1, Step.INTENDED);
        try (DeliveryLog log = DeliveryLog.open(file, UUID.randomUUID(), 1 << 20)) {
            log.from(HIGH, LOW);
            assertTrue(log.isDelivered(0, position(0)));
            assertFalse(log.isDelivered(1, position(1)));
        }
    }

    @Test
    void messagesOfAnotherPipeAreOthers() throws IOException {
        deliver(0, 3, Step.DELIVERED);
        try (DeliveryLog log = DeliveryLog.open(file, pipe.id(), 1 << 20)) {
            log.from(HIGH, LOW);
            assertTrue(log.isDelivered(1, position(3)));
            log.from(HIGH, LOW + 1);
            assertFalse(log.isDelivered(0, position(0)));
            assertFalse(log.isDelivered(1, position(3)));
        }
    }

    @Test
    void anotherFileIsRefused() throws IOException {
        Files.writeString(file, "the user's own file");
        IOException refused =
                assertThrows(IOException.class, () -> DeliveryLog.open(file, pipe.id(), 0).close());
        assertTrue(refused.getMessage().contains("not the log of a bridge"), refused::getMessage);
        assertTrue(Files.readString(file).startsWith("the user's own file"));
    }

    @Test
    void aLaneThatNoPipeHasIsRefused() throws IOException {
        try (DeliveryLog log = DeliveryLog.open(file, pipe.id(), 0)) {
            assertThrows(IllegalArgumentException.class, () -> log.deliver(4096, 0));
            assertThrows(IllegalArgumentException.class, () -> log.isDelivered(-1, 0));
        }
    }
}
