package io.sluice.ring;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** Edges OFFER and RECEIVED: an offer is received whole, once, or taken back. */
public final class OfferStress {
    private OfferStress() {}

    /** A receiver that sees the offer sees its payload. */
    @JCStressTest
    @Outcome(id = "0", expect = ACCEPTABLE, desc = "none yet")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "whole")
    @Outcome(expect = FORBIDDEN, desc = "torn, or old")
    @State
    public static class OfferPublished {
        private final RendezvousLane lane = RendezvousLane.empty();

        /** Offers a message. */
        @Actor
        public void sender() {
            lane.offer(1);
        }

        /** Polls for it. */
        @Actor
        public void receiver(I_Result r) {
            r.r1 = lane.one.poll(1);
        }
    }

    /** A received payload has been copied: the next offer does not overwrite it. */
    @JCStressTest
    @Outcome(id = "0, 1, 0", expect = ACCEPTABLE, desc = "received after the look")
    @Outcome(id = "1, 1, 2", expect = ACCEPTABLE, desc = "received, and the next is offered")
    @Outcome(id = "1, 12, 0", expect = ACCEPTABLE, desc = "both received")
    @Outcome(expect = FORBIDDEN, desc = "overwritten, or lost")
    @State
    public static class OfferReceived {
        private final RendezvousLane lane = RendezvousLane.empty();

        /** Offers a message. */
        public OfferReceived() {
            lane.offer(1);
        }

        /** Offers the next message if the first was received. */
        @Actor
        public void sender(III_Result r) {
            r.r1 = lane.sender.isReceived() && lane.offer(2) ? 1 : 0;
        }

        /** Receives. */
        @Actor
        public void receiver(III_Result r) {
            r.r2 = lane.one.poll(2);
        }

        /** Receives the rest. */
        @Arbiter
        public void rest(III_Result r) {
            r.r3 = lane.other.poll(1);
        }
    }

    /** An offer is received or retracted; if retracted, the next offer does not leak into it. */
    @JCStressTest
    @Outcome(id = "1, 0, 2", expect = ACCEPTABLE, desc = "taken back, and the next is offered")
    @Outcome(id = "1, 2, 0", expect = ACCEPTABLE, desc = "taken back, and the next received")
    @Outcome(id = "0, 1, 2", expect = ACCEPTABLE, desc = "received, and the next is offered")
    @Outcome(expect = FORBIDDEN, desc = "both, none, torn, or the one for the other")
    @State
    public static class OfferRetracted {
        private final RendezvousLane lane = RendezvousLane.empty();

        /** Offers a message. */
        public OfferRetracted() {
            lane.offer(1);
        }

        /** Retracts the offer, then makes another. */
        @Actor
        public void sender(III_Result r) {
            r.r1 = lane.sender.retract() ? 1 : 0;
            lane.offer(2);
        }

        /** Receives a message. */
        @Actor
        public void receiver(III_Result r) {
            r.r2 = lane.one.poll(1);
        }

        /** Receives the rest. */
        @Arbiter
        public void rest(III_Result r) {
            r.r3 = lane.other.poll(1);
        }
    }

    /** A message goes to exactly one of two receivers. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "the one has it")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "the other has it")
    @Outcome(expect = FORBIDDEN, desc = "both have it, or none")
    @State
    public static class OfferTakenOnce {
        private final RendezvousLane lane = RendezvousLane.empty();

        /** Offers a message. */
        public OfferTakenOnce() {
            lane.offer(1);
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

    /** A dead sender's offer is received or retracted by its recovery. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "received")
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "taken back")
    @Outcome(expect = FORBIDDEN, desc = "still offered")
    @State
    public static class OfferRecovered {
        private final RendezvousLane lane = RendezvousLane.empty();

        /** Offers a message. */
        public OfferRecovered() {
            lane.offer(1);
        }

        /** Recovers the sender's lane. */
        @Actor
        public void recovery() {
            lane.recover();
        }

        /** Receives. */
        @Actor
        public void receiver(II_Result r) {
            r.r1 = lane.one.poll(1);
        }

        /** Polls for what is left. */
        @Arbiter
        public void rest(II_Result r) {
            r.r2 = lane.other.poll(1);
        }
    }
}
