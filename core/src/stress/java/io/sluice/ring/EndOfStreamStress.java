package io.sluice.ring;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.sluice.pipe.storage.TwoParticipants;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** End of stream: by edges LEAVE and COMMIT, no message follows it. */
public final class EndOfStreamStress {
    private EndOfStreamStress() {}

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
    public static class SpscEndOfStream {
        private final TwoParticipants ends = TwoParticipants.attached();
        private final SpscLane lane = SpscLane.empty();

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
    public static class SpmcEndOfStream {
        private final TwoParticipants ends = TwoParticipants.attached();
        private final SpmcLane lane = SpmcLane.empty();

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
