package io.sluice.lane;

import static io.sluice.lane.LaneDescriptor.ATTENTION_CORRUPT;
import static io.sluice.lane.LaneDescriptor.ATTENTION_GIVEN;
import static io.sluice.lane.LaneDescriptor.ATTENTION_NONE;
import static io.sluice.lane.LaneDescriptor.ATTENTION_OFFSET;
import static io.sluice.lane.LaneDescriptor.ATTENTION_WANTED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.ChannelCorruptedException;
import io.sluice.memory.HeapMemory;
import io.sluice.memory.Memory;
import io.sluice.waiting.Bell;
import org.junit.jupiter.api.Test;

/**
 * Notify modes: which end requests or enables them, how long they last, when no fence is needed.
 */
class DoorbellTest {
    private static final int LANES = 2;
    private static final int RECEIVERS = 2;
    private static final int QUIET = 3;

    private final Table table = new Table();
    private final Memory meta = new HeapMemory(4096);
    private final SharedBits busy = new SharedBits(meta, 0, LANES);
    private final SharedBits sleepers = new SharedBits(meta, 128, RECEIVERS);
    private final Bell[] bells = {new Bell(meta, 256), new Bell(meta, 384)};
    private final Doorbell[] doorbells = {doorbell(0), doorbell(1)};
    private final LaneWatch watch = watch(false);

    private final class Table implements LaneTable<ExclusiveLaneReceiver> {
        final Lanes.Lane[] lanes = {Lanes.HEAP.make(4096), Lanes.HEAP.make(4096)};
        final LaneSender[] senders = {lanes[0].sender(), lanes[1].sender()};
        final ExclusiveLaneReceiver[] receivers = {lanes[0].receiver(), lanes[1].receiver()};

        @Override
        public int size() {
            return LANES;
        }

        @Override
        public boolean exists(int index) {
            return true;
        }

        @Override
        public ExclusiveLaneReceiver receiver(int index) {
            return receivers[index];
        }

        @Override
        public Memory control(int index) {
            return lanes[index].control();
        }

        @Override
        public ChannelCorruptedException giveUp(int index, Throwable cause) {
            throw new AssertionError("lane " + index, cause);
        }
    }

    private LaneWatch watch(boolean exact) {
        return new LaneWatch(table, busy, sleepers, bells, 0, exact);
    }

    private Doorbell doorbell(int lane) {
        return new Doorbell(table.control(lane), lane, busy, sleepers, bells, QUIET);
    }

    private long attention(int lane) {
        return table.control(lane).getLong(ATTENTION_OFFSET);
    }

    private void attention(int lane, long value) {
        table.control(lane).setLong(ATTENTION_OFFSET, value);
    }

    private void send(int lane) {
        assertTrue(table.senders[lane].tryWrite(new byte[1], 0, 1));
    }

    /** Sends a message; returns whether a receiver may have had to be notified. */
    private boolean announce(int lane) {
        send(lane);
        return doorbells[lane].isWanted() && doorbells[lane].ring();
    }

    private boolean lieDown() {
        bells[0].arm();
        return watch.lieDown();
    }

    @Test
    void theFirstMessageOfASenderIsAnnounced() {
        assertEquals(ATTENTION_WANTED, attention(0));
        assertTrue(announce(0));
        assertEquals(0, busy.next(0));
    }

    @Test
    void whoWasAskedGivesAttentionUntilSoManyFoundNobodyAsleep() {
        assertTrue(announce(0));
        for (int i = 0; i < QUIET; i++) {
            assertEquals(ATTENTION_GIVEN, attention(0), "after " + i);
            assertFalse(announce(0), "nobody slept");
        }
        announce(0);
        assertEquals(ATTENTION_NONE, attention(0));
        assertFalse(doorbells[0].isWanted());
    }

    @Test
    void eachOneThatSleepsBeginsTheCountAnew() {
        announce(0);
        for (int i = 0; i < 5 * QUIET; i++) {
            lieDown();
            assertTrue(announce(0), "it slept");
            assertFalse(bells[0].isArmed(), "and is woken");
            assertEquals(ATTENTION_GIVEN, attention(0));
        }
    }

    @Test
    void whoFindsAttentionGivenByAllNeedsNoFence() {
        assertFalse(lieDown(), "two senders that nobody has asked yet");
        announce(0);
        assertFalse(lieDown(), "one sender does not give it");
        announce(1);
        assertTrue(lieDown());
        assertEquals(ATTENTION_GIVEN, attention(0));
        assertEquals(ATTENTION_GIVEN, attention(1));
        attention(0, ATTENTION_NONE);
        assertFalse(lieDown(), "the first of them does not give it any more");
        assertEquals(ATTENTION_WANTED, attention(0));
    }

    @Test
    void theMessageThatEndsAttentionWakesWhoFoundItGiven() {
        announce(0);
        announce(1);
        for (int i = 0; i < QUIET; i++) {
            announce(0);
        }
        assertTrue(lieDown());
        announce(0);
        assertEquals(ATTENTION_NONE, attention(0));
        assertFalse(bells[0].isArmed());
    }

    @Test
    void ifOthersStillSleepTheNextMessageIsAnnouncedToo() {
        announce(0);
        for (int i = 0; i < QUIET; i++) {
            announce(0);
        }
        bells[1].arm();
        sleepers.set(1);
        lieDown();
        announce(0);
        assertEquals(ATTENTION_WANTED, attention(0));
    }

    /** Empties a lane; returns how often it is found empty until it is deactivated. */
    private int visitsUntilTakenOff(LaneWatch watch, int lane) {
        while (table.receivers[lane].hasNext()) {
            table.receivers[lane].poll((memory, offset, length) -> {}, 10);
        }
        watch.served(lane);
        busy.set(lane);
        for (int visits = 0; visits < 10_000; visits++) {
            if (busy.next(lane) != lane) {
                return visits;
            }
            watch.empty(lane);
        }
        return Integer.MAX_VALUE;
    }

    @Test
    void aLaneThatIsTakenOffIsPutBackByTheNextMessage() {
        announce(0);
        assertEquals(1024, visitsUntilTakenOff(watch, 0));
        announce(0);
        assertEquals(0, busy.next(0));
        attention(1, ATTENTION_NONE);
        assertEquals(1024, visitsUntilTakenOff(watch, 1));
        assertEquals(ATTENTION_WANTED, attention(1));
        announce(1);
        assertEquals(1, busy.next(1));
    }

    /** Without a fence, the sender may publish without seeing the request to notify. */
    @Test
    void aMessageThatWasNotAnnouncedIsFoundAfterSomeTurns() {
        FairLanes lanes = new FairLanes(table, watch, DrainMode.NONE);
        attention(1, ATTENTION_NONE);
        visitsUntilTakenOff(watch, 1);
        attention(1, ATTENTION_NONE);
        announce(1);
        assertEquals(LANES, busy.next(1), "not announced");
        int turns = 0;
        while (lanes.poll((memory, offset, length) -> {}, 1) == 0 && turns < 1_000) {
            turns++;
        }
        assertTrue(turns < LANES * 64, () -> "not found");
    }

    @Test
    void whereTheOrderMattersALaneIsTakenOffOnlyWhileItsSenderGivesAttention() {
        LaneWatch exact = watch(true);
        attention(0, ATTENTION_NONE);
        assertEquals(Integer.MAX_VALUE, visitsUntilTakenOff(exact, 0));
        assertEquals(ATTENTION_WANTED, attention(0));
        announce(0);
        assertEquals(ATTENTION_GIVEN, attention(0));
        assertEquals(1024, visitsUntilTakenOff(exact, 0));
        announce(0);
        assertEquals(0, busy.next(0));
    }

    @Test
    void nobodyFencesForASenderThatHasLeft() {
        announce(0);
        assertFalse(lieDown());
        doorbells[1].close();
        assertTrue(lieDown());
        doorbells[1] = doorbell(1);
        assertFalse(lieDown(), "the next one has not been asked yet");
        attention(1, ATTENTION_CORRUPT);
        doorbells[1].close();
        assertEquals(ATTENTION_CORRUPT, attention(1));
    }

    @Test
    void aLaneThatWasGivenUpStaysSo() {
        announce(0);
        attention(0, ATTENTION_CORRUPT);
        assertThrows(ChannelCorruptedException.class, () -> announce(0));
        assertEquals(ATTENTION_CORRUPT, attention(0));
    }

    @Test
    void aNewSenderDoesNotTakeUpWhatWasGivenUp() {
        attention(0, ATTENTION_CORRUPT);
        Doorbell doorbell = doorbell(0);
        assertEquals(ATTENTION_CORRUPT, attention(0));
        assertThrows(ChannelCorruptedException.class, doorbell::ring);
        assertThrows(
                ChannelCorruptedException.class,
                () -> Doorbell.checkNotGivenUp(table.control(0), 0));
    }
}
