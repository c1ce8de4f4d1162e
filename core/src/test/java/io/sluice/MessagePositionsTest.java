package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A message is identified by its lane and its position there, and so is what a sender has sent. */
@Timeout(60)
class MessagePositionsTest {
    private static final List<PipeSpec> WITH_POSITIONS =
            List.of(
                    PipeSpec.bounded(4096).senders(1),
                    PipeSpec.bounded(4096).senders(3),
                    PipeSpec.unbounded(1 << 17, 4096).senders(1),
                    PipeSpec.unbounded(1 << 17, 4096).senders(3));

    /** Receives all, and returns the positions of each lane, in order. */
    private static Map<Integer, List<Long>> positions(PipeReceiver receiver, int limit) {
        Map<Integer, List<Long>> positions = new HashMap<>();
        BatchHandler handler =
                batch -> {
                    while (batch.next()) {
                        positions
                                .computeIfAbsent(batch.lane(), lane -> new ArrayList<>())
                                .add(batch.position());
                    }
                };
        while (receiver.pollBatch(handler, limit) > 0) {}
        return positions;
    }

    @Test
    void theSendersPositionsAreThoseOfItsMessages() throws IOException {
        for (PipeSpec spec : WITH_POSITIONS) {
            try (Pipe pipe = Pipe.anonymous(spec);
                    PipeReceiver receiver = pipe.receiver()) {
                assertTrue(pipe.hasPositions());
                List<PipeSender> senders = new ArrayList<>();
                for (int i = 0; i < pipe.maxSenders(); i++) {
                    senders.add(pipe.sender());
                }
                for (int lap = 0; lap < 40; lap++) { // Several times round the ring.
                    Map<Integer, List<Long>> sent = new HashMap<>();
                    for (int lane = 0; lane < senders.size(); lane++) {
                        List<Long> positions = new ArrayList<>();
                        for (int i = 0; i < 7; i++) {
                            positions.add(senders.get(lane).position());
                            assertTrue(senders.get(lane).trySend(new byte[(i * 31 + lane) % 90]));
                        }
                        sent.put(lane, positions);
                    }
                    assertEquals(sent, positions(receiver, 1 + lap % 9), spec::toString);
                }
                senders.forEach(PipeSender::close);
            }
        }
    }

    @Test
    void aLaterSenderOfALaneContinuesItsPositions() throws IOException {
        for (PipeSpec spec : WITH_POSITIONS) {
            try (Pipe pipe = Pipe.anonymous(spec);
                    PipeReceiver receiver = pipe.receiver()) {
                long before = 0;
                for (int i = 0; i < 5; i++) {
                    try (PipeSender sender = pipe.sender()) {
                        assertEquals(before, sender.position());
                        sender.tryClaim(100).abort(); // Changes nothing.
                        assertEquals(before, sender.position());
                        assertTrue(sender.trySend(new byte[20]));
                        assertEquals(List.of(before), positions(receiver, 5).get(0));
                        before = sender.position();
                        assertEquals(32 * (i + 1), before);
                    }
                }
                PipeSender closed = pipe.sender();
                closed.close();
                assertThrows(IllegalStateException.class, closed::position);
            }
        }
    }

    @Test
    void otherPipesHaveNoPositions() throws IOException {
        List<PipeSpec> others =
                List.of(
                        PipeSpec.bounded(4096).receivers(2),
                        PipeSpec.bounded(4096).order(Order.ARRIVAL),
                        PipeSpec.unbounded(1 << 17, 4096).overflow(OverflowPolicy.DROP_OLDEST),
                        PipeSpec.broadcast(4096));
        for (PipeSpec spec : others) {
            try (Pipe pipe = Pipe.anonymous(spec);
                    PipeReceiver receiver = pipe.receiver();
                    PipeSender sender = pipe.sender()) {
                assertFalse(pipe.hasPositions(), spec::toString);
                sender.trySend(new byte[8]);
                assertEquals(Map.of(0, List.of(-1L)), positions(receiver, 5), spec::toString);
            }
        }
        try (Pipe pipe = Pipe.anonymous(PipeSpec.rendezvous());
                PipeSender sender = pipe.sender()) {
            assertFalse(pipe.hasPositions());
            assertThrows(UnsupportedOperationException.class, sender::position);
        }
    }

    @Test
    void aPipeKnowsItsEndsAndHasAnIdentity() throws IOException {
        try (Pipe pipe = Pipe.anonymous(PipeSpec.bounded(4096).senders(3).receivers(2));
                Pipe same = Pipe.open(pipe.path());
                Pipe other = Pipe.anonymous(PipeSpec.bounded(4096).senders(1))) {
            assertEquals(3, pipe.maxSenders());
            assertEquals(2, pipe.maxReceivers());
            assertEquals(1, other.maxSenders());
            assertEquals(1, other.maxReceivers());
            assertEquals(pipe.id(), same.id());
            assertNotEquals(pipe.id(), other.id());
        }
    }
}
