package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.wait.ParkingWaiter;
import io.sluice.wait.Selectable;
import io.sluice.wait.WaitQueue;
import io.sluice.wait.Waiter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A select that was woken for one clause and leaves by another passes its wake-up on. */
class SelectPassWakeupTest {
    private final Mailbox<Integer> a = Mailbox.create(MailboxSpec.bounded(4).receivers(Ends.MANY));
    private final Mailbox<Integer> b = Mailbox.create(MailboxSpec.bounded(4).receivers(Ends.MANY));
    private final Sender<Integer> toA = a.sender();
    private final Sender<Integer> toB = b.sender();
    private final Receiver<Integer> fromB = b.receiver();
    private final WaitQueue waitQueue = ((Selectable) fromB).waitQueue();
    private final ParkingWaiter next = new ParkingWaiter(waitQueue);

    /** Enqueues another waiter for B. */
    private void enqueueNext() {
        next.start(Waiter.NO_TIMEOUT);
        try {
            while (waitQueue.count() == 0) {
                assertTrue(next.pause());
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Returns a select that runs an action when it would park, and is woken for B. */
    private Select wokenForB(LateWaiter meanwhile) {
        return Select.builder()
                .receive(a.receiver(), message -> {})
                .receive(fromB, message -> {})
                .byPriority()
                .waiterFactory(places -> meanwhile)
                .build();
    }

    private interface LateWaiter extends Waiter {
        @Override
        default void start(long nanos) {}

        @Override
        default boolean stop() {
            return true;
        }

        @Override
        default int wokenIndex() {
            return 1;
        }
    }

    @Test
    void oneThatLeavesWithAnotherMessageWakesTheNext() throws InterruptedException {
        Select select =
                wokenForB(
                        () -> {
                            toB.send(1);
                            toA.send(2);
                            enqueueNext();
                            return true;
                        });
        assertEquals(0, select.select());
        assertEquals(0, waitQueue.count());
        assertTrue(next.stop());
        assertEquals(1, fromB.tryReceive());
    }

    /** The select is woken between its check and its park; its next check finds another message. */
    @Test
    void aSelectWokenBetweenPollAndParkWakesTheNext() throws InterruptedException {
        AtomicInteger pauses = new AtomicInteger();
        Runnable meanwhile =
                () -> {
                    if (pauses.incrementAndGet() == 2) {
                        assertEquals(1, waitQueue.count());
                        toB.trySend(1);
                        assertEquals(0, waitQueue.count());
                        enqueueNext();
                        toA.trySend(2);
                    }
                };
        Select select =
                Select.builder()
                        .receive(a.receiver(), message -> {})
                        .receive(fromB, message -> {})
                        .byPriority()
                        .waiterFactory(
                                places ->
                                        new Before(
                                                meanwhile,
                                                ParkingWaiter.withoutSpinning(
                                                        Long.MAX_VALUE, places)))
                        .build();
        assertEquals(0, select.select());
        assertEquals(0, waitQueue.count());
        assertTrue(next.stop());
        assertEquals(1, fromB.tryReceive());
    }

    /** A waiter that runs an action before each pause. */
    private record Before(Runnable what, ParkingWaiter waiter) implements Waiter {
        @Override
        public void start(long nanos) {
            waiter.start(nanos);
        }

        @Override
        public boolean pause() throws InterruptedException {
            what.run();
            return waiter.pause();
        }

        @Override
        public boolean stop() {
            return waiter.stop();
        }

        @Override
        public int wokenIndex() {
            return waiter.wokenIndex();
        }
    }

    @Test
    void oneThatIsInterruptedWakesTheNext() throws InterruptedException {
        Select select =
                wokenForB(
                        () -> {
                            toB.send(1);
                            enqueueNext();
                            throw new InterruptedException();
                        });
        assertThrows(InterruptedException.class, select::select);
        assertEquals(0, waitQueue.count());
        assertEquals(1, fromB.tryReceive());
    }

    /** A waiter for what can never arrive would be woken in place of others. */
    @Test
    void aSelectDoesNotParkForAnEndedStream() throws InterruptedException {
        List<Integer> unwanted = new ArrayList<>();
        LateWaiter waiting =
                new LateWaiter() {
                    @Override
                    public boolean pause() {
                        toA.close();
                        return false;
                    }

                    @Override
                    public void setInterest(int place, boolean wanted) {
                        assertFalse(wanted);
                        unwanted.add(place);
                    }
                };
        assertEquals(Select.NONE, wokenForB(waiting).select());
        assertEquals(List.of(0), unwanted);
    }

    @Test
    void whatComesWithTheEndOfTheTimeIsTaken() throws InterruptedException {
        Select select =
                wokenForB(
                        () -> {
                            toA.send(2);
                            return false;
                        });
        assertEquals(0, select.select(Duration.ofNanos(1)));
    }

    @Test
    void aSpuriousWakeUpIsNotPassedOn() throws InterruptedException {
        Select select =
                wokenForB(
                        () -> {
                            toA.send(2);
                            enqueueNext();
                            return true;
                        });
        assertEquals(0, select.select());
        assertEquals(1, waitQueue.count());
    }
}
