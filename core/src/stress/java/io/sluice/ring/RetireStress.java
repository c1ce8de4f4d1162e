package io.sluice.ring;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** Edge RETIRE: a ring is reused only once all is read; late receivers do not read its reuse. */
public final class RetireStress {
    private static final int NEXT = SegmentedLane.FULL + 1;

    private RetireStress() {}

    private static SegmentedLane full(SegmentedLane lane) {
        for (int i = 1; i <= SegmentedLane.FULL; i++) {
            if (!lane.send(i)) {
                throw new IllegalStateException("no room for message " + i);
            }
        }
        return lane;
    }

    /** The only receiver leaves the oldest ring, and the sender reuses it. */
    @JCStressTest
    @Outcome(id = "0, 12, 3", expect = ACCEPTABLE, desc = "no ring yet")
    @Outcome(id = "1, 12, 34", expect = ACCEPTABLE, desc = "in a ring that was left")
    @Outcome(expect = FORBIDDEN, desc = "overwritten, or lost")
    @State
    public static class SpscRetire {
        private final SegmentedLane lane = full(SegmentedLane.spsc());

        /** Sends if there is a ring for the message. */
        @Actor
        public void sender(III_Result r) {
            r.r1 = lane.send(NEXT) ? 1 : 0;
        }

        /** Receives twice, which leaves a ring. */
        @Actor
        public void receiver(III_Result r) {
            r.r2 = lane.one.poll(1) * 10 + lane.one.poll(1);
        }

        /** Receives the rest. */
        @Arbiter
        public void rest(III_Result r) {
            r.r3 = SegmentedLane.all(lane.one);
        }
    }

    /** The same where the sender itself may find that all of a ring was received. */
    @JCStressTest
    @Outcome(id = "0, 12, 3", expect = ACCEPTABLE, desc = "no ring yet")
    @Outcome(id = "1, 12, 34", expect = ACCEPTABLE, desc = "in a ring that was received")
    @Outcome(expect = FORBIDDEN, desc = "overwritten, or lost")
    @State
    public static class SpmcRetire {
        private final SegmentedLane lane = full(SegmentedLane.spmc());

        /** Sends if there is a ring for the message. */
        @Actor
        public void sender(III_Result r) {
            r.r1 = lane.send(NEXT) ? 1 : 0;
        }

        /** Receives twice, which leaves a ring. */
        @Actor
        public void receiver(III_Result r) {
            r.r2 = lane.one.poll(1) * 10 + lane.one.poll(1);
        }

        /** Receives the rest. */
        @Arbiter
        public void rest(III_Result r) {
            r.r3 = SegmentedLane.all(lane.other);
        }
    }

    /** A receiver still in a ring that others have emptied takes nothing of its next generation. */
    @JCStressTest
    @Outcome(id = "0, 2, 3", expect = ACCEPTABLE, desc = "left, and not used again yet")
    @Outcome(id = "1, 2, 34", expect = ACCEPTABLE, desc = "used again")
    @Outcome(expect = FORBIDDEN, desc = "taken from a later generation, or lost")
    @State
    public static class SpmcRetireLate {
        private final SegmentedLane lane = full(SegmentedLane.spmc());

        /** Empties the oldest ring, while one receiver is still in it. */
        public SpmcRetireLate() {
            if (lane.other.poll(1) != 1) {
                throw new IllegalStateException("the first message is not there");
            }
        }

        /** Sends if the ring can be reused. */
        @Actor
        public void sender(III_Result r) {
            r.r1 = lane.send(NEXT) ? 1 : 0;
        }

        /** Polls from the oldest ring on. */
        @Actor
        public void late(III_Result r) {
            r.r2 = lane.one.poll(1);
        }

        /** Receives the rest. */
        @Arbiter
        public void rest(III_Result r) {
            r.r3 = SegmentedLane.all(lane.other);
        }
    }
}
