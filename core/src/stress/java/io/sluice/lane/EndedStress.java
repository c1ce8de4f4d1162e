package io.sluice.lane;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.sluice.file.TwoEnds;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** End of stream: by edges LEAVE and COMMIT, no message follows it. */
public final class EndedStress {
    private EndedStress() {}

    /** A lane with one receiver. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "not sent yet")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "sent, and the sender is there")
    @Outcome(
            id = "1, 1",
            expect = ACCEPTABLE,
            desc = "the sender has left, and its message is there")
    @Outcome(expect = FORBIDDEN, desc = "the end before the last message")
    @State
    public static class Exclusive {
        private final TwoEnds ends = TwoEnds.attached();
        private final ExclusiveLane lane = ExclusiveLane.empty();

        /** Sends, then leaves. */
        @Actor
        public void sender() {
            lane.send(1);
            ends.leave();
        }

        /** Tests whether all senders have left, then polls. */
        @Actor
        public void receiver(II_Result r) {
            r.r1 = ends.sendersHaveLeft() ? 1 : 0;
            r.r2 = lane.reader.poll(2);
        }
    }

    /** A lane with many receivers. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "not sent yet")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "sent, and the sender is there")
    @Outcome(
            id = "1, 1",
            expect = ACCEPTABLE,
            desc = "the sender has left, and its message is there")
    @Outcome(expect = FORBIDDEN, desc = "the end before the last message")
    @State
    public static class Shared {
        private final TwoEnds ends = TwoEnds.attached();
        private final SharedLane lane = SharedLane.empty();

        /** Sends, then leaves. */
        @Actor
        public void sender() {
            lane.send(1);
            ends.leave();
        }

        /** Tests whether all senders have left, then polls. */
        @Actor
        public void receiver(II_Result r) {
            r.r1 = ends.sendersHaveLeft() ? 1 : 0;
            r.r2 = lane.one.poll(2);
        }
    }
}
