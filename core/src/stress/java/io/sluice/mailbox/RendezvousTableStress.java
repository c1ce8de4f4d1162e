package io.sluice.mailbox;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.sluice.Ends;
import io.sluice.Mailbox;
import io.sluice.MailboxSpec;
import io.sluice.Receiver;
import io.sluice.Sender;
import io.sluice.wait.ParkingWaiter;
import io.sluice.wait.Waiter;
import java.time.Duration;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Edges OFFERED, REQUESTED, FULFILLED and TAKEN: no sender and receiver wait at the same time. */
public final class RendezvousTableStress {
    private RendezvousTableStress() {}

    /** A concurrent offer and reservation: at least one of the two ends sees the other. */
    @JCStressTest
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "the receiver sees the offer")
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "the sender sees the reservation")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "both")
    @Outcome(expect = FORBIDDEN, desc = "both wait, and neither knows")
    @State
    public static class OneSeesTheOther {
        // On two cache lines, as with many ends: a single line might order both by itself.
        private final Offer offer = new Offer(RendezvousCell.newPair());
        private final Reservation reservation = new Reservation(RendezvousCell.newPair());

        /** Offers, then tests for a reservation. */
        @Actor
        public void sender(II_Result r) {
            offer.make(1);
            r.r1 = reservation.isMade() ? 1 : 0;
        }

        /** Reserves, then tests for an offer. */
        @Actor
        public void receiver(II_Result r) {
            reservation.make();
            r.r2 = offer.isMade() ? 1 : 0;
        }
    }

    /** A concurrent send and receive meet, whichever of the two sees the other. */
    @JCStressTest
    @Outcome(id = "1, 7", expect = ACCEPTABLE, desc = "handed over")
    @Outcome(expect = FORBIDDEN, desc = "they waited beside each other until their time was over")
    @State
    public static class ConcurrentSendAndReceive {
        private static final Duration LONG = Duration.ofSeconds(2);

        private final Mailbox<Integer> mailbox =
                Mailbox.create(MailboxSpec.rendezvous().receivers(Ends.MANY));
        private final Sender<Integer> sender = mailbox.sender(BusySpinIdleStrategy.INSTANCE);
        private final Receiver<Integer> receiver = mailbox.receiver(BusySpinIdleStrategy.INSTANCE);

        /** Sends. */
        @Actor
        public void sender(II_Result r) {
            try {
                r.r1 = sender.send(7, LONG) ? 1 : 0;
            } catch (InterruptedException e) {
                throw new IllegalStateException("not interrupted", e);
            }
        }

        /** Receives. */
        @Actor
        public void receiver(II_Result r) {
            try {
                Integer message = receiver.receive(LONG);
                r.r2 = message == null ? 0 : message;
            } catch (InterruptedException e) {
                throw new IllegalStateException("not interrupted", e);
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
    public static class FulfilledReceiverIsWoken {
        private final RendezvousTable rendezvousTable = new RendezvousTable();
        private final Reservation reservation = rendezvousTable.addReservation();
        private final ParkingWaiter waiter = withoutSpinning(reservation);

        /** Makes the reservation. */
        public FulfilledReceiverIsWoken() {
            reservation.make();
        }

        /** Fulfills the reservation. */
        @Actor
        public void sender() {
            reservation.fulfill(1);
        }

        /** Enqueues itself, then tests once more. */
        @Actor
        public void receiver(II_Result r) {
            enqueue(waiter, reservation);
            r.r1 = reservation.isFulfilled() ? 1 : 0;
        }

        /** Counts the sleeping receivers. */
        @Arbiter
        public void waiting(II_Result r) {
            r.r2 = rendezvousTable.receivers.waiting();
        }
    }

    /** An end whose reservation is fulfilled sees what the sender wrote before. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "not served yet")
    @Outcome(id = "0, 7", expect = ACCEPTABLE, desc = "not served yet, and saw it")
    @Outcome(id = "1, 7", expect = ACCEPTABLE, desc = "served, and saw it")
    @Outcome(expect = FORBIDDEN, desc = "served, and did not see what came before")
    @State
    public static class Fulfilled {
        private final Reservation reservation = new Reservation(RendezvousCell.newPair());
        private int before;

        /** Makes the reservation. */
        public Fulfilled() {
            reservation.make();
        }

        /** Writes, then fulfills the reservation. */
        @Actor
        public void sender() {
            before = 7;
            reservation.fulfill(1);
        }

        /** Tests the reservation, then reads. */
        @Actor
        public void receiver(II_Result r) {
            r.r1 = reservation.isFulfilled() ? 1 : 0;
            r.r2 = before;
        }
    }

    /** Returns a waiter that does not spin. */
    private static ParkingWaiter withoutSpinning(Reservation reservation) {
        ParkingWaiter waiter =
                ParkingWaiter.withoutSpinning(Long.MAX_VALUE, reservation.waitQueue());
        waiter.start(Waiter.NO_TIMEOUT);
        return waiter;
    }

    /** Enqueues the waiter without sleeping: the pause that enqueues it returns at once. */
    private static void enqueue(ParkingWaiter waiter, Reservation reservation) {
        while (reservation.waitQueue().count() == 0) {
            pause(waiter);
        }
    }

    private static void pause(ParkingWaiter waiter) {
        try {
            waiter.pause();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
