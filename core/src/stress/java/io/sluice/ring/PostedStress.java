package io.sluice.ring;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.sluice.ChannelCorruptedException;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** Edge POSTED: a receiver that sees a posted sender position finds every record before it. */
public final class PostedStress {
    private PostedStress() {}

    /** The sender posts its position when it checks for room, here before each message. */
    @JCStressTest
    @Outcome(id = "1, 0, 0", expect = ACCEPTABLE, desc = "nothing yet")
    @Outcome(id = "1, 0, 1", expect = ACCEPTABLE, desc = "a message, and no word of it")
    @Outcome(id = "1, 1, 1", expect = ACCEPTABLE, desc = "a message, and a word of it")
    @Outcome(expect = FORBIDDEN, desc = "a word of a message that is not there")
    @State
    public static class PostedTwo {
        private final SpscLane lane = SpscLane.empty();

        /** Sends twice, and posts the position after the first message. */
        @Actor
        public void sender() {
            lane.send(1);
            lane.send(2);
        }

        /** Verifies as a receiver that finds nothing does, then compares the positions. */
        @Actor
        public void receiver(III_Result r) {
            try {
                lane.receiver.verify();
                r.r1 = 1;
            } catch (ChannelCorruptedException e) {
                r.r1 = Reader.WRONG;
            }
            long posted =
                    lane.views
                            .receiver()
                            .control()
                            .getLongAcquire(LaneDescriptor.SENDER_POSITION_OFFSET);
            r.r2 = posted > lane.receiver.position() ? 1 : 0;
            r.r3 = lane.receiver.hasNext() ? 1 : 0;
        }
    }
}
