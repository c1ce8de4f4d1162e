package io.sluice.heap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.Crew;
import io.sluice.Ends;
import io.sluice.MailboxSpec;
import io.sluice.Receiver;
import io.sluice.Sender;
import io.sluice.waiting.ParkWaiter;
import io.sluice.waiting.Sleepers;
import io.sluice.waiting.Waiter;
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
            new RendezvousMailbox<>(MailboxSpec.rendezvous());
    private final Meeting meeting = new Meeting();
    private final Crew crew = new Crew(mailbox);

    private interface Step {
        void run() throws InterruptedException;
    }

    /** A waiter that runs one step at its start and one in its only pause, and then times out. */
    private record Hooked(Step atStart, Step inPause) implements Waiter {
        static final Step NOTHING = () -> {};

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
        Waiter waiter = new Hooked(Hooked.NOTHING, inPause);
        return new RendezvousSender<>(null, meeting, meeting.addOffer(), waiter);
    }

    private RendezvousReceiver<Integer> receiver(Demand demand, Step inPause) {
        return receiver(demand, Hooked.NOTHING, inPause);
    }

    private RendezvousReceiver<Integer> receiver(Demand demand, Step atStart, Step inPause) {
        Waiter waiter = new Hooked(atStart, inPause);
        Side<Object> senders = new Side<>("sender", Ends.MANY, "has ended");
        return new RendezvousReceiver<>(null, meeting, demand, senders, waiter);
    }

    private static void lieDown(Sleepers sleepers) throws InterruptedException {
        ParkWaiter waiter = new ParkWaiter(sleepers);
        waiter.start(Waiter.NO_LIMIT);
        while (sleepers.count() == 0) {
            assertTrue(waiter.pause());
        }
    }

    /** The sender has looked for a reservation; then the receiver makes one, and parks. */
    @Test
    void aReceiverThatFellAsleepBeforeTheOfferWasMadeIsWoken() throws Exception {
        Receiver<Integer> receiver = mailbox.receiver();
        Step fallAsleep =
                () -> {
                    crew.start(() -> assertEquals(1, receiver.receive()));
                    crew.untilAsleep(0, 1);
                };
        Step check =
                () -> assertTrue(mailbox.toString().endsWith("(0 asleep)]"), mailbox::toString);
        Sender<Integer> sender =
                mailbox.openSender(
                        sleepers ->
                                new Waiter() {
                                    @Override
                                    public void start(long nanos) {
                                        new Hooked(fallAsleep, Hooked.NOTHING).start(nanos);
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
        crew.join();
    }

    @Test
    void anOfferWakesOneThatWaitsForItAmongOtherThings() throws Exception {
        lieDown(meeting.selectingReceivers());
        assertFalse(sender(Hooked.NOTHING).send(1, LONG));
        assertEquals(0, meeting.selectingReceivers().count());
        assertFalse(meeting.hasOffer(), "it was retracted");
    }

    @Test
    void aDemandWakesOneThatWaitsForItAmongOtherThings() throws Exception {
        lieDown(meeting.selectingSenders());
        assertNull(receiver(meeting.addDemand(), Hooked.NOTHING).receive(LONG));
        assertEquals(0, meeting.selectingSenders().count());
        assertFalse(meeting.hasDemand(), "it was withdrawn");
    }

    @Test
    void aReceiverWithdrawsItsDemandBeforeItTakesAnOffer() throws Exception {
        Demand demand = meeting.addDemand();
        Offer offer = meeting.addOffer();
        assertEquals(1, receiver(demand, () -> offer.make(1), Hooked.NOTHING).receive(LONG));
        assertFalse(offer.stands());
        assertFalse(demand.serve(2), "it does not wait any more");
    }

    /** The message that the receiver was handed precedes the offered one. */
    @Test
    void aReceiverThatWasGivenAMessageLeavesTheOffer() throws Exception {
        Demand demand = meeting.addDemand();
        Offer offer = meeting.addOffer();
        Step both =
                () -> {
                    assertTrue(demand.serve(1));
                    offer.make(2);
                };
        assertEquals(1, receiver(demand, both).receive(LONG));
        assertTrue(offer.stands());
    }

    @Test
    void whoIsInterruptedAfterTheHandOverHasNotBeenInterrupted() throws Exception {
        Demand demand = meeting.addDemand();
        Step given =
                () -> {
                    assertTrue(demand.serve(1));
                    throw new InterruptedException();
                };
        assertEquals(1, receiver(demand, given).receive());
        assertTrue(Thread.interrupted());
        Offer offer = meeting.offers().length == 0 ? meeting.addOffer() : meeting.offers()[0];
        Step taken =
                () -> {
                    assertEquals(2, offer.take());
                    throw new InterruptedException();
                };
        Waiter waiter = new Hooked(Hooked.NOTHING, taken);
        new RendezvousSender<Integer>(null, meeting, offer, waiter).send(2);
        assertTrue(Thread.interrupted());
    }

    /** A waiter may throw any exception. */
    @Test
    void whateverEndsTheWaitingLeavesNothingBehind() {
        Step failure =
                () -> {
                    throw new ArithmeticException();
                };
        assertThrows(ArithmeticException.class, () -> sender(failure).send(1));
        assertFalse(meeting.hasOffer());
        assertThrows(
                ArithmeticException.class, () -> receiver(meeting.addDemand(), failure).receive());
        assertFalse(meeting.hasDemand());
    }

    /** Cells are reused: a thread that still holds an old end's cell wakes the new end. */
    @Test
    void aCellThatIsFreeIsUsedAgainAndEndsFaceEachOther() {
        Offer first = meeting.addOffer();
        Offer second = meeting.addOffer();
        assertFalse(first == second);
        meeting.remove(first);
        assertEquals(1, meeting.offers().length);
        assertTrue(meeting.addOffer() == first);
        assertEquals(2, meeting.offers().length);
    }

    @Test
    void eachOfTheOtherSideGetsItsTurn() {
        Offer[] offers = {meeting.addOffer(), meeting.addOffer(), meeting.addOffer()};
        RendezvousReceiver<Integer> receiver = receiver(meeting.addDemand(), Hooked.NOTHING);
        int[] taken = new int[offers.length];
        for (int i = 0; i < 30; i++) {
            for (int o = 0; o < offers.length; o++) {
                if (!offers[o].stands()) {
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
    void aTryFindsTheOneThatWaitsAmongMany() {
        Demand[] demands = {meeting.addDemand(), meeting.addDemand(), meeting.addDemand()};
        Offer[] offers = {meeting.addOffer(), meeting.addOffer(), meeting.addOffer()};
        for (int i = 0; i < demands.length; i++) {
            demands[i].make();
            assertTrue(sender(Hooked.NOTHING).trySend(i));
            assertEquals(i, demands[i].collect());
            offers[i].make(i);
            assertEquals(i, receiver(demands[0], Hooked.NOTHING).tryReceive());
        }
    }

    /** The receiver has checked the offers already, and does not check them again. */
    @Test
    void aDemandThatWasMadeBeforeTheOfferIsServed() throws Exception {
        Demand[] demands = {meeting.addDemand(), meeting.addDemand()};
        Offer offer = meeting.addOffer();
        Step demand = demands[1]::make;
        Step fail = () -> assertTrue(demands[1].isServed(), "the sender waits beside the demand");
        Sender<Integer> sender =
                new RendezvousSender<>(null, meeting, offer, new Hooked(demand, fail));
        assertTrue(sender.send(7, LONG));
        assertFalse(offer.stands());
        assertFalse(demands[0].isMade());
        assertEquals(7, demands[1].collect());
    }

    /** Opening all ends costs about linear time, not quadratic time. */
    @Test
    @Timeout(20)
    void manyEndsAreOpenedAndFaceEachOther() {
        int count = 4_000;
        List<Offer> offers = new ArrayList<>();
        List<Demand> demands = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            offers.add(meeting.addOffer());
            demands.add(meeting.addDemand());
        }
        meeting.remove(offers.get(17));
        meeting.remove(demands.get(5));
        assertSame(offers.get(17), meeting.addOffer());
        assertSame(demands.get(5), meeting.addDemand());
        assertEquals(count, meeting.offers().length);
        assertEquals(count, Set.of(meeting.demands()).size());
    }
}
