package io.sluice.ring;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** Edges INTENT, GATE and BOUNDARY: receivers of a broadcast while its sender laps them. */
public final class BroadcastLaneStress {
    private BroadcastLaneStress() {}

    /** A receiver joins gated at the oldest message: nothing from there on is overwritten. */
    @JCStressTest
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "whole messages, as counted, and none is lost")
    @Outcome(expect = FORBIDDEN, desc = "torn, lost, or not the one that it counted")
    @State
    public static class BroadcastJoin {
        private final BroadcastLane lane = BroadcastLane.next();

        /** Sends more than a lap, if nothing limits it. */
        @Actor
        public void sender() {
            lane.send(40);
        }

        /** Joins, and receives. */
        @Actor
        public void receiver(I_Result r) {
            r.r1 = lane.joinAndPoll();
        }
    }

    /** A lossy receiver is lapped while it copies. */
    @JCStressTest
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "whole messages, as counted")
    @Outcome(expect = FORBIDDEN, desc = "torn, or not the one that it counted")
    @State
    public static class BroadcastLap {
        private final BroadcastLane lane = BroadcastLane.next();

        /** Overwrites what the receiver is about to copy. */
        @Actor
        public void sender() {
            lane.send(12);
        }

        /** Receives. */
        @Actor
        public void receiver(I_Result r) {
            r.r1 = lane.pollLossy();
        }
    }
}
