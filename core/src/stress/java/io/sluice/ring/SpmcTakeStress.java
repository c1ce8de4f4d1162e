package io.sluice.ring;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Each message of a lane with many receivers goes to exactly one of them. */
public final class SpmcTakeStress {
    private SpmcTakeStress() {}

    /** A single message. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "the one has it")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "the other has it")
    @Outcome(expect = FORBIDDEN, desc = "both have it, or none")
    @State
    public static class SpmcTakeOne {
        private final SpmcLane lane = SpmcLane.empty();

        /** Sends the message. */
        public SpmcTakeOne() {
            lane.send(1);
        }

        /** Polls as the first receiver. */
        @Actor
        public void one(II_Result r) {
            r.r1 = lane.one.poll(1);
        }

        /** Polls as the second receiver. */
        @Actor
        public void other(II_Result r) {
            r.r2 = lane.other.poll(1);
        }
    }

    /** Two messages: a receiver that loses the race for one gets the other. */
    @JCStressTest
    @Outcome(id = "1, 2", expect = ACCEPTABLE, desc = "the one came first")
    @Outcome(id = "2, 1", expect = ACCEPTABLE, desc = "the other came first")
    @Outcome(expect = FORBIDDEN, desc = "twice, or passed over")
    @State
    public static class SpmcTakeTwo {
        private final SpmcLane lane = SpmcLane.empty();

        /** Sends both messages. */
        public SpmcTakeTwo() {
            lane.send(1);
            lane.send(2);
        }

        /** Polls as the first receiver. */
        @Actor
        public void one(II_Result r) {
            r.r1 = lane.one.poll(1);
        }

        /** Polls as the second receiver. */
        @Actor
        public void other(II_Result r) {
            r.r2 = lane.other.poll(1);
        }
    }
}
