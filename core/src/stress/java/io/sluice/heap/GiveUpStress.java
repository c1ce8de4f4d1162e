package io.sluice.heap;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A time-out against a hand-over: both sides agree on whether it took place. */
public final class GiveUpStress {
    private GiveUpStress() {}

    /** A sender gives up while a receiver tries. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "given up")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "handed over")
    @Outcome(expect = FORBIDDEN, desc = "lost, or received and not sent")
    @State
    public static class Offered {
        private final Encounter encounter = new Encounter();

        /** Offers, and gives up. */
        @Actor
        public void sender(II_Result r) {
            r.r1 = encounter.send(1);
        }

        /** Takes what is offered. */
        @Actor
        public void receiver(II_Result r) {
            r.r2 = encounter.tryReceive();
        }
    }

    /** A receiver gives up while a sender tries. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "given up")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "handed over")
    @Outcome(expect = FORBIDDEN, desc = "lost, or received and not sent")
    @State
    public static class Demanded {
        private final Encounter encounter = new Encounter();

        /** Gives to whoever waits. */
        @Actor
        public void sender(II_Result r) {
            r.r1 = encounter.trySend(1);
        }

        /** Waits, and gives up. */
        @Actor
        public void receiver(II_Result r) {
            r.r2 = encounter.receive();
        }
    }

    /** Both wait, and both give up. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "both gave up")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "handed over")
    @Outcome(expect = FORBIDDEN, desc = "lost, or received and not sent")
    @State
    public static class Both {
        private final Encounter encounter = new Encounter();

        /** Offers, and gives up. */
        @Actor
        public void sender(II_Result r) {
            r.r1 = encounter.send(1);
        }

        /** Waits, and gives up. */
        @Actor
        public void receiver(II_Result r) {
            r.r2 = encounter.receive();
        }
    }

    /** Two receivers: one of them has it. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "the one")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "the other")
    @Outcome(expect = FORBIDDEN, desc = "lost, or twice")
    @State
    public static class OneOfTwo {
        private final Offer offer = new Offer(new Line());

        /** It stands already. */
        public OneOfTwo() {
            offer.make(1);
        }

        /** Takes it. */
        @Actor
        public void one(II_Result r) {
            r.r1 = offer.take() == null ? 0 : 1;
        }

        /** Takes it. */
        @Actor
        public void other(II_Result r) {
            r.r2 = offer.take() == null ? 0 : 1;
        }
    }

    /** Two senders: one of them has given. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "the one")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "the other")
    @Outcome(expect = FORBIDDEN, desc = "none, or both, and one is lost")
    @State
    public static class OneOfTwoServes {
        private final Demand demand = new Demand(new Line());

        /** It waits already. */
        public OneOfTwoServes() {
            demand.make();
        }

        /** Gives. */
        @Actor
        public void one(II_Result r) {
            r.r1 = demand.serve(1) ? 1 : 0;
        }

        /** Gives. */
        @Actor
        public void other(II_Result r) {
            r.r2 = demand.serve(2) ? 1 : 0;
        }
    }
}
