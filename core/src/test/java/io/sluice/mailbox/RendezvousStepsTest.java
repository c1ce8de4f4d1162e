package io.sluice.mailbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.Ends;
import io.sluice.MailboxSpec;
import io.sluice.Receiver;
import io.sluice.Sender;
import io.sluice.TestThreads;
import io.sluice.wait.ParkingWaiter;
import io.sluice.wait.WaitQueue;
import io.sluice.wait.Waiter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Interleavings of two steps of a rendezvous that threads seldom produce. */
class RendezvousStepsTest {
    private static final Duration LONG = Duration.ofDays(1);

    private final RendezvousMailbox<Integer> mailbox =
            new RendezvousMailbox<>(MailboxSpec.rendezvous().receivers(Ends.MANY));
    private final RendezvousTable rendezvousTable = new RendezvousTable();
    private final TestThreads testThreads = new TestThreads(mailbox);

    private interface Step {
        void run() throws InterruptedException;
    }

    /** A waiter that runs one step at its start and one in its only pause, and then times out. */
    private record Hooked(Step atStart, Step inPause) implements Waiter {
        static final Step NO_OP = () -> {};

        @Override
        public void start(long nanos) {
            try {
                atStart.run();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public boolean pause() throws InterruptedException {
            inPause.run();
            return false;
        }

        @Override
        public boolean stop() {
            return false;
        }
    }

    private RendezvousSender<Integer> sender(Step inPause) {
        Waiter waiter = new Hooked(Hooked.NO_OP, inPause);
        return new RendezvousSender<>(null, rendezvousTable, rendezvousTable.addOffer(), waiter);
    }

    private RendezvousReceiver<Integer> receiver(Reservation reservation, Step inPause) {
        return receiver(reservation, Hooked.NO_OP, inPause);
    }

    private RendezvousReceiver<Integer> receiver(
            Reservation reservation, Step atStart, Step inPause) {
        Waiter waiter = new Hooked(atStart, inPause);
        EndRegistry<Object> senders = new EndRegistry<>("sender", Ends.MANY, "has ended");
        return new RendezvousReceiver<>(null, rendezvousTable, reservation, senders, waiter);
    }

    private static void enqueueWaiter(WaitQueue waitQueue) throws InterruptedException {
        ParkingWaiter waiter = new ParkingWaiter(waitQueue);
        waiter.start(Waiter.NO_TIMEOUT);
        while (waitQueue.count() == 0) {
            assertTrue(waiter.pause());
        }
    }

    /** The sender has looked for a reservation; then the receiver makes one, and parks. */
    @Test
    void aReceiverThatParkedBeforeTheOfferIsWoken() throws Exception {
        Receiver<Integer> receiver = mailbox.receiver();
        Step fallAsleep =
                () -> {
                    testThreads.start(() -> assertEquals(1, receiver.receive()));
                    testThreads.spinUntilWaiting(0, 1);
                };
        Step check =
                () -> assertTrue(mailbox.toString().endsWith("(0 asleep)]"), mailbox::toString);
        Sender<Integer> sender =
                mailbox.openSender(
                        waitQueue ->
                                new Waiter() {
                                    @Override
                                    public void start(long nanos) {
                                        new Hooked(fallAsleep, Hooked.NO_OP).start(nanos);
                                    }

                                    @Override
                                    public boolean pause() throws InterruptedException {
                                        check.run();
                                        Thread.onSpinWait();
                                        return true;
                                    }

                                    @Override
                                    public boolean stop() {
                                        return false;
                                    }
                                });
        assertTrue(sender.send(1, LONG));
        testThreads.join();
    }

    @Test
    void anOfferWakesASelectingReceiver() throws Exception {
        enqueueWaiter(rendezvousTable.receivers.selecting);
        assertFalse(sender(Hooked.NO_OP).send(1, LONG));
        assertEquals(0, rendezvousTable.receivers.selecting.count());
        assertFalse(rendezvousTable.senders.hasMade(), "it was retracted");
    }

    @Test
    void aReservationWakesASelectingSender() throws Exception {
        enqueueWaiter(rendezvousTable.senders.selecting);
        assertNull(receiver(rendezvousTable.addReservation(), Hooked.NO_OP).receive(LONG));
        assertEquals(0, rendezvousTable.senders.selecting.count());
        assertFalse(rendezvousTable.receivers.hasMade(), "it was withdrawn");
    }

    @Test
    void aReceiverCancelsItsReservationBeforeItTakesAnOffer() throws Exception {
        Reservation reservation = rendezvousTable.addReservation();
        Offer offer = rendezvousTable.addOffer();
        assertEquals(1, receiver(reservation, () -> offer.make(1), Hooked.NO_OP).receive(LONG));
        assertFalse(offer.isPending());
        assertFalse(reservation.fulfill(2), "it does not wait any more");
    }

    /** The message that the receiver was handed precedes the offered one. */
    @Test
    void aReceiverWhoseReservationIsFulfilledLeavesTheOffer() throws Exception {
        Reservation reservation = rendezvousTable.addReservation();
        Offer offer = rendezvousTable.addOffer();
        Step both =
                () -> {
                    assertTrue(reservation.fulfill(1));
                    offer.make(2);
                };
        assertEquals(1, receiver(reservation, both).receive(LONG));
        assertTrue(offer.isPending());
    }

    @Test
    void anInterruptAfterTheHandOverIsNotThrown() throws Exception {
        Reservation reservation = rendezvousTable.addReservation();
        Step given =
                () -> {
                    assertTrue(reservation.fulfill(1));
                    throw new InterruptedException();
                };
        assertEquals(1, receiver(reservation, given).receive());
        assertTrue(Thread.interrupted());
        Offer offer =
                rendezvousTable.senders.open.length == 0
                        ? rendezvousTable.addOffer()
                        : rendezvousTable.senders.open[0];
        Step taken =
                () -> {
                    assertEquals(2, offer.take());
                    throw new InterruptedException();
                };
        Waiter waiter = new Hooked(Hooked.NO_OP, taken);
        new RendezvousSender<Integer>(null, rendezvousTable, offer, waiter).send(2);
        assertTrue(Thread.interrupted());
    }

    /** A waiter may throw any exception. */
    @Test
    void anyExceptionRetractsTheOfferOrTheReservation() {
        Step failure =
                () -> {
                    throw new ArithmeticException();
                };
        assertThrows(ArithmeticException.class, () -> sender(failure).send(1));
        assertFalse(rendezvousTable.senders.hasMade());
        assertThrows(
                ArithmeticException.class,
                () -> receiver(rendezvousTable.addReservation(), failure).receive());
        assertFalse(rendezvousTable.receivers.hasMade());
    }

    /** Cells are reused: a thread that still holds an old end's cell wakes the new end. */
    @Test
    void aFreeCellIsReused() {
        Offer first = rendezvousTable.addOffer();
        Offer second = rendezvousTable.addOffer();
        assertFalse(first == second);
        rendezvousTable.remove(first);
        assertEquals(1, rendezvousTable.senders.open.length);
        assertTrue(rendezvousTable.addOffer() == first);
        assertEquals(2, rendezvousTable.senders.open.length);
    }

    @Test
    void counterpartsAreServedRoundRobin() {
        Offer[] offers = {
            rendezvousTable.addOffer(), rendezvousTable.addOffer(), rendezvousTable.addOffer()
        };
        RendezvousReceiver<Integer> receiver =
                receiver(rendezvousTable.addReservation(), Hooked.NO_OP);
        int[] taken = new int[offers.length];
        for (int i = 0; i < 30; i++) {
            for (int o = 0; o < offers.length; o++) {
                if (!offers[o].isPending()) {
                    offers[o].make(o);
                }
            }
            taken[receiver.tryReceive()]++;
        }
        for (int count : taken) {
            assertEquals(10, count);
        }
    }

    @Test
    void aTryFindsTheOneWaitingCounterpart() {
        Reservation[] reservations = {
            rendezvousTable.addReservation(),
            rendezvousTable.addReservation(),
            rendezvousTable.addReservation()
        };
        Offer[] offers = {
            rendezvousTable.addOffer(), rendezvousTable.addOffer(), rendezvousTable.addOffer()
        };
        for (int i = 0; i < reservations.length; i++) {
            reservations[i].make();
            assertTrue(sender(Hooked.NO_OP).trySend(i));
            assertEquals(i, reservations[i].collect());
            offers[i].make(i);
            assertEquals(i, receiver(reservations[0], Hooked.NO_OP).tryReceive());
        }
    }

    /** The receiver has checked the offers already, and does not check them again. */
    @Test
    void aReservationMadeBeforeTheOfferIsFulfilled() throws Exception {
        Reservation[] reservations = {
            rendezvousTable.addReservation(), rendezvousTable.addReservation()
        };
        Offer offer = rendezvousTable.addOffer();
        Step demand = reservations[1]::make;
        Step fail =
                () ->
                        assertTrue(
                                reservations[1].isFulfilled(),
                                "the sender waits beside the reservation");
        Sender<Integer> sender =
                new RendezvousSender<>(null, rendezvousTable, offer, new Hooked(demand, fail));
        assertTrue(sender.send(7, LONG));
        assertFalse(offer.isPending());
        assertFalse(reservations[0].isMade());
        assertEquals(7, reservations[1].collect());
    }

    /** Opening all ends costs about linear time, not quadratic time. */
    @Test
    @Timeout(20)
    void manyEndsAreOpenedInLinearTime() {
        int count = 4_000;
        List<Offer> offers = new ArrayList<>();
        List<Reservation> reservations = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            offers.add(rendezvousTable.addOffer());
            reservations.add(rendezvousTable.addReservation());
        }
        rendezvousTable.remove(offers.get(17));
        rendezvousTable.remove(reservations.get(5));
        assertSame(offers.get(17), rendezvousTable.addOffer());
        assertSame(reservations.get(5), rendezvousTable.addReservation());
        assertEquals(count, rendezvousTable.senders.open.length);
        assertEquals(count, Set.of(rendezvousTable.receivers.open).size());
    }
}
