package io.sluice.aeron;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.Node;
import io.sluice.node.NodeEndpoint;
import io.sluice.node.NodeParameters;
import io.sluice.wait.DrainMode;
import io.sluice.wait.Waiter;
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

/** A message to a node is delivered once, at whichever step the bridge dies. */
@Timeout(60)
class LinkLogTest {
    private static final UUID INBOX = new UUID(31, 32);

    @TempDir(factory = SharedMemory.class)
    Path directory;

    private Path file;
    private Node receiver;

    @BeforeEach
    void join() throws IOException {
        file = directory.resolve("orders.bridge0");
        receiver = Node.join(directory.resolve("names"), "orders");
    }

    @AfterEach
    void leave() {
        receiver.close();
    }

    /** The steps of delivering one message, each a process's last if it is killed after it. */
    private enum Step {
        NONE,
        INTENDED,
        SENT,
        DELIVERED
    }

    /** Returns what stands for a sender of the other machine. */
    private NodeEndpoint proxy(int lane) throws Exception {
        NodeParameters parameters =
                new NodeParameters(
                        64,
                        1 << 16,
                        null,
                        Waiter.DEFAULT_SPINS,
                        DrainMode.NONE,
                        false,
                        false,
                        false);
        return NodeEndpoint.join(directory.resolve("names"), "sender" + lane, parameters, 0);
    }

    /** Delivers messages of two lanes as a bridge does, up to a step of the last one. */
    private void deliver(int last, Step dies) throws Exception {
        try (NodeEndpoint even = proxy(0);
                NodeEndpoint odd = proxy(1);
                LinkLog log = LinkLog.open(file)) {
            log.from(INBOX);
            for (int message = 0; message <= last; message++) {
                NodeEndpoint sender = message % 2 == 0 ? even : odd;
                int lane = message % 2;
                long sent = sender.position("orders");
                Step until = message == last ? dies : Step.DELIVERED;
                if (log.isDelivered(lane, position(message), sent) || until == Step.NONE) {
                    continue;
                }
                log.intend(lane, position(message), sent);
                if (until.compareTo(Step.SENT) >= 0) {
                    byte[] bytes = {(byte) message};
                    assertTrue(sender.send("orders", bytes, null, 0, 1, -1));
                }
                if (until == Step.DELIVERED) {
                    log.decide(lane, true);
                }
            }
        }
    }

    /** Returns where a message ends in its lane. */
    private static long position(int message) {
        return (message / 2 + 1) * 32L;
    }

    private List<Integer> received() {
        List<Integer> received = new ArrayList<>();
        while (receiver.poll(
                        (message, memory, offset, length) ->
                                received.add((int) memory.get(ValueLayout.JAVA_BYTE, offset)),
                        1)
                > 0) {}
        received.sort(null); // Of two senders.
        return received;
    }

    @Test
    void whicheverStepIsTheLastEachMessageIsDeliveredOnce() throws Exception {
        int steps = 0;
        for (Step first : Step.values()) {
            for (Step second : Step.values()) {
                deliver(2, first);
                deliver(5, second); // Everything that was not confirmed comes again.
                deliver(7, Step.DELIVERED);
                assertEquals(
                        List.of(0, 1, 2, 3, 4, 5, 6, 7), received(), () -> first + ", " + second);
                Files.delete(file);
                steps++;
            }
        }
        assertEquals(16, steps);
    }

    @Test
    void whatWasNotSentIsNotDelivered() throws Exception {
        try (LinkLog log = LinkLog.open(file)) {
            log.from(INBOX);
            log.intend(3, 64, 1000);
            log.decide(3, false); // There was no room.
            assertFalse(log.isDelivered(3, 64, 2000));
            log.intend(3, 64, 2000);
            log.decide(3, true);
            assertTrue(log.isDelivered(3, 64, 2032));
            assertFalse(log.isDelivered(3, 96, 2032));
            assertFalse(log.isDelivered(4, 64, 2032));
        }
    }

    @Test
    void messagesOfAnotherInboxAreOthers() throws Exception {
        try (LinkLog log = LinkLog.open(file)) {
            log.from(INBOX);
            log.intend(0, 64, 0);
            log.from(INBOX);
            assertTrue(log.isDelivered(0, 64, 32));
            log.from(new UUID(31, 33));
            assertFalse(log.isDelivered(0, 64, 32));
        }
    }

    @Test
    void anotherFileIsRefused() throws Exception {
        Files.writeString(file, "the user's own file");
        IOException refused = assertThrows(IOException.class, () -> LinkLog.open(file).close());
        assertTrue(refused.getMessage().contains("not the log of a bridge"), refused::getMessage);
        assertTrue(Files.readString(file).startsWith("the user's own file"));
    }

    @Test
    void aLaneThatNoInboxHasIsRefused() throws Exception {
        try (LinkLog log = LinkLog.open(file)) {
            assertThrows(IllegalArgumentException.class, () -> log.isDelivered(4096, 0, 0));
            assertThrows(IllegalArgumentException.class, () -> log.intend(-1, 0, 0));
        }
    }
}
