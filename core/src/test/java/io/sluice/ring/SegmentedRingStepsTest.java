package io.sluice.ring;

import static io.sluice.ring.NumberedMessage.read;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.ring.CrashableLane.CrashableSegmentedLane;
import io.sluice.ring.CrashableMemory.FaultInjector;
import io.sluice.ring.CrashableMemory.SimulatedCrash;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Steps of a segmented ring that the random histories of the crash tests do not distinguish. */
class SegmentedRingStepsTest {
    private static final int LENGTH = 56;
    private static final int RECORDS_PER_SEGMENT = 512 / 64 - 1;

    private static boolean send(LaneSender sender, int number) {
        byte[] message = NumberedMessage.of(number, LENGTH - NumberedMessage.MIN_LENGTH);
        return sender.tryWrite(message, 0, message.length);
    }

    private static List<Integer> poll(LaneReceiver receiver, int limit) {
        List<Integer> numbers = new ArrayList<>();
        receiver.poll((m, offset, length) -> numbers.add(read(m, offset, length)), limit);
        return numbers;
    }

    /** A receiver that moves to the next ring has checked the old one after it was sealed. */
    @Test
    void aReceiverThatPollsWhileItsSegmentIsSealedMissesNothing() {
        boolean stopped = true;
        for (int k = 0; stopped; k++) {
            CrashableSegmentedLane lane =
                    (CrashableSegmentedLane) CrashableLane.segmentedSpsc(new Random(1));
            LaneSender sender = lane.sender(new FaultInjector());
            FaultInjector faultInjector = new FaultInjector();
            LaneReceiver receiver = lane.receiver(0, faultInjector);
            int[] sent = new int[1];
            boolean[] meanwhile = new boolean[1];
            faultInjector.pauseAfter(
                    k,
                    () -> {
                        meanwhile[0] = true;
                        while (sent[0] < RECORDS_PER_SEGMENT + 2) {
                            assertTrue(send(sender, sent[0]++));
                        }
                    });
            boolean found = receiver.hasNext();
            faultInjector.disarm();
            stopped = meanwhile[0];
            assertTrue(!found || stopped, "nothing was sent");
            List<Integer> received = new ArrayList<>();
            drain(receiver, received);
            assertEquals(sent[0], received.size(), "stopped at access " + k);
        }
    }

    /** A slot that a receiver frees while the sender reuses it has exactly one owner. */
    @Test
    void aSenderThatGrowsWhileSpaceIsGivenBackWritesWhereThereIsSome() {
        boolean stopped = true;
        for (int k = 0; stopped; k++) {
            CrashableSegmentedLane lane =
                    (CrashableSegmentedLane) CrashableLane.segmentedSpsc(new Random(1));
            FaultInjector faultInjector = new FaultInjector();
            LaneSender sender = lane.sender(faultInjector);
            LaneReceiver receiver = lane.receiver(0, new FaultInjector());
            int sent = 0;
            while (send(sender, sent)) {
                sent++;
            }
            List<Integer> received = new ArrayList<>(poll(receiver, RECORDS_PER_SEGMENT));
            received.addAll(poll(receiver, 1)); // One ring is retired now.
            boolean[] meanwhile = new boolean[1];
            faultInjector.pauseAfter(
                    k,
                    () -> {
                        meanwhile[0] = true;
                        drain(receiver, received);
                    });
            assertTrue(send(sender, sent));
            faultInjector.disarm();
            stopped = meanwhile[0];
            for (sent++; sent < 200; sent++) {
                while (!send(sender, sent)) {
                    drain(receiver, received);
                }
            }
            drain(receiver, received);
            assertEquals(sent, received.size(), "stopped at access " + k);
        }
    }

    private static void drain(LaneReceiver receiver, List<Integer> received) {
        for (List<Integer> some = poll(receiver, 9); !some.isEmpty(); some = poll(receiver, 9)) {
            received.addAll(some);
        }
    }

    /** More rings than an end keeps mapped: it must not unmap the one that it uses. */
    @Test
    void manySegmentsWithInFlightMessagesBlockNoOther() {
        int rings = SegmentPool.MAX_MAPPED + 6;
        CrashableLane lane = new CrashableSegmentedLane(new HeapSegments(rings, 512), true, true);
        LaneSender sender = lane.sender(new FaultInjector());
        LaneReceiver receiver = lane.receiver(1000, new FaultInjector());
        List<Integer> received = new ArrayList<>();
        int sent = 0;
        for (int ring = 0; ring < rings; ring++) {
            for (int i = 0; i < 512 / LENGTH; i++) {
                assertTrue(send(sender, sent++));
            }
            takeOneAndCrash(lane, ring + 1);
            drain(receiver, received);
        }
        for (int i = 0; i < 3; i++) {
            assertTrue(!send(sender, sent), "each ring is held");
            drain(receiver, received);
        }
        for (int ring = 0; ring < rings; ring++) {
            lane.recover(ring + 1, new FaultInjector(), true);
        }
        drain(receiver, received);
        for (int i = 0; i < 100; i++) {
            assertTrue(send(sender, sent++));
            drain(receiver, received);
        }
        assertEquals(sent, received.size());
    }

    private static void takeOneAndCrash(CrashableLane lane, int owner) {
        FaultInjector faultInjector = new FaultInjector();
        try {
            lane.receiver(owner, faultInjector)
                    .poll(
                            (m, offset, length) -> {
                                faultInjector.crashAfter(0);
                                throw new SimulatedCrash();
                            },
                            1);
        } catch (SimulatedCrash e) {
            // Dead, holding the message.
        }
    }

    /** A message that another receiver had claimed and not finished is in a ring that was left. */
    @Test
    void aReceiverPollsASegmentThatItHasLeftAgain() {
        CrashableLane lane = CrashableLane.segmentedSpmc(new Random(1));
        LaneSender sender = lane.sender(new FaultInjector());
        LaneReceiver second = lane.receiver(2, new FaultInjector());
        for (int i = 0; i < 2 * RECORDS_PER_SEGMENT; i++) {
            assertTrue(send(sender, i));
        }
        takeOneAndCrash(lane, 1);
        assertEquals(
                2 * RECORDS_PER_SEGMENT - 1, poll(second, 100).size() + poll(second, 100).size());
        assertEquals(List.of(), poll(second, 1));
        lane.recover(1, new FaultInjector(), true);
        assertEquals(List.of(0), poll(second, 10));
        assertEquals(1, second.deliveryAttempt());
    }

    /** A slow handler does not block the sender, and its message is not overwritten. */
    @Test
    void aLongHandlerBlocksNoSenderThatDropsTheOldest() {
        for (int slots = 2; slots < 8; slots++) {
            for (int before : new int[] {0, 3, 7, 40}) {
                checkLongHandler(slots, before);
            }
        }
    }

    private static void checkLongHandler(int slots, int before) {
        CrashableLane lane = new CrashableSegmentedLane(new HeapSegments(slots, 512), true, true);
        LaneSender sender = lane.sender(new FaultInjector());
        LaneReceiver slow = lane.receiver(1, new FaultInjector());
        LaneReceiver other = lane.receiver(2, new FaultInjector());
        int sent = 0;
        while (sent <= before) {
            assertTrue(send(sender, sent++));
        }
        List<Integer> received = new ArrayList<>();
        int last = before + 500; // More generations than the table has words.
        slow.poll(
                (m, offset, length) -> {
                    int number = read(m, offset, length);
                    received.add(number);
                    for (int i = before + 1; i <= last; i++) {
                        assertTrue(send(sender, i), "held up with " + slots + " slots");
                        assertEquals(number, read(m, offset, length), "overwritten");
                        if (i == last / 2) {
                            received.addAll(poll(other, 3));
                        }
                    }
                },
                1);
        drain(slow, received);
        drain(other, received);
        String what = slots + " slots, " + before + " before: " + received;
        assertEquals(last + 1 - lane.dropped(), received.size(), what);
        assertEquals(received.stream().distinct().sorted().toList(), received, what);
        for (int i = 4; i < received.size(); i++) {
            assertEquals(last - received.size() + 1 + i, received.get(i), what);
        }
        for (int i = 1; i < 100; i++) {
            assertTrue(send(sender, last + i));
        }
    }
}
