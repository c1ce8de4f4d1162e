package io.sluice;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.memory.Memory;
import io.sluice.memory.RingMemory;
import io.sluice.pipe.PipeHandle;
import io.sluice.pipe.storage.HeapStorage;
import io.sluice.ring.LaneDescriptor;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A sender cannot send into a lane that a receiver has given up: it gets an exception. */
@Timeout(60)
class PoisonedLaneTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    static List<PipeSpec> specs() {
        PipeSpec grows = PipeSpec.unbounded(1 << 15, 4096).senders(2);
        PipeSpec bounded = PipeSpec.bounded(4096).senders(2);
        return List.of(
                bounded,
                bounded.receivers(2),
                bounded.order(Order.ARRIVAL),
                grows,
                grows.receivers(2),
                grows.order(Order.ARRIVAL),
                PipeSpec.rendezvous().senders(2));
    }

    private HeapStorage storage;
    private Pipe pipe;

    private void make(PipeSpec spec) {
        storage = new HeapStorage(spec.parameters().layout());
        pipe = new Pipe(new PipeHandle(storage));
    }

    private RingMemory lane(int index) throws Exception {
        return storage.openLane(index);
    }

    /** Fills the words of a lane that describe its messages. */
    private void fill(int index, long word) throws Exception {
        RingMemory lane = lane(index);
        RingMemory segment = lane.ring() == null ? lane.segments().map(0) : null;
        Memory ring = segment == null ? lane.ring() : segment.ring();
        Memory claims = segment == null ? lane.slotStates() : segment.slotStates();
        Memory words = claims == null ? ring : claims;
        for (long at = 0; at < 1024; at += Long.BYTES) {
            words.setLong(at, word);
        }
    }

    @ParameterizedTest
    @MethodSource("specs")
    void theNextSenderTakesAnotherOrIsRefused(PipeSpec spec) throws Exception {
        make(spec);
        PipeSender first = pipe.sender();
        PipeSender second = pipe.sender();
        try (PipeReceiver receiver = pipe.receiver()) {
            fill(0, -1);
            ChannelCorruptedException found =
                    assertThrows(
                            ChannelCorruptedException.class,
                            () -> {
                                while (receiver.tryReceive() == null) {
                                    Thread.onSpinWait();
                                }
                            });
            assertTrue(found.getMessage().contains("lane 0"), found::getMessage);
            first.close();
            fill(0, 0); // To a sender it looks new.
            ChannelCorruptedException refused =
                    assertThrows(ChannelCorruptedException.class, pipe::sender);
            assertTrue(refused.getMessage().contains("lane 0"), refused::getMessage);
            assertTrue(refused.getMessage().contains("made again"), refused::getMessage);
            second.close();
            try (PipeSender third = pipe.sender()) {
                byte[] message = {1, 2, 3};
                Thread task = Thread.ofPlatform().start(() -> trySend(third, message));
                assertArrayEquals(message, receiver.receive(LONG));
                assertTrue(task.join(LONG));
            }
            assertEquals(
                    List.of(true, false),
                    pipe.statistics().lanes().stream().map(PipeStatistics.Lane::poisoned).toList());
        }
    }

    private static void trySend(PipeSender sender, byte[] message) {
        try {
            sender.send(message, LONG);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A sender that waits for room publishes nothing, so it needs a check of its own. */
    @ParameterizedTest
    @MethodSource("specs")
    void aWaitingSenderGetsAnException(PipeSpec spec) throws Exception {
        make(spec);
        PipeSender sender = pipe.sender();
        pipe.receiver();
        while (sender.trySend(new byte[100])) {
            Thread.onSpinWait();
        }
        lane(0).control()
                .setLong(LaneDescriptor.NOTIFY_MODE_OFFSET, LaneDescriptor.NOTIFY_POISONED);
        ChannelCorruptedException told =
                assertThrows(
                        ChannelCorruptedException.class, () -> sender.send(new byte[100], LONG));
        assertTrue(told.getMessage().contains("lane 0"), told::getMessage);
    }
}
