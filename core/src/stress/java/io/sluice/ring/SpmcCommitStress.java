package io.sluice.ring;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * Edge SPMC_COMMIT: a receiver that sees a message slot ready sees its record reference and its
 * payload.
 */
public final class SpmcCommitStress {
    private SpmcCommitStress() {}

    /** Messages are received whole and in order, or not at all. */
    @JCStressTest
    @Outcome(id = "0", expect = ACCEPTABLE, desc = "none yet")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "the first")
    @Outcome(id = "12", expect = ACCEPTABLE, desc = "both")
    @Outcome(expect = FORBIDDEN, desc = "torn, old, or in another order")
    @State
    public static class SpmcCommitTwo {
        private final SpmcLane lane = SpmcLane.empty();

        /** Sends both. */
        @Actor
        public void sender() {
            lane.send(1);
            lane.send(2);
        }

        /** Polls for both, then for a third one. */
        @Actor
        public void receiver(I_Result r) {
            r.r1 = lane.one.poll(3);
        }
    }

    /** After {@code hasNext} returned true, a poll finds a message. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "not there yet")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "it came between")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "promised, and there")
    @Outcome(expect = FORBIDDEN, desc = "a promise that was not kept")
    @State
    public static class SpmcHasNext {
        private final SpmcLane lane = SpmcLane.empty();

        /** Sends a message. */
        @Actor
        public void sender() {
            lane.send(1);
        }

        /** Calls {@code hasNext}, then polls. */
        @Actor
        public void receiver(II_Result r) {
            r.r1 = lane.receiver.hasNext() ? 1 : 0;
            r.r2 = lane.one.poll(2);
        }
    }
}
