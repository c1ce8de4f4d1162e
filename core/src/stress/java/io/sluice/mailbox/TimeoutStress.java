package io.sluice.mailbox;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A timeout against a hand-over: both sides agree on whether it took place. */
public final class TimeoutStress {
    private TimeoutStress() {}

    /** A sender times out while a receiver tries to receive. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "given up")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "handed over")
    @Outcome(expect = FORBIDDEN, desc = "lost, or received and not sent")
    @State
    public static class SenderTimesOut {
        private final TimedRendezvous timedRendezvous = new TimedRendezvous();

        /** Sends until its time is out. */
        @Actor
        public void sender(II_Result r) {
            r.r1 = timedRendezvous.send(1);
        }

        /** Tries to receive the offer. */
        @Actor
        public void receiver(II_Result r) {
            r.r2 = timedRendezvous.tryReceive();
        }
    }

    /** A receiver times out while a sender tries to send. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "given up")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "handed over")
    @Outcome(expect = FORBIDDEN, desc = "lost, or received and not sent")
    @State
    public static class ReceiverTimesOut {
        private final TimedRendezvous timedRendezvous = new TimedRendezvous();

        /** Sends if a receiver waits. */
        @Actor
        public void sender(II_Result r) {
            r.r1 = timedRendezvous.trySend(1);
        }

        /** Receives until its time is out. */
        @Actor
        public void receiver(II_Result r) {
            r.r2 = timedRendezvous.receive();
        }
    }

    /** Both block, and both may time out. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "both gave up")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "handed over")
    @Outcome(expect = FORBIDDEN, desc = "lost, or received and not sent")
    @State
    public static class BothTimeOut {
        private final TimedRendezvous timedRendezvous = new TimedRendezvous();

        /** Sends until its time is out. */
        @Actor
        public void sender(II_Result r) {
            r.r1 = timedRendezvous.send(1);
        }

        /** Receives until its time is out. */
        @Actor
        public void receiver(II_Result r) {
            r.r2 = timedRendezvous.receive();
        }
    }

    /** Two receivers: exactly one of them takes the offer. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "the one")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "the other")
    @Outcome(expect = FORBIDDEN, desc = "lost, or twice")
    @State
    public static class OneReceiverTakes {
        private final Offer offer = new Offer(RendezvousCell.newPair());

        /** Makes the offer. */
        public OneReceiverTakes() {
            offer.make(1);
        }

        /** Tries to take the offer. */
        @Actor
        public void one(II_Result r) {
            r.r1 = offer.take() == null ? 0 : 1;
        }

        /** Tries to take the offer. */
        @Actor
        public void other(II_Result r) {
            r.r2 = offer.take() == null ? 0 : 1;
        }
    }

    /** Two senders: exactly one of them fulfills the reservation. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "the one")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "the other")
    @Outcome(expect = FORBIDDEN, desc = "none, or both, and one is lost")
    @State
    public static class OneSenderFulfills {
        private final Reservation reservation = new Reservation(RendezvousCell.newPair());

        /** Makes the reservation. */
        public OneSenderFulfills() {
            reservation.make();
        }

        /** Tries to fulfill the reservation. */
        @Actor
        public void one(II_Result r) {
            r.r1 = reservation.fulfill(1) ? 1 : 0;
        }

        /** Tries to fulfill the reservation. */
        @Actor
        public void other(II_Result r) {
            r.r2 = reservation.fulfill(2) ? 1 : 0;
        }
    }
}
