package io.sluice.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.ControlledMessageHandler.Action;
import io.sluice.PipePosition;
import io.sluice.Proof;
import io.sluice.ring.BroadcastHistory.Subscriber;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What the receivers of a broadcast lane get, step by step and in random histories. */
class BroadcastRingTest {
    private static final int LAPS = Proof.size(800, 3_000);
    private static final int HISTORIES = Proof.size(80, 300);

    private final Random random = new Random(7);

    private static BroadcastHistory fresh() {
        return new BroadcastHistory(new Random(2), false); // Its first number makes it used.
    }

    @Test
    void everyReceiverGetsEveryMessage() {
        BroadcastHistory history = fresh();
        Subscriber gated = history.join(false, PipePosition.NEWEST);
        Subscriber lossy = history.join(true, PipePosition.NEWEST);
        for (int i = 0; i < 1000; i++) {
            assertTrue(history.send(i % 90));
            assertEquals(1, gated.poll(10));
            assertEquals(1, lossy.poll(10));
        }
        assertEquals(1000, gated.next);
        assertEquals(1000, lossy.next);
        assertEquals(0, lossy.receiver.lostMessages());
    }

    @Test
    void theSlowestGatedReceiverLimitsTheSender() {
        BroadcastHistory history = fresh();
        Subscriber fast = history.join(false, PipePosition.NEWEST);
        Subscriber slow = history.join(false, PipePosition.NEWEST);
        history.join(true, PipePosition.NEWEST);
        int sent = 0;
        while (history.send(24)) {
            sent++;
            fast.poll(1);
        }
        assertTrue(sent > 90 && sent <= BroadcastHistory.CAPACITY / 40, "one ring: " + sent);
        assertEquals(1, history.sender.heldBy(), "the slow one is named");
        assertEquals(sent, slow.poll(1000));
        assertTrue(history.send(24));
    }

    @Test
    void withoutGatedReceiversTheSenderNeverWaits() {
        BroadcastHistory history = fresh();
        history.join(true, PipePosition.NEWEST);
        for (int i = 0; i < 2000; i++) {
            assertTrue(history.send(24));
        }
    }

    @Test
    void aReceiverThatLeavesOrIsDeadDoesNotLimitTheSender() {
        BroadcastHistory history = fresh();
        Subscriber leaving = history.join(false, PipePosition.NEWEST);
        Subscriber dead = history.join(false, PipePosition.NEWEST);
        while (history.send(24)) {}
        leaving.receiver.leave();
        assertFalse(history.send(24));
        history.recover(dead.index);
        assertTrue(history.send(24));
        assertEquals(-1, history.sender.heldBy());
    }

    /** The trap of clearing ahead: what was overwritten reads as zero, like an empty lane. */
    @Test
    void aLaneThatIsClearedWhereAReceiverIsDoesNotLookEmpty() {
        BroadcastHistory history = fresh();
        Subscriber lossy = history.join(true, PipePosition.NEWEST);
        boolean wasZero = false;
        for (int lap = 0; lap < 3 && !wasZero; lap++) {
            long place = lossy.receiver.position();
            for (int i = 0; i < 200 && !wasZero; i++) {
                history.send(20);
                wasZero = history.sent > 50 && history.lane.ring().getLong(place) == 0;
            }
        }
        assertTrue(wasZero, "the sender has cleared the receiver's place");
        assertTrue(lossy.receiver.hasNext(), "it is not empty");
        assertTrue(lossy.poll(1) > 0, "it goes on");
        assertTrue(lossy.receiver.lostMessages() > 0, "and has counted the gap");
        lossy.drain();
    }

    /** The other trap: records of all lengths have no boundary at a given place. */
    @Test
    void afterEachLapAReceiverFindsARecord() {
        BroadcastHistory history = fresh();
        Subscriber lossy = history.join(true, PipePosition.NEWEST);
        for (int lap = 0; lap < LAPS; lap++) {
            history.stream(random, 1 + random.nextInt(3 * BroadcastHistory.CAPACITY));
            lossy.poll(1 + random.nextInt(8));
        }
        assertTrue(lossy.receiver.lostMessages() > 1000);
        lossy.drain();
    }

    /** A boundary says in which lap it is, modulo 256: one that is found may be 256 laps newer. */
    @Test
    void aReceiverMayBeStoppedFor256LapsWhileItLooksForABoundary() {
        int lap = BroadcastHistory.CAPACITY / 32;
        for (int accesses = 0; accesses < 24; accesses++) {
            BroadcastHistory history = fresh();
            Subscriber lossy = history.join(true, PipePosition.NEWEST);
            send(history, 3 * lap); // The receiver's place is overwritten.
            history.faultInjector.pauseAfter(accesses, () -> send(history, 256 * lap - lap / 2));
            lossy.poll(1);
            history.faultInjector.disarm();
            send(history, 3 * lap);
            lossy.drain();
        }
    }

    /** Sends messages that take 32 bytes each. */
    private static void send(BroadcastHistory history, int messages) {
        for (int i = 0; i < messages; i++) {
            assertTrue(history.send(20));
        }
    }

    /** A word that stays in the table for all 256 laps that it can tell apart would be wrong. */
    @Test
    void blocksThatRecordsSkipHaveNoBoundary() {
        BroadcastHistory history = fresh();
        Subscriber lossy = history.join(true, PipePosition.NEWEST);
        long gap = 1520 - history.sender.position() & BroadcastHistory.CAPACITY - 1;
        for (; gap > 0; gap -= gap % 16 == 0 ? 16 : 24) {
            history.send(gap % 16 == 0 ? 4 : 12);
        }
        history.newSender(); // It notes a boundary at 1520, in the second block,
        history.send(524); // and ends at 2056. Then records of half a ring skip that block.
        for (int i = 0; i <= 2 * 256; i++) {
            history.send(2036);
        }
        lossy.drain();
    }

    @Test
    void aBatchThatGrowsLeavesABoundaryToItsSuccessor() {
        BroadcastHistory history = fresh();
        history.send(28);
        assertTrue(history.sender.tryBatch(40));
        int length = LaneDescriptor.maxBatchLength(BroadcastHistory.CAPACITY);
        assertTrue(history.sender.extendBatch(length - 40));
        long at = history.sender.addToBatch(length - 8);
        assertTrue(at >= 0);
        history.lane.ring().bytes().asSlice(at, length - 8).fill((byte) -1);
        history.lane.ring().afterWrite(at, length - 8); // It dies here.
        history.newSender();
        assertEquals(1, history.number(history.join(false, PipePosition.NEWEST).receiver.place()));
        history.settle(random);
    }

    @Test
    void theBytesOfAGapAreCountedExactly() {
        BroadcastHistory history = fresh();
        Subscriber lossy = history.join(true, PipePosition.NEWEST);
        for (int i = 0; i < 1000; i++) {
            assertTrue(history.send(28)); // 40 bytes each.
        }
        lossy.drain();
        assertTrue(lossy.receiver.lostMessages() > 800);
        assertEquals(40 * lossy.receiver.lostMessages(), lossy.receiver.lostBytes());
    }

    @Test
    void aReceiverThatJoinsLateBeginsWhereItWants() {
        BroadcastHistory history = fresh();
        Subscriber first = history.join(true, PipePosition.NEWEST);
        history.send(3);
        history.send(3);
        first.poll(1);
        PipePosition kept = first.receiver.place();
        history.send(3);
        assertEquals(3, history.join(false, PipePosition.NEWEST).next);
        assertEquals(0, history.join(false, PipePosition.OLDEST).next);
        Subscriber resumed = history.join(false, kept);
        assertEquals(1, resumed.next);
        assertEquals(0, resumed.receiver.lostMessages());
        history.settle(random);
    }

    @Test
    void aReceiverThatComesBackTooLateIsToldWhatItLost() {
        BroadcastHistory history = fresh();
        Subscriber first = history.join(true, PipePosition.NEWEST);
        history.send(3);
        first.poll(1);
        PipePosition kept = first.receiver.place();
        for (int i = 0; i < 1000; i++) {
            history.send(28);
        }
        Subscriber resumed = history.join(true, kept);
        assertEquals(resumed.next - 1, resumed.receiver.lostMessages());
        assertEquals(resumed.receiver.place().bytes() - kept.bytes(), resumed.receiver.lostBytes());
        resumed.drain();
    }

    @Test
    void aPositionOfAnotherPipeIsRefused() {
        BroadcastHistory history = fresh();
        Subscriber first = history.join(true, PipePosition.NEWEST);
        long begin = first.receiver.position();
        long count = first.receiver.place().messages();
        for (int i = 0; i < 10; i++) {
            history.send(28);
        }
        for (PipePosition wrong :
                List.of(
                        new PipePosition(begin + 8, count),
                        new PipePosition(begin + 40, count),
                        new PipePosition(begin + 400, count + 11),
                        new PipePosition(begin + 440, count + 11),
                        new PipePosition(begin + (1 << 20), count + 11))) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> history.join(false, wrong),
                    wrong.toString());
        }
        assertEquals(10, history.join(false, new PipePosition(begin + 400, count + 10)).next);
        for (int i = 0; i < 1000; i++) {
            history.subscribers.forEach(Subscriber::drain);
            assertTrue(history.send(28), "those that were refused do not limit the sender");
        }
    }

    @Test
    void anAbortedMessageComesAgain() {
        for (boolean lossy : new boolean[] {false, true}) {
            BroadcastHistory history = fresh();
            Subscriber subscriber = history.join(lossy, PipePosition.NEWEST);
            history.send(3);
            history.send(3);
            history.send(3);
            List<Integer> seen = new ArrayList<>();
            int count =
                    subscriber.receiver.controlledPoll(
                            new ControlledBatch()
                                    .start(
                                            (m, at, length) -> {
                                                seen.add(NumberedMessage.read(m, at, length));
                                                return seen.size() == 2
                                                        ? Action.ABORT
                                                        : Action.CONTINUE;
                                            }),
                            10);
            assertEquals(1, count);
            assertEquals(List.of(0, 1), seen);
            subscriber.next = 1;
            subscriber.drain();
        }
    }

    @Test
    void theSenderDemotesByDistance() {
        BroadcastHistory history = new BroadcastHistory(new Random(2), true);
        Subscriber near = history.join(false, PipePosition.NEWEST);
        Subscriber far = history.join(false, PipePosition.NEWEST);
        for (int i = 0; i < 1000; i++) {
            assertTrue(history.send(28), "the sender does not wait for the far one");
            near.poll(1);
        }
        assertTrue(near.receiver.isGated());
        assertFalse(far.receiver.isGated());
        assertEquals(0, near.receiver.lostMessages());
        far.drain();
        assertTrue(far.receiver.lostMessages() > 800);
        assertFalse(far.receiver.isGated(), "it stays so");
    }

    @Test
    void randomHistories() {
        for (int seed = 0; seed < HISTORIES; seed++) {
            Random history = new Random(seed);
            try {
                BroadcastHistory.random(history, seed % 4 == 3).settle(history);
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("history " + seed, e);
            }
        }
    }
}
