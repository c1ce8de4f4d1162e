package io.sluice.heap;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.sluice.Mailbox;
import io.sluice.Receiver;
import io.sluice.Sender;
import io.sluice.waiting.ParkWaiter;
import io.sluice.waiting.Waiter;
import java.time.Duration;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Edges OFFERED, WANTED, SERVED and TAKEN: no sender and receiver wait at the same time. */
public final class MeetingStress {
    private MeetingStress() {}

    /** A concurrent offer and demand: at least one of the two ends sees the other. */
    @JCStressTest
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "the receiver sees the offer")
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "the sender sees the demand")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "both")
    @Outcome(expect = FORBIDDEN, desc = "both wait, and neither knows")
    @State
    public static class OneSeesTheOther {
        // On two cache lines, as with many ends: a single line might order both by itself.
        private final Offer offer = new Offer(new Line());
        private final Demand demand = new Demand(new Line());

        /** Offers, then tests for a demand. */
        @Actor
        public void sender(II_Result r) {
            offer.make(1);
            r.r1 = demand.isMade() ? 1 : 0;
        }

        /** Demands, then tests for an offer. */
        @Actor
        public void receiver(II_Result r) {
            demand.make();
            r.r2 = offer.isMade() ? 1 : 0;
        }
    }

    /** A concurrent send and receive meet, whichever of the two sees the other. */
    @JCStressTest
    @Outcome(id = "1, 7", expect = ACCEPTABLE, desc = "handed over")
    @Outcome(expect = FORBIDDEN, desc = "they waited beside each other until their time was over")
    @State
    public static class TwoMeet {
        private static final Duration LONG = Duration.ofSeconds(2);

        private final Mailbox<Integer> mailbox = Mailbox.rendezvous();
        private final Sender<Integer> sender = mailbox.sender(BusySpinIdleStrategy.INSTANCE);
        private final Receiver<Integer> receiver = mailbox.receiver(BusySpinIdleStrategy.INSTANCE);

        /** Sends. */
        @Actor
        public void sender(II_Result r) {
            try {
                r.r1 = sender.send(7, LONG) ? 1 : 0;
            } catch (InterruptedException e) {
                throw new IllegalStateException("nobody interrupts", e);
            }
        }

        /** Receives. */
        @Actor
        public void receiver(II_Result r) {
            try {
                Integer message = receiver.receive(LONG);
                r.r2 = message == null ? 0 : message;
            } catch (InterruptedException e) {
                throw new IllegalStateException("nobody interrupts", e);
            }
        }
    }

    /** Sleep against wake: a receiver served while it is enqueued sees the message or is woken. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "seen, and woken or not asleep")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "seen, and not woken")
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "not seen, but woken")
    @Outcome(expect = FORBIDDEN, desc = "asleep, and not seen")
    @State
    public static class NobodySleepsWhoIsServed {
        private final Meeting meeting = new Meeting();
        private final Demand demand = meeting.addDemand();
        private final ParkWaiter waiter = tired(demand);

        /** Makes the demand. */
        public NobodySleepsWhoIsServed() {
            demand.make();
        }

        /** Serves the demand. */
        @Actor
        public void sender() {
            demand.serve(1);
        }

        /** Enqueues itself, then tests once more. */
        @Actor
        public void receiver(II_Result r) {
            lieDown(waiter, demand);
            r.r1 = demand.isServed() ? 1 : 0;
        }

        /** Counts the sleeping receivers. */
        @Arbiter
        public void asleep(II_Result r) {
            r.r2 = meeting.receiversAsleep();
        }
    }

    /** An end whose demand is served sees what the sender wrote before. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "not served yet")
    @Outcome(id = "0, 7", expect = ACCEPTABLE, desc = "not served yet, and saw it")
    @Outcome(id = "1, 7", expect = ACCEPTABLE, desc = "served, and saw it")
    @Outcome(expect = FORBIDDEN, desc = "served, and did not see what came before")
    @State
    public static class Served {
        private final Demand demand = new Demand(new Line());
        private int before;

        /** Makes the demand. */
        public Served() {
            demand.make();
        }

        /** Writes, then serves the demand. */
        @Actor
        public void sender() {
            before = 7;
            demand.serve(1);
        }

        /** Tests the demand, then reads. */
        @Actor
        public void receiver(II_Result r) {
            r.r1 = demand.isServed() ? 1 : 0;
            r.r2 = before;
        }
    }

    /** Returns a waiter that does not spin. */
    private static ParkWaiter tired(Demand demand) {
        ParkWaiter waiter = ParkWaiter.thatDoesNotSpin(demand.sleepers());
        waiter.start(Waiter.NO_LIMIT);
        return waiter;
    }

    /** Enqueues the waiter without sleeping: the pause that enqueues it returns at once. */
    private static void lieDown(ParkWaiter waiter, Demand demand) {
        while (demand.asleep() == 0) {
            pause(waiter);
        }
    }

    private static void pause(ParkWaiter waiter) {
        try {
            waiter.pause();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
