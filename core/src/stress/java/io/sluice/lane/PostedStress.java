package io.sluice.lane;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.sluice.ChannelCorruptedException;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** Edge POSTED: who sees where the sender was finds every record before it. */
public final class PostedStress {
    private PostedStress() {}

    /** The sender posts its position when it looks for room, here before each message. */
    @JCStressTest
    @Outcome(id = "1, 0, 0", expect = ACCEPTABLE, desc = "nothing yet")
    @Outcome(id = "1, 0, 1", expect = ACCEPTABLE, desc = "a message, and no word of it")
    @Outcome(id = "1, 1, 1", expect = ACCEPTABLE, desc = "a message, and a word of it")
    @Outcome(expect = FORBIDDEN, desc = "a word of a message that is not there")
    @State
    public static class TwoMessages {
        private final ExclusiveLane lane = ExclusiveLane.empty();

        /** Sends, and posts where the first message ended. */
        @Actor
        public void sender() {
            lane.send(1);
            lane.send(2);
        }

        /** Checks as a receiver that finds nothing does, then by itself. */
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
