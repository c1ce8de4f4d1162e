package io.sluice.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.ChannelCorruptedException;
import io.sluice.MessageHandler;
import io.sluice.memory.HeapMemory;
import io.sluice.memory.Memory;
import io.sluice.ring.LaneReceiver.LaneTable;
import io.sluice.wait.DrainMode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A receiver that has drained a batch checks for messages before it pauses, and pauses only if that
 * check found none: with one lane, and with several.
 */
class DrainBackoffTest {
    private static final String POLL = "look";
    private static final String PAUSE = "away";
    private static final MessageHandler IGNORE = (memory, offset, length) -> {};

    private final List<String> steps = new ArrayList<>();
    private final BackingMemory.LaneMemory laneMemory = BackingMemory.HEAP.allocateLane(4096);
    private final SpscRingSender sender = laneMemory.sender();
    private final Memory ring =
            new CrashableMemory(
                    laneMemory.ring(),
                    new CrashableMemory.FaultInjector(),
                    () -> steps.add(POLL),
                    () -> {});
    private Runnable duringPause = () -> {};

    private final class RecordingBackoff extends DrainBackoff {
        RecordingBackoff(Cursor state, DrainMode mode) {
            super(state, mode);
        }

        @Override
        void pause() {
            steps.add(PAUSE);
            super.pause();
            duringPause.run();
        }
    }

    private LaneReceiver receiver(boolean several, DrainMode mode) {
        Cursor state = new Cursor();
        DrainBackoff drainBackoff = new RecordingBackoff(state, mode);
        if (!several) {
            return new SpscRingReceiver(
                    laneMemory.control(), ring, true, true, state, drainBackoff);
        }
        Memory meta = new HeapMemory(4096);
        SharedBits busy = new SharedBits(meta, 0, 1);
        LaneTable table = table(laneMemory.control(), ring);
        busy.set(0);
        return new RoundRobinReceiver(
                table,
                new ReadySet(table, new Notifier(meta, 0, 1, 128), 0, false),
                state,
                drainBackoff);
    }

    private static LaneTable table(Memory control, Memory ring) {
        LaneReceiver only = new SpscRingReceiver(control, ring, true, DrainMode.NONE);
        return new LaneTable() {
            @Override
            public int size() {
                return 1;
            }

            @Override
            public boolean exists(int index) {
                return true;
            }

            @Override
            public LaneReceiver receiver(int index) {
                return only;
            }

            @Override
            public Memory control(int index) {
                return control;
            }

            @Override
            public ChannelCorruptedException poison(int index, Throwable cause) {
                throw new AssertionError("lane " + index, cause);
            }
        };
    }

    private void send(int messages) {
        for (int i = 0; i < messages; i++) {
            assertTrue(sender.tryWrite(new byte[1], 0, 1));
        }
    }

    /** Drains that many messages; the steps of the next poll are recorded. */
    private LaneReceiver drained(int messages, boolean several, DrainMode mode) {
        LaneReceiver receiver = receiver(several, mode);
        send(messages);
        assertEquals(messages, receiver.poll(IGNORE, 100));
        steps.clear();
        return receiver;
    }

    private int pauseCount() {
        return Collections.frequency(steps, PAUSE);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatHasComeSinceTheLastBatchIsReceivedAtOnce(boolean several) {
        LaneReceiver receiver = drained(3, several, DrainMode.ADAPTIVE);
        send(2);
        assertEquals(2, receiver.poll(IGNORE, 100));
        assertEquals(0, pauseCount());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theFirstPollAfterABatchPrecedesThePauseAndAnotherFollows(boolean several) {
        LaneReceiver receiver = drained(3, several, DrainMode.ADAPTIVE);
        duringPause = () -> send(1);
        assertEquals(1, receiver.poll(IGNORE, 100));
        assertEquals(List.of(POLL, PAUSE, POLL), steps.subList(0, 3));
        assertEquals(1, pauseCount());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aPauseWithoutMessagesIsNotRepeated(boolean several) {
        LaneReceiver receiver = drained(3, several, DrainMode.ADAPTIVE);
        assertEquals(0, receiver.poll(IGNORE, 100));
        assertEquals(0, receiver.poll(IGNORE, 100));
        assertEquals(1, pauseCount());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theDrainModeDecidesAfterWhichBatchesToPause(boolean several) {
        int[][] timesAway = {{0, 0}, {0, 1}, {1, 1}};
        for (DrainMode mode : DrainMode.values()) {
            for (int messages = 1; messages <= 2; messages++) {
                LaneReceiver receiver = drained(messages, several, mode);
                assertEquals(0, receiver.poll(IGNORE, 100));
                assertEquals(
                        timesAway[mode.ordinal()][messages - 1],
                        pauseCount(),
                        mode + " after " + messages);
            }
        }
    }
}
