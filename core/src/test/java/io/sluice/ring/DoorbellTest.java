package io.sluice.ring;

import static io.sluice.ring.LaneDescriptor.NOTIFY_ALWAYS;
import static io.sluice.ring.LaneDescriptor.NOTIFY_MODE_OFFSET;
import static io.sluice.ring.LaneDescriptor.NOTIFY_OFF;
import static io.sluice.ring.LaneDescriptor.NOTIFY_ONCE;
import static io.sluice.ring.LaneDescriptor.NOTIFY_POISONED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.ChannelCorruptedException;
import io.sluice.memory.HeapMemory;
import io.sluice.memory.Memory;
import io.sluice.wait.DrainMode;
import io.sluice.wait.FutexEvent;
import org.junit.jupiter.api.Test;

/**
 * Notify modes: which end requests or enables them, how long they last, when no fence is needed.
 */
class DoorbellTest {
    private static final int LANES = 2;
    private static final int RECEIVERS = 2;
    private static final int UNNEEDED_LIMIT = 3;

    private final TwoLanes table = new TwoLanes();
    private final Memory meta = new HeapMemory(4096);
    private final SharedBits ready = new SharedBits(meta, 0, LANES);
    private final SharedBits waiters = new SharedBits(meta, 128, RECEIVERS);
    private final FutexEvent[] events = {new FutexEvent(meta, 256), new FutexEvent(meta, 384)};
    private final Notifier notifier = new Notifier(meta, 0, LANES, 128, events);
    private final Doorbell[] doorbells = {doorbell(0), doorbell(1)};
    private final ReadySet readySet = readySet(false);

    private final class TwoLanes implements PresentLanes {
        final BackingMemory.LaneMemory[] laneMemories = {
            BackingMemory.HEAP.allocateLane(4096), BackingMemory.HEAP.allocateLane(4096)
        };
        final LaneSender[] senders = {laneMemories[0].sender(), laneMemories[1].sender()};
        final SpscRingReceiver[] receivers = {
            laneMemories[0].receiver(), laneMemories[1].receiver()
        };

        @Override
        public int size() {
            return LANES;
        }

        @Override
        public SpscRingReceiver receiver(int index) {
            return receivers[index];
        }

        @Override
        public Memory control(int index) {
            return laneMemories[index].control();
        }
    }

    private ReadySet readySet(boolean exact) {
        return new ReadySet(table, notifier, 0, exact);
    }

    private Doorbell doorbell(int lane) {
        return new Doorbell(table.control(lane), lane, notifier, UNNEEDED_LIMIT);
    }

    private long notifyMode(int lane) {
        return table.control(lane).getLong(NOTIFY_MODE_OFFSET);
    }

    private void notifyMode(int lane, long value) {
        table.control(lane).setLong(NOTIFY_MODE_OFFSET, value);
    }

    private void send(int lane) {
        assertTrue(table.senders[lane].tryWrite(new byte[1], 0, 1));
    }

    /** Sends a message; returns whether a receiver may have had to be notified. */
    private boolean announce(int lane) {
        send(lane);
        return doorbells[lane].needsNotify() && doorbells[lane].ring();
    }

    private boolean enqueue() {
        events[0].prepareWait();
        return readySet.beforeWait();
    }

    @Test
    void theFirstMessageOfASenderIsAnnounced() {
        assertEquals(NOTIFY_ONCE, notifyMode(0));
        assertTrue(announce(0));
        assertEquals(0, ready.nextSetBit(0));
    }

    @Test
    void aRequestedSenderNotifiesAlwaysUntilSoManyMessagesFoundNoWaiter() {
        assertTrue(announce(0));
        for (int i = 0; i < UNNEEDED_LIMIT; i++) {
            assertEquals(NOTIFY_ALWAYS, notifyMode(0), "after " + i);
            assertFalse(announce(0), "no receiver waited");
        }
        announce(0);
        assertEquals(NOTIFY_OFF, notifyMode(0));
        assertFalse(doorbells[0].needsNotify());
    }

    @Test
    void eachWaiterResetsTheCount() {
        announce(0);
        for (int i = 0; i < 5 * UNNEEDED_LIMIT; i++) {
            enqueue();
            assertTrue(announce(0), "it slept");
            assertFalse(events[0].isArmed(), "and is woken");
            assertEquals(NOTIFY_ALWAYS, notifyMode(0));
        }
    }

    @Test
    void aReceiverNeedsNoFenceIfAllSendersNotifyAlways() {
        assertFalse(enqueue(), "no notification was requested of the two senders");
        announce(0);
        assertFalse(enqueue(), "one sender does not give it");
        announce(1);
        assertTrue(enqueue());
        assertEquals(NOTIFY_ALWAYS, notifyMode(0));
        assertEquals(NOTIFY_ALWAYS, notifyMode(1));
        notifyMode(0, NOTIFY_OFF);
        assertFalse(enqueue(), "the first of them does not give it any more");
        assertEquals(NOTIFY_ONCE, notifyMode(0));
    }

    @Test
    void theMessageThatLeavesNotifyAlwaysWakesAReceiverThatReliedOnIt() {
        announce(0);
        announce(1);
        for (int i = 0; i < UNNEEDED_LIMIT; i++) {
            announce(0);
        }
        assertTrue(enqueue());
        announce(0);
        assertEquals(NOTIFY_OFF, notifyMode(0));
        assertFalse(events[0].isArmed());
    }

    @Test
    void ifOtherReceiversStillWaitTheNextMessageIsAnnouncedToo() {
        announce(0);
        for (int i = 0; i < UNNEEDED_LIMIT; i++) {
            announce(0);
        }
        events[1].prepareWait();
        waiters.set(1);
        enqueue();
        announce(0);
        assertEquals(NOTIFY_ONCE, notifyMode(0));
    }

    /** Empties a lane; returns how often it is found empty until it is deactivated. */
    private int pollsUntilDeactivated(ReadySet watch, int lane) {
        while (table.receivers[lane].hasNext()) {
            table.receivers[lane].poll((memory, offset, length) -> {}, 10);
        }
        watch.recordMessage(lane);
        ready.set(lane);
        for (int visits = 0; visits < 10_000; visits++) {
            if (ready.nextSetBit(lane) != lane) {
                return visits;
            }
            watch.recordEmpty(lane);
        }
        return Integer.MAX_VALUE;
    }

    @Test
    void aDeactivatedLaneIsReactivatedByTheNextMessage() {
        announce(0);
        assertEquals(1024, pollsUntilDeactivated(readySet, 0));
        announce(0);
        assertEquals(0, ready.nextSetBit(0));
        notifyMode(1, NOTIFY_OFF);
        assertEquals(1024, pollsUntilDeactivated(readySet, 1));
        assertEquals(NOTIFY_ONCE, notifyMode(1));
        announce(1);
        assertEquals(1, ready.nextSetBit(1));
    }

    /** Without a fence, the sender may publish without seeing the request to notify. */
    @Test
    void aMessageThatWasNotAnnouncedIsFoundAfterSomeTurns() {
        RoundRobinReceiver lanes = new RoundRobinReceiver(table, readySet, DrainMode.NONE);
        notifyMode(1, NOTIFY_OFF);
        pollsUntilDeactivated(readySet, 1);
        notifyMode(1, NOTIFY_OFF);
        announce(1);
        assertEquals(LANES, ready.nextSetBit(1), "not announced");
        int turns = 0;
        while (lanes.poll((memory, offset, length) -> {}, 1) == 0 && turns < 1_000) {
            turns++;
        }
        assertTrue(turns < LANES * 64, () -> "not found");
    }

    @Test
    void anExactReadySetDeactivatesALaneOnlyWhileItsSenderNotifiesAlways() {
        ReadySet exact = readySet(true);
        notifyMode(0, NOTIFY_OFF);
        assertEquals(Integer.MAX_VALUE, pollsUntilDeactivated(exact, 0));
        assertEquals(NOTIFY_ONCE, notifyMode(0));
        announce(0);
        assertEquals(NOTIFY_ALWAYS, notifyMode(0));
        assertEquals(1024, pollsUntilDeactivated(exact, 0));
        announce(0);
        assertEquals(0, ready.nextSetBit(0));
    }

    @Test
    void noReceiverFencesForASenderThatHasLeft() {
        announce(0);
        assertFalse(enqueue());
        doorbells[1].close();
        assertTrue(enqueue());
        doorbells[1] = doorbell(1);
        assertFalse(enqueue(), "the next one has not been asked yet");
        notifyMode(1, NOTIFY_POISONED);
        doorbells[1].close();
        assertEquals(NOTIFY_POISONED, notifyMode(1));
    }

    @Test
    void aPoisonedLaneStaysPoisoned() {
        announce(0);
        notifyMode(0, NOTIFY_POISONED);
        assertThrows(ChannelCorruptedException.class, () -> announce(0));
        assertEquals(NOTIFY_POISONED, notifyMode(0));
    }

    @Test
    void aNewSenderDoesNotUseAPoisonedLane() {
        notifyMode(0, NOTIFY_POISONED);
        Doorbell doorbell = doorbell(0);
        assertEquals(NOTIFY_POISONED, notifyMode(0));
        assertThrows(ChannelCorruptedException.class, doorbell::ring);
        assertThrows(
                ChannelCorruptedException.class,
                () -> Doorbell.checkNotPoisoned(table.control(0), 0));
    }
}
