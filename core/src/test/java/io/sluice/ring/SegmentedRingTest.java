package io.sluice.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.ChannelCorruptedException;
import io.sluice.ring.CrashableMemory.FaultInjector;
import io.sluice.ring.CrashableMemory.SimulatedCrash;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Corner cases of a segmented ring that are rarely reached by chance. */
class SegmentedRingTest {
    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final int SLOTS = 3;
    private static final int CAPACITY = 512;

    /** A message that fills a ring. */
    private static final byte[] MESSAGE = new byte[LaneDescriptor.maxPayloadLength(CAPACITY)];

    private final List<Integer> received = new ArrayList<>();
    private HeapSegments segments;

    private CrashableLane segmentedLane(boolean shared) {
        segments = new HeapSegments(SLOTS, CAPACITY);
        return new CrashableLane.CrashableSegmentedLane(segments, shared);
    }

    private static boolean send(LaneSender sender, int number) {
        MESSAGE[0] = (byte) number;
        return sender.tryWrite(MESSAGE, 0, MESSAGE.length);
    }

    private static int sendAll(LaneSender sender) {
        int count = 0;
        while (count <= SLOTS && send(sender, count)) {
            count++;
        }
        return count;
    }

    private int receive(LaneReceiver receiver, int limit) {
        return receiver.poll(
                (memory, offset, length) ->
                        received.add((int) memory.get(ValueLayout.JAVA_BYTE, offset)),
                limit);
    }

    private int receiveAll(LaneReceiver receiver) {
        int count = 0;
        for (int i = 0; i < 4 * SLOTS; i++) {
            count += receive(receiver, 1);
        }
        return count;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aPollWithLimitZeroLosesNothing(boolean shared) {
        CrashableLane chain = segmentedLane(shared);
        assertEquals(SLOTS, sendAll(chain.sender(new FaultInjector())));
        LaneReceiver receiver = chain.receiver(0, new FaultInjector());
        assertEquals(0, receive(receiver, 0));
        assertEquals(SLOTS, receiveAll(receiver));
    }

    /** A message is held while the others go on, until the table has only its own word left. */
    @Test
    void growsAgainWhenTheOldestIsReceivedAtLast() {
        CrashableLane chain = segmentedLane(true);
        LaneSender sender = chain.sender(new FaultInjector());
        LaneReceiver quick = chain.receiver(0, new FaultInjector());
        LaneReceiver slow = chain.receiver(1, new FaultInjector());
        assertTrue(send(sender, 0));
        slow.poll(
                (memory, offset, length) -> {
                    for (int i = 0; i < 4 * SLOTS; i++) {
                        sendAll(sender);
                        receiveAll(quick);
                    }
                    assertEquals(1, sendAll(sender), "the newest ring alone");
                    receiveAll(quick);
                },
                1);
        receiveAll(slow);
        receiveAll(quick);
        assertEquals(SLOTS, sendAll(sender));
    }

    /**
     * While a receiver looks for its start, the list grows: a message that another receiver message
     * slots from a newly linked ring must not be lost when that receiver dies.
     */
    @Test
    void pollsEverySegmentThatWasLinkedWhileItStarted() {
        boolean[] stopped = {true};
        for (int accesses = 0; stopped[0]; accesses++) {
            stopped[0] = false;
            received.clear();
            CrashableLane chain = segmentedLane(true);
            LaneSender sender = chain.sender(new FaultInjector());
            FaultInjector mortal = new FaultInjector();
            LaneReceiver other = chain.receiver(0, mortal);
            for (int i = 1; i <= SLOTS; i++) {
                assertTrue(send(sender, i));
            }
            assertEquals(2, receive(other, 1) + receive(other, 1));
            Runnable meanwhile =
                    () -> {
                        stopped[0] = true;
                        assertTrue(send(sender, 4));
                        assertEquals(1, receive(other, 1));
                        crashWithOne(other, mortal, () -> assertTrue(send(sender, 5)));
                    };
            FaultInjector faultInjector = new FaultInjector();
            faultInjector.pauseAfter(accesses, meanwhile);
            LaneReceiver late = chain.receiver(1, faultInjector);
            faultInjector.disarm();
            if (!stopped[0]) { // It took fewer accesses: last round.
                meanwhile.run();
                stopped[0] = false;
            }
            chain.recover(0, new FaultInjector(), true);
            receiveAll(late);
            received.sort(null);
            assertEquals(List.of(1, 2, 3, 4, 5), received, "stopped at access " + accesses);
        }
    }

    private static void crashWithOne(
            LaneReceiver receiver, FaultInjector faultInjector, Runnable before) {
        assertThrows(
                SimulatedCrash.class,
                () ->
                        receiver.poll(
                                (memory, offset, length) -> {
                                    before.run();
                                    faultInjector.crashAfter(0);
                                    throw new SimulatedCrash();
                                },
                                1));
    }

    /** Corrupt words with a far generation must not make an end walk through all between. */
    @ParameterizedTest
    @ValueSource(ints = {SegmentWordDescriptor.LIVE, SegmentWordDescriptor.DONE})
    void distantGenerationsAreNotIteratedOver(int state) {
        CrashableLane chain = segmentedLane(true);
        LaneSender sender = chain.sender(new FaultInjector());
        LaneReceiver receiver = chain.receiver(0, new FaultInjector());
        assertTrue(send(sender, 1));
        for (long far = 1L << 36; far < (1L << 36) + 4; far++) {
            boolean first = far == 1L << 36;
            segments.table.setLong(
                    far * SegmentWordDescriptor.LENGTH,
                    SegmentWordDescriptor.word(far, first ? 0 : 1, 0, state));
        }
        assertTimeoutPreemptively(
                DEADLINE,
                () -> {
                    try {
                        receiveAll(receiver);
                        receiver.hasNext();
                    } catch (ChannelCorruptedException e) {
                        assertTrue(e.getMessage().contains("no segment in the list"));
                    }
                });
    }
}
