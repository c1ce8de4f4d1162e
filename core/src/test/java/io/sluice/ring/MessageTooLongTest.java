package io.sluice.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.ring.BackingMemory.LaneMemory;
import io.sluice.ring.BackingMemory.Received;
import io.sluice.ring.CrashableMemory.FaultInjector;
import io.sluice.ring.LaneReceiver.MessageTooLongException;
import org.junit.jupiter.api.Test;

/**
 * A receiver with too little room is stopped between reading a message and its length, while
 * another receives that message, and longer ones are sent and received in its place.
 */
class MessageTooLongTest {
    private static final int SHORT = 8;
    private static final int LONG = 32;

    private interface Stoppable {
        LaneReceiver receiver(FaultInjector faultInjector);
    }

    private static void check(
            LaneMemory laneMemory, LaneSender sender, Stoppable stoppable, LaneReceiver other) {
        boolean stopped = true;
        for (int access = 0; stopped; access++) {
            boolean[] paused = {false};
            FaultInjector faultInjector = new FaultInjector();
            LaneReceiver receiver = stoppable.receiver(faultInjector);
            Received received = new Received();
            send(sender, SHORT);
            faultInjector.pauseAfter(
                    access,
                    () -> {
                        paused[0] = true;
                        int lap =
                                (int) (laneMemory.slotStates().size() / SlotStateDescriptor.STRIDE);
                        other.poll(received.handler, 1);
                        for (int i = 0; i < lap && write(sender, LONG); i++) {
                            other.poll(received.handler, 1); // No room if the first one is taken.
                        }
                    });
            receiver.poll(received.handler, 1, SHORT); // The first one received it.
            stopped = paused[0];
            faultInjector.disarm();
            assertFalse(receiver.hasNext(), "access " + access);
            send(sender, LONG);
            MessageTooLongException e =
                    assertThrows(
                            MessageTooLongException.class,
                            () -> receiver.poll(received.handler, 1, SHORT));
            assertEquals(LONG, e.length());
            assertTrue(receiver.hasNext(), "it stays");
            assertEquals(1, other.poll(received.handler, 1));
        }
    }

    private static void send(LaneSender sender, int length) {
        assertTrue(write(sender, length));
    }

    private static boolean write(LaneSender sender, int length) {
        return sender.tryWrite(new byte[length], 0, length);
    }

    @Test
    void theLengthOfALaterMessageIsNotReported() {
        LaneMemory laneMemory = BackingMemory.HEAP.allocateLane(4096);
        check(
                laneMemory,
                laneMemory.spmcSender(),
                faultInjector ->
                        new SpmcRingReceiver(
                                new CrashableMemory(laneMemory.control(), faultInjector),
                                new CrashableMemory(laneMemory.slotStates(), faultInjector),
                                new CrashableMemory(laneMemory.ring(), faultInjector),
                                1),
                laneMemory.spmcReceiver(2));
    }

    @Test
    void theLengthOfALaterOfferIsNotReported() {
        LaneMemory laneMemory = BackingMemory.HEAP.allocateLane(4096);
        check(
                laneMemory,
                new RendezvousLaneSender(laneMemory.control(), laneMemory.ring()),
                faultInjector ->
                        new RendezvousLaneReceiver(
                                new CrashableMemory(laneMemory.control(), faultInjector),
                                new CrashableMemory(laneMemory.ring(), faultInjector)),
                new RendezvousLaneReceiver(laneMemory.control(), laneMemory.ring()));
    }
}
