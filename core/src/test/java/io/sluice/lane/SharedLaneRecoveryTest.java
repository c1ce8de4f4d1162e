package io.sluice.lane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.lane.Lanes.Lane;
import io.sluice.lane.Lanes.Received;
import io.sluice.lane.Mortal.Death;
import io.sluice.lane.Mortal.Fate;
import io.sluice.memory.Memory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the next end finds after an end has died. */
class SharedLaneRecoveryTest {
    private static final int CAPACITY = 4096;

    private static boolean send(SharedLaneSender sender, int number) {
        return sender.tryWrite(NumberedMessage.of(number, 50), 0, 54);
    }

    /** Receives a message and dies in the handler. */
    private static void takeAndDie(Lane lane, int owner) {
        Fate fate = new Fate();
        SharedLaneReceiver receiver =
                new SharedLaneReceiver(
                        lane.control(), new Mortal(lane.claims(), fate), lane.ring(), owner);
        assertThrows(
                Death.class,
                () ->
                        receiver.poll(
                                (memory, offset, length) -> {
                                    fate.dieAfter(0);
                                    throw new Death();
                                },
                                1));
    }

    private static List<String> drain(Lane lane, int owner) {
        List<String> seen = new ArrayList<>();
        SharedLaneReceiver receiver = lane.sharedReceiver(owner);
        while (seen.size() < 1000
                && receiver.poll(
                                (memory, offset, length) ->
                                        seen.add(
                                                NumberedMessage.read(memory, offset, length)
                                                        + "/"
                                                        + receiver.attempt()),
                                3)
                        > 0) {}
        return seen;
    }

    @ParameterizedTest
    @EnumSource
    void whatADeadReceiverHadTakenComesAgainAndIsMarked(Lanes lanes) {
        Lane lane = lanes.make(CAPACITY);
        SharedLaneSender sender = lane.sharedSender();
        for (int i = 0; i < 4; i++) {
            send(sender, i);
        }
        takeAndDie(lane, 7);
        takeAndDie(lane, 8);
        assertEquals(List.of("2/0", "3/0"), drain(lane, 1));
        assertEquals(1, SharedLaneRecovery.takenBy(lane.claims(), 8));
        assertEquals(0, SharedLaneRecovery.recover(lane.control(), lane.claims(), 6, true));
        assertEquals(1, SharedLaneRecovery.recover(lane.control(), lane.claims(), 8, true));
        assertEquals(0, SharedLaneRecovery.recover(lane.control(), lane.claims(), 8, true));
        assertEquals(List.of("1/1"), drain(lane, 1));
        assertEquals(1, SharedLaneRecovery.recover(lane.control(), lane.claims(), 7, true));
        assertEquals(List.of("0/1"), drain(lane, 2));
    }

    @ParameterizedTest
    @EnumSource
    void whatADeadReceiverHadTakenIsDroppedIfSaidSo(Lanes lanes) {
        Lane lane = lanes.make(CAPACITY);
        SharedLaneSender sender = lane.sharedSender();
        int sent = 0;
        while (sent < 65 && send(sender, sent)) {
            sent++;
        }
        takeAndDie(lane, 7);
        assertFalse(send(sender, sent), "it is not dropped yet");
        assertEquals(1, SharedLaneRecovery.recover(lane.control(), lane.claims(), 7, false));
        assertTrue(send(sender, sent), "its space is free");
        assertEquals(sent, drain(lane, 1).size());
        assertEquals(0, SharedLaneRecovery.recover(lane.control(), lane.claims(), 7, false));
    }

    @ParameterizedTest
    @EnumSource
    void attemptsAreCountedUpTo15(Lanes lanes) {
        Lane lane = lanes.make(CAPACITY);
        send(lane.sharedSender(), 0);
        for (int i = 0; i < 20; i++) {
            takeAndDie(lane, i);
            assertEquals(1, SharedLaneRecovery.recover(lane.control(), lane.claims(), i, true));
        }
        assertEquals(List.of("0/15"), drain(lane, 1));
    }

    /** Two receivers die of the first message; the third finishes two, and dies of another. */
    @ParameterizedTest
    @EnumSource
    void aMessageDoesNotHaveTheAttemptsOfAnother(Lanes lanes) {
        Lane lane = lanes.make(CAPACITY);
        SharedLaneSender sender = lane.sharedSender();
        for (int i = 0; i < 4; i++) {
            send(sender, i);
        }
        for (int owner = 7; owner < 9; owner++) {
            takeAndDie(lane, owner);
            SharedLaneRecovery.recover(lane.control(), lane.claims(), owner, true);
        }
        List<Integer> attempts = new ArrayList<>();
        SharedLaneReceiver third = lane.sharedReceiver(9);
        assertEquals(2, third.poll((m, at, length) -> attempts.add(third.attempt()), 2));
        assertEquals(List.of(2, 0), attempts);
        takeAndDie(lane, 9);
        SharedLaneRecovery.recover(lane.control(), lane.claims(), 9, true);
        assertEquals(List.of("2/1", "3/0"), drain(lane, 1));
    }

    /**
     * Regression test for a bug found by the model checker: a hint that is not ahead must change
     * too.
     */
    @ParameterizedTest
    @EnumSource
    void aRecoveryBeginsANewEpochEvenIfTheHintIsNotBeyond(Lanes lanes) {
        Lane lane = lanes.make(CAPACITY);
        send(lane.sharedSender(), 0);
        Fate fate = new Fate();
        Mortal control = new Mortal(lane.control(), fate);
        Mortal claims = new Mortal(lane.claims(), fate);
        SharedLaneReceiver dying = new SharedLaneReceiver(control, claims, lane.ring(), 1);
        fate.dieAfter(5); // It has claimed the message, and has not moved the hint.
        assertThrows(Death.class, () -> dying.poll(new Received().handler, 1));
        long hint = lane.control().getLong(LaneDescriptor.HINT_OFFSET);
        SharedLaneRecovery.recover(lane.control(), lane.claims(), 1, true);
        long after = lane.control().getLong(LaneDescriptor.HINT_OFFSET);
        assertFalse(HintDescriptor.isSameEpoch(hint, after));
        assertEquals(List.of("0/1"), drain(lane, 2));
    }

    /** After any mix of done, ready and taken messages, the next sender can fill the lane. */
    @ParameterizedTest
    @EnumSource
    void aSenderGoesOnWhateverHasBeenReceived(Lanes lanes) {
        for (int pattern = 0; pattern < 81; pattern += lanes == Lanes.MAPPED ? 7 : 1) {
            for (long start : new long[] {1, 62, ClaimWordDescriptor.SEQUENCE_MASK - 1}) {
                Lane lane = lanes.make(CAPACITY);
                if (start > 1) {
                    lane.fromSequence(start, (1L << 35) - 104);
                }
                SharedLaneSender first = lane.sharedSender();
                for (int i = 0; i < 4; i++) {
                    send(first, i);
                }
                int sent = 4 - receive(lane.claims(), start, pattern);
                SharedLaneSender second = lane.sharedSender();
                while (sent < 65 && send(second, sent)) {
                    sent++;
                }
                SharedLaneRecovery.recover(lane.control(), lane.claims(), 9, true);
                List<String> seen = drain(lane, 1);
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
            long offset = (sequence + i) * ClaimWordDescriptor.STRIDE;
            if (pattern % 3 == 0) {
                claims.setLong(offset, ClaimWordDescriptor.done(sequence + i));
                done++;
            } else if (pattern % 3 == 2) {
                claims.setLong(offset, ClaimWordDescriptor.taken(claims.getLong(offset), 9));
            }
        }
        return done;
    }
}
