package io.sluice.ring;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.memory.HeapMemory;
import io.sluice.memory.Memory;
import io.sluice.wait.FutexEvent;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The order of arrival, with senders that send between two checks of the receiver. */
class TimestampMergeReceiverTest {
    private static final int CAPACITY = 4096;
    private static final int LANES = 3;

    /** Lanes, and a step that runs right before one of them is checked. */
    private static final class InterceptedLanes implements PresentLanes {
        final BackingMemory.LaneMemory[] laneMemories = new BackingMemory.LaneMemory[LANES];
        final LaneSender[] senders = new LaneSender[LANES];
        final SpscRingReceiver[] receivers = new SpscRingReceiver[LANES];
        int interceptedLane = -1;
        Runnable step;

        InterceptedLanes(BackingMemory kind) {
            for (int i = 0; i < LANES; i++) {
                laneMemories[i] = kind.allocateLane(CAPACITY);
                senders[i] = new TimestampedLaneSender(laneMemories[i].sender());
                receivers[i] = laneMemories[i].receiver();
            }
        }

        void before(int lane, Runnable what) {
            interceptedLane = lane;
            step = what;
        }

        void send(int lane, int number) {
            assertTrue(senders[lane].tryWrite(new byte[] {(byte) number}, 0, 1));
        }

        @Override
        public int size() {
            return LANES;
        }

        @Override
        public LaneReceiver receiver(int index) {
            if (index == interceptedLane) {
                interceptedLane = -1;
                step.run();
            }
            return receivers[index];
        }

        @Override
        public Memory control(int index) {
            return laneMemories[index].control();
        }
    }

    private static TimestampMergeReceiver over(InterceptedLanes table) {
        Memory meta = new HeapMemory(4096);
        SharedBits ready = new SharedBits(meta, 0, LANES);
        for (int i = 0; i < LANES; i++) {
            ready.set(i);
        }
        FutexEvent[] futexEvents = {new FutexEvent(meta, 128)};
        return new TimestampMergeReceiver(
                table, new ReadySet(table, new Notifier(meta, 0, LANES, 64, futexEvents), 0, true));
    }

    private static List<Integer> receive(TimestampMergeReceiver lanes, int limit) {
        List<Integer> received = new ArrayList<>();
        lanes.poll((memory, at, length) -> received.add((int) memory.get(JAVA_BYTE, at)), limit);
        return received;
    }

    @ParameterizedTest
    @EnumSource
    void aMessageSentWhileOtherLanesArePolledComesFirst(BackingMemory kind) {
        InterceptedLanes table = new InterceptedLanes(kind);
        TimestampMergeReceiver lanes = over(table);
        table.before(
                2,
                () -> {
                    table.send(0, 1); // Lane 0 was empty when it was checked.
                    table.send(2, 2);
                });
        assertEquals(List.of(1, 2), receive(lanes, 10));
    }

    @ParameterizedTest
    @EnumSource
    void aMessageSentDuringTheSecondPassComesFirst(BackingMemory kind) {
        InterceptedLanes table = new InterceptedLanes(kind);
        TimestampMergeReceiver lanes = over(table);
        table.before(
                2,
                () -> {
                    table.send(0, 1);
                    table.send(1, 2);
                    table.send(2, 3);
                    // The second check finds lane 0's message; a fourth must wait for its turn.
                    table.before(1, () -> table.send(0, 4));
                });
        assertEquals(List.of(1, 2, 3, 4), receive(lanes, 10));
    }

    @ParameterizedTest
    @EnumSource
    void aLaterMessageOfAnEarlierLaneWaits(BackingMemory kind) {
        InterceptedLanes table = new InterceptedLanes(kind);
        TimestampMergeReceiver lanes = over(table);
        for (int i = 0; i < 30; i++) {
            table.send(7 * i % LANES, i);
        }
        List<Integer> received = receive(lanes, 11);
        received.addAll(receive(lanes, 100));
        for (int i = 0; i < 30; i++) {
            assertEquals(i, received.get(i));
        }
        assertEquals(30, received.size());
    }
}
