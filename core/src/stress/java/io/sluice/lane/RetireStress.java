package io.sluice.lane;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** Edge RETIRE: a ring is used again only when all of it was read, and by who still is there. */
public final class RetireStress {
    private static final int NEXT = GrowingLane.FULL + 1;

    private RetireStress() {}

    private static GrowingLane full(GrowingLane lane) {
        for (int i = 1; i <= GrowingLane.FULL; i++) {
            if (!lane.send(i)) {
                throw new IllegalStateException("no room for message " + i);
            }
        }
        return lane;
    }

    /** One receiver leaves the oldest ring, and the sender uses it again. */
    @JCStressTest
    @Outcome(id = "0, 12, 3", expect = ACCEPTABLE, desc = "no ring yet")
    @Outcome(id = "1, 12, 34", expect = ACCEPTABLE, desc = "in a ring that was left")
    @Outcome(expect = FORBIDDEN, desc = "overwritten, or lost")
    @State
    public static class Exclusive {
        private final GrowingLane lane = full(GrowingLane.exclusive());

        /** Sends when there is a ring for it. */
        @Actor
        public void sender(III_Result r) {
            r.r1 = lane.send(NEXT) ? 1 : 0;
        }

        /** Leaves a ring. */
        @Actor
        public void receiver(III_Result r) {
            r.r2 = lane.one.poll(1) * 10 + lane.one.poll(1);
        }

        /** Takes the rest. */
        @Arbiter
        public void rest(III_Result r) {
            r.r3 = GrowingLane.all(lane.one);
        }
    }

    /** The same where the sender may find for itself that all of a ring was received. */
    @JCStressTest
    @Outcome(id = "0, 12, 3", expect = ACCEPTABLE, desc = "no ring yet")
    @Outcome(id = "1, 12, 34", expect = ACCEPTABLE, desc = "in a ring that was received")
    @Outcome(expect = FORBIDDEN, desc = "overwritten, or lost")
    @State
    public static class Shared {
        private final GrowingLane lane = full(GrowingLane.shared());

        /** Sends when there is a ring for it. */
        @Actor
        public void sender(III_Result r) {
            r.r1 = lane.send(NEXT) ? 1 : 0;
        }

        /** Leaves a ring. */
        @Actor
        public void receiver(III_Result r) {
            r.r2 = lane.one.poll(1) * 10 + lane.one.poll(1);
        }

        /** Takes the rest. */
        @Arbiter
        public void rest(III_Result r) {
            r.r3 = GrowingLane.all(lane.other);
        }
    }

    /** Who is still in a ring that others have emptied takes nothing of its next use. */
    @JCStressTest
    @Outcome(id = "0, 2, 3", expect = ACCEPTABLE, desc = "left, and not used again yet")
    @Outcome(id = "1, 2, 34", expect = ACCEPTABLE, desc = "used again")
    @Outcome(expect = FORBIDDEN, desc = "taken from a later generation, or lost")
    @State
    public static class Late {
        private final GrowingLane lane = full(GrowingLane.shared());

        /** The oldest ring is empty, and one receiver does not know. */
        public Late() {
            if (lane.other.poll(1) != 1) {
                throw new IllegalStateException("the first message is not there");
            }
        }

        /** Uses the ring again. */
        @Actor
        public void sender(III_Result r) {
            r.r1 = lane.send(NEXT) ? 1 : 0;
        }

        /** Looks there first. */
        @Actor
        public void late(III_Result r) {
            r.r2 = lane.one.poll(1);
        }

        /** Takes the rest. */
        @Arbiter
        public void rest(III_Result r) {
            r.r3 = GrowingLane.all(lane.other);
        }
    }
}
