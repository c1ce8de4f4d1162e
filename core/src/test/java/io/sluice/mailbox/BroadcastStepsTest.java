package io.sluice.mailbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.Ends;
import io.sluice.Mailbox;
import io.sluice.MailboxSpec;
import io.sluice.Proof;
import io.sluice.Receiver;
import io.sluice.Sender;
import io.sluice.TestThreads;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The steps of a broadcast mailbox: gates, joining, overtaken receivers, and wake-ups. */
class BroadcastStepsTest {
    private static final int HISTORIES = Proof.size(100, 3_000);
    private static final int STEPS = 300;
    private static final int[] CAPACITIES = {1, 2, 3, 4, 5, 8, 16, 100};

    private static BroadcastMailbox<Integer> mailbox(int capacity, Ends senders) {
        return new BroadcastMailbox<>(MailboxSpec.broadcast(capacity).senders(senders));
    }

    /** A receiver, and the number of the message that it must get next. */
    private static final class TrackedReceiver {
        final Receiver<Integer> receiver;
        final boolean gated;
        int next;

        TrackedReceiver(Receiver<Integer> receiver, boolean gated, int next) {
            this.receiver = receiver;
            this.gated = gated;
            this.next = next;
        }
    }

    /** A mailbox in which message i is the number i, and what it must do next. */
    private static final class History {
        private final int capacity;
        private final BroadcastMailbox<Integer> mailbox;
        private final Sender<Integer> sender;
        private final List<TrackedReceiver> receivers = new ArrayList<>();
        private boolean joined;
        private int sent;

        History(int capacity, Ends senders) {
            this.capacity = capacity;
            this.mailbox = mailbox(capacity, senders);
            this.sender = mailbox.sender();
        }

        private int slowest() {
            return joined
                    ? receivers.stream()
                            .filter(s -> s.gated)
                            .mapToInt(s -> s.next)
                            .min()
                            .orElse(sent)
                    : 0;
        }

        void step(Random random) {
            int step = random.nextInt(20);
            if (step < 10) {
                send();
            } else if (step == 10 && receivers.size() < 5) {
                join(random.nextBoolean());
            } else if (step == 11 && receivers.size() > 1) {
                receivers.remove(random.nextInt(receivers.size())).receiver.close();
            } else if (!receivers.isEmpty()) {
                TrackedReceiver tracked = receivers.get(random.nextInt(receivers.size()));
                for (int i = random.nextInt(2 * capacity + 1); i >= 0; i--) {
                    receive(tracked);
                }
            }
            assertEquals(sent - slowest(), mailbox.size());
        }

        private void send() {
            boolean room = sent < slowest() + capacity;
            assertEquals(room, sender.trySend(sent));
            if (room) {
                sent++;
            }
        }

        private void join(boolean gated) {
            Receiver<Integer> receiver = gated ? mailbox.receiver() : mailbox.lossyReceiver();
            receivers.add(new TrackedReceiver(receiver, gated, joined ? sent : 0));
            joined = true;
        }

        private static void check(boolean holds, int next, Integer message) {
            assertTrue(holds, () -> message + " where " + next + " was due");
        }

        private void receive(TrackedReceiver s) {
            long lost = s.receiver.lost();
            Integer message = s.receiver.tryReceive();
            if (s.next == sent) {
                assertNull(message);
                return;
            }
            check(message != null, s.next, null);
            if (s.gated || s.next >= sent - capacity) {
                check(message == s.next, s.next, message);
            } else {
                check(message == s.next || message == sent - capacity, s.next, message);
            }
            assertEquals(lost + message - s.next, s.receiver.lost());
            s.next = message + 1;
        }
    }

    @ParameterizedTest
    @EnumSource
    void randomHistories(Ends senders) {
        for (int seed = 0; seed < HISTORIES; seed++) {
            Random random = new Random(seed);
            History history = new History(CAPACITIES[seed % CAPACITIES.length], senders);
            for (int i = 0; i < STEPS; i++) {
                history.step(random);
            }
        }
    }

    /** A lossy receiver beside it lets the ring run through its laps. */
    @ParameterizedTest
    @EnumSource
    void thePlaceOfAGatedReceiverIsNotOverwritten(Ends senders) {
        for (int capacity : CAPACITIES) {
            BroadcastMailbox<Integer> mailbox = mailbox(capacity, senders);
            Sender<Integer> sender = mailbox.sender();
            mailbox.lossyReceiver();
            for (int i = 0; i < 5 * capacity + 3; i++) {
                assertTrue(sender.trySend(i), "no receiver is gated");
            }
            Receiver<Integer> gated = mailbox.receiver();
            int first = 5 * capacity + 3;
            int sent = first;
            for (int received = first; received < first + 6 * capacity; received++) {
                for (; sent < received + capacity; sent++) {
                    assertTrue(sender.trySend(sent));
                }
                assertFalse(sender.trySend(sent), "it would be overwritten");
                assertEquals(received, gated.tryReceive());
            }
            assertEquals(0, gated.lost());
        }
    }

    @Test
    void aSingleSenderHasAClassOfItsOwn() {
        assertInstanceOf(BroadcastSender.Alone.class, mailbox(4, Ends.ONE).sender());
        assertEquals(BroadcastSender.class, mailbox(4, Ends.MANY).sender().getClass());
    }

    @ParameterizedTest
    @EnumSource
    void aSenderBacksOffOnceUntilAMessageIsSent(Ends senders) {
        BroadcastMailbox<Integer> mailbox = mailbox(64, senders);
        Sender<Integer> sender = mailbox.sender();
        Receiver<Integer> receiver = mailbox.receiver();
        FullBackoff backoff = new FullBackoff(mailbox.ring, 64);
        assertFalse(backoff.pause(), "nothing was sent");
        for (int i = 0; i < 64; i++) {
            assertTrue(sender.trySend(i));
        }
        assertTrue(backoff.pause());
        assertFalse(backoff.pause(), "nothing was sent since");
        assertEquals(0, receiver.tryReceive());
        assertFalse(backoff.pause(), "nothing was sent since");
        assertTrue(sender.trySend(64));
        assertTrue(backoff.pause());
    }

    @Test
    void eachMessageWakesEveryReceiver() throws InterruptedException {
        BroadcastMailbox<Integer> mailbox = mailbox(4, Ends.MANY);
        TestThreads threads = new TestThreads(mailbox);
        ParkingEnds ends = new ParkingEnds();
        Sender<Integer> sender = mailbox.sender();
        for (int i = 0; i < 3; i++) {
            Receiver<Integer> receiver = ends.receiver(mailbox);
            threads.start(() -> assertEquals(7, receiver.receive()));
        }
        threads.spinUntilWaiting(0, 3);
        assertTrue(sender.trySend(7));
        threads.join();
    }

    /** Starts a thread that sends one message, and waits for room. */
    private static TestThreads waitingSender(Mailbox<Integer> mailbox, int message) {
        Sender<Integer> sender = new ParkingEnds().sender(mailbox);
        TestThreads threads = new TestThreads(mailbox);
        threads.start(() -> sender.send(message));
        threads.spinUntilWaiting(1, 0);
        return threads;
    }

    @Test
    void aGatedReceiverThatMovesOnWakesASender() throws InterruptedException {
        BroadcastMailbox<Integer> mailbox = mailbox(1, Ends.MANY);
        Receiver<Integer> fast = mailbox.receiver();
        Receiver<Integer> slow = mailbox.receiver();
        assertTrue(mailbox.sender().trySend(0));
        assertEquals(0, fast.tryReceive());
        TestThreads threads = waitingSender(mailbox, 1);
        assertEquals(0, slow.tryReceive());
        threads.join();
        assertEquals(1, fast.tryReceive());
    }

    @Test
    void aGatedReceiverThatLeavesWakesASender() throws InterruptedException {
        BroadcastMailbox<Integer> mailbox = mailbox(1, Ends.MANY);
        Receiver<Integer> fast = mailbox.receiver();
        Receiver<Integer> slow = mailbox.receiver();
        assertTrue(mailbox.sender().trySend(0));
        assertEquals(0, fast.tryReceive());
        TestThreads threads = waitingSender(mailbox, 1);
        slow.close();
        threads.join();
        assertEquals(1, fast.tryReceive());
    }

    @Test
    void aFirstReceiverThatIsLossyWakesASender() throws InterruptedException {
        BroadcastMailbox<Integer> mailbox = mailbox(1, Ends.MANY);
        assertTrue(mailbox.sender().trySend(0));
        TestThreads threads = waitingSender(mailbox, 1);
        Receiver<Integer> lossy = mailbox.lossyReceiver();
        threads.join();
        assertEquals(0, lossy.tryReceive());
        assertEquals(1, lossy.tryReceive());
    }
}
