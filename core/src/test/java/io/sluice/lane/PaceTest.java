package io.sluice.lane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.ChannelCorruptedException;
import io.sluice.MessageHandler;
import io.sluice.memory.HeapMemory;
import io.sluice.memory.Memory;
import io.sluice.waiting.Bell;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A receiver that has drained a batch checks for messages before it pauses, and pauses only if that
 * check found none: with one lane, and with several.
 */
class PaceTest {
    private static final String LOOK = "look";
    private static final String AWAY = "away";
    private static final MessageHandler IGNORE = (memory, offset, length) -> {};

    private final List<String> steps = new ArrayList<>();
    private final Lanes.Lane lane = Lanes.HEAP.make(4096);
    private final ExclusiveLaneSender sender = lane.sender();
    private final Memory ring =
            new Mortal(lane.ring(), new Mortal.Fate(), () -> steps.add(LOOK), () -> {});
    private Runnable whileAway = () -> {};

    private final class NotedPace extends Pace {
        NotedPace(EndState state, DrainMode mode) {
            super(state, mode);
        }

        @Override
        void stayAway() {
            steps.add(AWAY);
            super.stayAway();
            whileAway.run();
        }
    }

    private LaneReceiver receiver(boolean several, DrainMode mode) {
        EndState state = new EndState();
        Pace pace = new NotedPace(state, mode);
        if (!several) {
            return new ExclusiveLaneReceiver(lane.control(), ring, true, true, state, pace);
        }
        Memory meta = new HeapMemory(4096);
        SharedBits busy = new SharedBits(meta, 0, 1);
        SharedBits sleepers = new SharedBits(meta, 128, 1);
        LaneTable<?> table = table(lane.control(), ring);
        busy.set(0);
        return new FairLanes(
                table, new LaneWatch(table, busy, sleepers, new Bell[0], 0, false), state, pace);
    }

    private static LaneTable<?> table(Memory control, Memory ring) {
        LaneReceiver only = new ExclusiveLaneReceiver(control, ring, true, DrainMode.NONE);
        return new LaneTable<LaneReceiver>() {
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
            public ChannelCorruptedException giveUp(int index, Throwable cause) {
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

    private int timesAway() {
        return Collections.frequency(steps, AWAY);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatHasComeSinceTheLastBatchIsReceivedAtOnce(boolean several) {
        LaneReceiver receiver = drained(3, several, DrainMode.ADAPTIVE);
        send(2);
        assertEquals(2, receiver.poll(IGNORE, 100));
        assertEquals(0, timesAway());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theFirstLookAfterABatchIsMadeBeforeTheTimeAwayAndAnotherAfterIt(boolean several) {
        LaneReceiver receiver = drained(3, several, DrainMode.ADAPTIVE);
        whileAway = () -> send(1);
        assertEquals(1, receiver.poll(IGNORE, 100));
        assertEquals(List.of(LOOK, AWAY, LOOK), steps.subList(0, 3));
        assertEquals(1, timesAway());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whereTheTimeAwayBringsNothingThereIsNoOther(boolean several) {
        LaneReceiver receiver = drained(3, several, DrainMode.ADAPTIVE);
        assertEquals(0, receiver.poll(IGNORE, 100));
        assertEquals(0, receiver.poll(IGNORE, 100));
        assertEquals(1, timesAway());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatIsPreferredDecidesAfterWhichBatches(boolean several) {
        int[][] timesAway = {{0, 0}, {0, 1}, {1, 1}};
        for (DrainMode mode : DrainMode.values()) {
            for (int messages = 1; messages <= 2; messages++) {
                LaneReceiver receiver = drained(messages, several, mode);
                assertEquals(0, receiver.poll(IGNORE, 100));
                assertEquals(
                        timesAway[mode.ordinal()][messages - 1],
                        timesAway(),
                        mode + " after " + messages);
            }
        }
    }
}
