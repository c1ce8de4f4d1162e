package io.sluice.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.memory.Memory;
import io.sluice.ring.BackingMemory.LaneMemory;
import io.sluice.ring.BackingMemory.Received;
import io.sluice.ring.CrashableMemory.FaultInjector;
import io.sluice.ring.CrashableMemory.SimulatedCrash;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the next end finds after an end has died. */
class SpmcRingRecoveryTest {
    private static final int CAPACITY = 4096;

    private static boolean send(SpmcRingSender sender, int number) {
        return sender.tryWrite(NumberedMessage.of(number, 50), 0, 54);
    }

    /** Receives a message and dies in the handler. */
    private static void takeAndCrash(LaneMemory laneMemory, int owner) {
        FaultInjector faultInjector = new FaultInjector();
        SpmcRingReceiver receiver =
                new SpmcRingReceiver(
                        laneMemory.control(),
                        new CrashableMemory(laneMemory.slotStates(), faultInjector),
                        laneMemory.ring(),
                        owner);
        assertThrows(
                SimulatedCrash.class,
                () ->
                        receiver.poll(
                                (memory, offset, length) -> {
                                    faultInjector.crashAfter(0);
                                    throw new SimulatedCrash();
                                },
                                1));
    }

    private static List<String> drain(LaneMemory laneMemory, int owner) {
        List<String> seen = new ArrayList<>();
        SpmcRingReceiver receiver = laneMemory.spmcReceiver(owner);
        while (seen.size() < 1000
                && receiver.poll(
                                (memory, offset, length) ->
                                        seen.add(
                                                NumberedMessage.read(memory, offset, length)
                                                        + "/"
                                                        + receiver.deliveryAttempt()),
                                3)
                        > 0) {}
        return seen;
    }

    @ParameterizedTest
    @EnumSource
    void whatADeadReceiverHadTakenComesAgainAndIsMarked(BackingMemory backingMemory) {
        LaneMemory laneMemory = backingMemory.allocateLane(CAPACITY);
        SpmcRingSender sender = laneMemory.spmcSender();
        for (int i = 0; i < 4; i++) {
            send(sender, i);
        }
        takeAndCrash(laneMemory, 7);
        takeAndCrash(laneMemory, 8);
        assertEquals(List.of("2/0", "3/0"), drain(laneMemory, 1));
        assertEquals(1, SpmcRingRecovery.takenBy(laneMemory.slotStates(), 8));
        assertEquals(
                0,
                SpmcRingRecovery.recover(laneMemory.control(), laneMemory.slotStates(), 6, true));
        assertEquals(
                1,
                SpmcRingRecovery.recover(laneMemory.control(), laneMemory.slotStates(), 8, true));
        assertEquals(
                0,
                SpmcRingRecovery.recover(laneMemory.control(), laneMemory.slotStates(), 8, true));
        assertEquals(List.of("1/1"), drain(laneMemory, 1));
        assertEquals(
                1,
                SpmcRingRecovery.recover(laneMemory.control(), laneMemory.slotStates(), 7, true));
        assertEquals(List.of("0/1"), drain(laneMemory, 2));
    }

    @ParameterizedTest
    @EnumSource
    void messagesOfADeadReceiverAreDroppedIfConfigured(BackingMemory backingMemory) {
        LaneMemory laneMemory = backingMemory.allocateLane(CAPACITY);
        SpmcRingSender sender = laneMemory.spmcSender();
        int sent = 0;
        while (sent < 65 && send(sender, sent)) {
            sent++;
        }
        takeAndCrash(laneMemory, 7);
        assertFalse(send(sender, sent), "it is not dropped yet");
        assertEquals(
                1,
                SpmcRingRecovery.recover(laneMemory.control(), laneMemory.slotStates(), 7, false));
        assertTrue(send(sender, sent), "its space is free");
        assertEquals(sent, drain(laneMemory, 1).size());
        assertEquals(
                0,
                SpmcRingRecovery.recover(laneMemory.control(), laneMemory.slotStates(), 7, false));
    }

    @ParameterizedTest
    @EnumSource
    void attemptsAreCountedUpTo15(BackingMemory backingMemory) {
        LaneMemory laneMemory = backingMemory.allocateLane(CAPACITY);
        send(laneMemory.spmcSender(), 0);
        for (int i = 0; i < 20; i++) {
            takeAndCrash(laneMemory, i);
            assertEquals(
                    1,
                    SpmcRingRecovery.recover(
                            laneMemory.control(), laneMemory.slotStates(), i, true));
        }
        assertEquals(List.of("0/15"), drain(laneMemory, 1));
    }

    /** Two receivers die of the first message; the third finishes two, and dies of another. */
    @ParameterizedTest
    @EnumSource
    void aMessageDoesNotHaveTheAttemptsOfAnother(BackingMemory backingMemory) {
        LaneMemory laneMemory = backingMemory.allocateLane(CAPACITY);
        SpmcRingSender sender = laneMemory.spmcSender();
        for (int i = 0; i < 4; i++) {
            send(sender, i);
        }
        for (int owner = 7; owner < 9; owner++) {
            takeAndCrash(laneMemory, owner);
            SpmcRingRecovery.recover(laneMemory.control(), laneMemory.slotStates(), owner, true);
        }
        List<Integer> attempts = new ArrayList<>();
        SpmcRingReceiver third = laneMemory.spmcReceiver(9);
        assertEquals(2, third.poll((m, at, length) -> attempts.add(third.deliveryAttempt()), 2));
        assertEquals(List.of(2, 0), attempts);
        takeAndCrash(laneMemory, 9);
        SpmcRingRecovery.recover(laneMemory.control(), laneMemory.slotStates(), 9, true);
        assertEquals(List.of("2/1", "3/0"), drain(laneMemory, 1));
    }

    /**
     * Regression test for a bug found by the model checker: a hint that is not ahead must change
     * too.
     */
    @ParameterizedTest
    @EnumSource
    void aRecoveryBeginsANewEpochEvenIfTheHintIsNotBeyond(BackingMemory backingMemory) {
        LaneMemory laneMemory = backingMemory.allocateLane(CAPACITY);
        send(laneMemory.spmcSender(), 0);
        FaultInjector faultInjector = new FaultInjector();
        CrashableMemory control = new CrashableMemory(laneMemory.control(), faultInjector);
        CrashableMemory claims = new CrashableMemory(laneMemory.slotStates(), faultInjector);
        SpmcRingReceiver dying = new SpmcRingReceiver(control, claims, laneMemory.ring(), 1);
        faultInjector.crashAfter(5); // It has claimed the message, and has not moved the hint.
        assertThrows(SimulatedCrash.class, () -> dying.poll(new Received().handler, 1));
        long hint = laneMemory.control().getLong(LaneDescriptor.HINT_OFFSET);
        SpmcRingRecovery.recover(laneMemory.control(), laneMemory.slotStates(), 1, true);
        long after = laneMemory.control().getLong(LaneDescriptor.HINT_OFFSET);
        assertFalse(HintDescriptor.isSameEpoch(hint, after));
        assertEquals(List.of("0/1"), drain(laneMemory, 2));
    }

    /** After any mix of done, ready and taken messages, the next sender can fill the lane. */
    @ParameterizedTest
    @EnumSource
    void aSenderGoesOnWhateverHasBeenReceived(BackingMemory backingMemory) {
        for (int pattern = 0;
                pattern < 81;
                pattern += backingMemory == BackingMemory.MAPPED ? 7 : 1) {
            for (long start : new long[] {1, 62, SlotStateDescriptor.SEQUENCE_MASK - 1}) {
                LaneMemory laneMemory = backingMemory.allocateLane(CAPACITY);
                if (start > 1) {
                    laneMemory.fromSequence(start, (1L << 35) - 104);
                }
                SpmcRingSender first = laneMemory.spmcSender();
                for (int i = 0; i < 4; i++) {
                    send(first, i);
                }
                int sent = 4 - receive(laneMemory.slotStates(), start, pattern);
                SpmcRingSender second = laneMemory.spmcSender();
                while (sent < 65 && send(second, sent)) {
                    sent++;
                }
                SpmcRingRecovery.recover(laneMemory.control(), laneMemory.slotStates(), 9, true);
                List<String> seen = drain(laneMemory, 1);
                assertEquals(sent, seen.size(), () -> "received " + seen);
                second.verify();
                for (int i = 0; i < 64; i++) {
                    assertTrue(send(second, i), "all of it is free again");
                }
                assertFalse(send(second, 64));
            }
        }
    }

    /**
     * Sets each of four messages to done, ready or taken by the pattern's base-3 digits; returns
     * the number of those done.
     */
    private static int receive(Memory claims, long sequence, int pattern) {
        int done = 0;
        for (int i = 0; i < 4; i++, pattern /= 3) {
            long offset = (sequence + i) * SlotStateDescriptor.STRIDE;
            if (pattern % 3 == 0) {
                claims.setLong(offset, SlotStateDescriptor.done(sequence + i));
                done++;
            } else if (pattern % 3 == 2) {
                claims.setLong(offset, SlotStateDescriptor.taken(claims.getLong(offset), 9));
            }
        }
        return done;
    }

    /** The second and third message of a batch whose sender died before it stored the first. */
    @ParameterizedTest
    @EnumSource
    void aBatchThatIsNotPublishedIsNotReceivedAndIsRevertedByTheNextSender(
            BackingMemory backingMemory) {
        for (long sequence : new long[] {1, 3 * 64 - 1, (1L << 44) - 2}) {
            LaneMemory laneMemory = backingMemory.allocateLane(4096);
            if (sequence > 1) {
                laneMemory.fromSequence(sequence, 800);
            }
            SpmcRingSender sender = laneMemory.spmcSender();
            SpmcRingReceiver receiver = laneMemory.spmcReceiver(1);
            assertTrue(sender.tryWrite(new byte[8], 0, 8));
            assertEquals(1, receiver.poll((memory, at, length) -> {}, 10));
            long first = sender.sequence();
            assertTrue(sender.tryBatch(96));
            for (int i = 0; i < 3; i++) {
                assertTrue(sender.addToBatch(8) >= 0);
            }
            for (int i = 1; i < 3; i++) {
                laneMemory
                        .slotStates()
                        .setLong(
                                (first + i) * SlotStateDescriptor.STRIDE,
                                SlotBatch.ready(first + i, i));
            }
            assertEquals(
                    0, RingStats.ofSpmc(laneMemory.control(), laneMemory.slotStates()).messages());
            assertEquals(false, receiver.hasNext());
            assertEquals(0, receiver.poll((memory, at, length) -> {}, 10));
            receiver.verify();
            if (sequence > 1) { // One that looks from a lap before on finds the batch there first.
                long hint = first - 62 & SlotStateDescriptor.SEQUENCE_MASK;
                laneMemory.control().setLong(LaneDescriptor.HINT_OFFSET, hint);
            }
            SpmcRingRecovery.recover(laneMemory.control(), laneMemory.slotStates(), 2, true);
            assertEquals(0, laneMemory.spmcReceiver(2).poll((memory, at, length) -> {}, 10));
            SpmcRingSender next = laneMemory.spmcSender();
            assertEquals(
                    first & SlotStateDescriptor.SEQUENCE_MASK,
                    next.sequence() & SlotStateDescriptor.SEQUENCE_MASK);
            for (int i = 0; i < 100; i++) {
                assertTrue(next.tryWrite(new byte[8], 0, 8));
                assertEquals(1, receiver.poll((memory, at, length) -> {}, 10));
            }
            receiver.verify();
        }
    }
}
