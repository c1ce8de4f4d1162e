package io.sluice.lane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.lane.Lanes.Lane;
import io.sluice.lane.Lanes.Received;
import io.sluice.lane.Mortal.Fate;
import org.junit.jupiter.api.Test;

/**
 * A receiver with too little room is stopped between reading a message and its length, while
 * another receives that message, and longer ones are sent and received in its place.
 */
class TooLongTest {
    private static final int SHORT = 8;
    private static final int LONG = 32;

    private interface Stoppable {
        LaneReceiver receiver(Fate fate);
    }

    private static void check(
            Lane lane, LaneSender sender, Stoppable stoppable, LaneReceiver other) {
        boolean stopped = true;
        for (int access = 0; stopped; access++) {
            boolean[] paused = {false};
            Fate fate = new Fate();
            LaneReceiver receiver = stoppable.receiver(fate);
            Received received = new Received();
            send(sender, SHORT);
            fate.pauseAfter(
                    access,
                    () -> {
                        paused[0] = true;
                        int lap = (int) (lane.claims().size() / ClaimWordDescriptor.STRIDE);
                        other.poll(received.handler, 1);
                        for (int i = 0; i < lap && write(sender, LONG); i++) {
                            other.poll(received.handler, 1); // No room if the first one is taken.
                        }
                    });
            receiver.poll(received.handler, 1, SHORT); // The first one received it.
            stopped = paused[0];
            fate.live();
            assertFalse(receiver.hasNext(), "access " + access);
            send(sender, LONG);
            TooLong e =
                    assertThrows(TooLong.class, () -> receiver.poll(received.handler, 1, SHORT));
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
    void theLengthOfALaterMessageIsNotThatOfTheClaim() {
        Lane lane = Lanes.HEAP.make(4096);
        check(
                lane,
                lane.sharedSender(),
                fate ->
                        new SharedLaneReceiver(
                                new Mortal(lane.control(), fate),
                                new Mortal(lane.claims(), fate),
                                new Mortal(lane.ring(), fate),
                                1),
                lane.sharedReceiver(2));
    }

    @Test
    void theLengthOfALaterOfferIsNotThatOfThisOne() {
        Lane lane = Lanes.HEAP.make(4096);
        check(
                lane,
                new RendezvousLaneSender(lane.control(), lane.ring()),
                fate ->
                        new RendezvousLaneReceiver(
                                new Mortal(lane.control(), fate), new Mortal(lane.ring(), fate)),
                new RendezvousLaneReceiver(lane.control(), lane.ring()));
    }
}
