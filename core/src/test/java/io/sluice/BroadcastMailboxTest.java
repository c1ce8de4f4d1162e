package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every receiver of a broadcast gets every message, or knows exactly what it has lost. */
class BroadcastMailboxTest {
    private static final int MESSAGES = Proof.size(2_000, 2_000_000);

    record BroadcastCase(int capacity, Ends senders, boolean parks) {}

    static List<BroadcastCase> cases() {
        return Stream.of(1, 3, 1024)
                .flatMap(
                        capacity ->
                                Stream.of(Ends.values())
                                        .map(e -> new BroadcastCase(capacity, e, true)))
                .flatMap(c -> Stream.of(c, new BroadcastCase(c.capacity, c.senders, false)))
                .filter(c -> c.parks || c.capacity > 3)
                .toList();
    }

    private static Mailbox<Long> mailbox(int capacity, Ends senders) {
        return Mailbox.create(MailboxSpec.broadcast(capacity).senders(senders));
    }

    @ParameterizedTest
    @EnumSource
    void eachReceiverGetsEachMessage(Ends senders) {
        Mailbox<Long> mailbox = mailbox(3, senders);
        try (Sender<Long> sender = mailbox.sender();
                Receiver<Long> one = mailbox.receiver();
                Receiver<Long> other = mailbox.receiver()) {
            for (long i = 0; i < 100; i++) {
                assertTrue(sender.trySend(i));
                assertEquals(i, one.tryReceive());
                assertEquals(i, other.tryReceive());
                assertNull(one.tryReceive());
                assertNull(other.tryReceive());
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void theSlowestGatedReceiverHoldsTheSenderUp(Ends senders) {
        Mailbox<Long> mailbox = mailbox(3, senders);
        Sender<Long> sender = mailbox.sender();
        Receiver<Long> fast = mailbox.receiver();
        Receiver<Long> slow = mailbox.receiver();
        for (long i = 0; i < 3; i++) {
            assertTrue(sender.trySend(i));
            assertEquals(i, fast.tryReceive());
        }
        assertFalse(sender.trySend(3L));
        assertEquals(3, mailbox.size());
        assertEquals(0, slow.tryReceive());
        assertTrue(sender.trySend(3L));
        assertFalse(sender.trySend(4L));
        slow.close();
        assertTrue(sender.trySend(4L));
        assertEquals(3, fast.tryReceive());
        assertEquals(4, fast.tryReceive());
        assertEquals(0, fast.lost());
    }

    @ParameterizedTest
    @EnumSource
    void theFirstReceiverMissesNothingAndALaterOneWhatWasSentBefore(Ends senders) {
        Mailbox<Long> mailbox = mailbox(2, senders);
        Sender<Long> sender = mailbox.sender();
        assertTrue(sender.trySend(0L));
        assertTrue(sender.trySend(1L));
        assertFalse(sender.trySend(2L), "there is no receiver yet");
        Receiver<Long> first = mailbox.receiver();
        Receiver<Long> later = mailbox.receiver();
        Receiver<Long> lossy = mailbox.lossyReceiver();
        assertEquals(0, first.tryReceive());
        assertNull(later.tryReceive());
        assertTrue(sender.trySend(2L));
        assertEquals(1, first.tryReceive());
        assertEquals(2, first.tryReceive());
        assertEquals(2, later.tryReceive());
        assertEquals(2, lossy.tryReceive());
        assertEquals(0, lossy.lost());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aLossyReceiverCountsEachGapBeforeTheNextMessage(BroadcastCase c) {
        Mailbox<Long> mailbox = mailbox(c.capacity, c.senders);
        Sender<Long> sender = mailbox.sender();
        Receiver<Long> receiver = mailbox.lossyReceiver();
        long sent = 0;
        long received = 0;
        for (int run = 1; run < 8 * c.capacity + 20; run += Math.max(1, c.capacity / 3)) {
            for (int i = 0; i < run; i++) {
                assertTrue(sender.trySend(sent++), "no receiver is gated");
            }
            long kept = 0;
            for (Long message; (message = receiver.tryReceive()) != null; received++, kept++) {
                assertEquals(message, received + receiver.lost());
            }
            assertEquals(sent, received + receiver.lost());
            assertTrue(kept >= Math.min(run, c.capacity), kept + " of " + run + " were kept");
        }
        assertTrue(receiver.lost() > 0);
        sender.close();
        assertTrue(receiver.isEndOfStream());
    }

    /** A receiver checks all messages; of several senders, each one's order. */
    private static long receiveAll(Receiver<Long> receiver, int senders)
            throws InterruptedException {
        long[] next = new long[senders];
        long received = 0;
        for (Long message; (message = receiver.receive()) != null; received++) {
            int sender = (int) (message % senders);
            long number = message / senders;
            if (number < next[sender]) {
                throw new AssertionError(message + " where " + next[sender] + " was due");
            }
            if (number > next[sender] && receiver.lost() == 0) {
                throw new AssertionError(message + " after an uncounted gap");
            }
            next[sender] = number + 1;
        }
        assertTrue(receiver.isEndOfStream());
        return received;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void gatedReceiversLoseNothingAndLossyOnesCountExactly(BroadcastCase c)
            throws InterruptedException {
        int senders = c.senders == Ends.ONE ? 1 : 3;
        // Each message of a small one that parks is a wake-up of every receiver.
        int messages = c.capacity < 100 && c.parks ? Proof.size(400, 20_000) : MESSAGES;
        Mailbox<Long> mailbox = mailbox(c.capacity, c.senders);
        TestThreads threads = new TestThreads(mailbox);
        List<Receiver<Long>> receivers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            receivers.add(i < 2 ? mailbox.receiver() : mailbox.lossyReceiver());
        }
        List<Sender<Long>> all = new ArrayList<>();
        for (int i = 0; i < senders; i++) {
            all.add(mailbox.sender());
        }
        AtomicLong complete = new AtomicLong();
        for (Receiver<Long> receiver : receivers) {
            threads.start(
                    () -> {
                        long received = receiveAll(receiver, senders);
                        assertEquals((long) senders * messages, received + receiver.lost());
                        complete.incrementAndGet();
                    });
        }
        for (int s = 0; s < senders; s++) {
            int number = s;
            threads.start(
                    () -> {
                        try (Sender<Long> sender = all.get(number)) {
                            for (long i = 0; i < messages; i++) {
                                long message = i * senders + number;
                                if (c.parks || !sender.trySend(message)) {
                                    sender.send(message);
                                }
                            }
                        }
                    });
        }
        threads.join();
        assertEquals(4, complete.get());
        assertEquals(0, receivers.get(0).lost());
        assertEquals(0, receivers.get(1).lost());
    }

    /** Receivers come and go while senders send: each gets what is sent while it is open. */
    @ParameterizedTest
    @EnumSource
    void whoJoinsGetsEachMessageFromThenOn(Ends senders) throws InterruptedException {
        Mailbox<Long> mailbox = mailbox(4, senders);
        int messages = Proof.size(4_000, 500_000);
        Receiver<Long> stays = mailbox.lossyReceiver();
        TestThreads threads = new TestThreads(mailbox);
        Sender<Long> sender = mailbox.sender();
        threads.start(
                () -> {
                    try (sender) {
                        for (long i = 0; i < messages; i++) {
                            sender.send(i);
                        }
                    }
                });
        threads.start(
                () -> {
                    while (!stays.isEndOfStream()) {
                        long last = -1;
                        try (Receiver<Long> receiver = mailbox.receiver()) {
                            for (int i = 0; i < 10; i++) {
                                Long message = receiver.receive();
                                if (message == null) {
                                    break;
                                }
                                if (last >= 0) {
                                    assertEquals(last + 1, message);
                                }
                                last = message;
                            }
                        }
                        stays.poll(message -> {}, 100);
                    }
                });
        threads.join();
        assertTrue(stays.isEndOfStream());
    }

    @Test
    void onlyABroadcastHasLossyReceivers() {
        assertThrows(UnsupportedOperationException.class, () -> Mailbox.bounded(4).lossyReceiver());
        assertThrows(
                IllegalArgumentException.class,
                () -> MailboxSpec.broadcast(4).overflow(OverflowPolicy.DROP_OLDEST));
        assertThrows(IllegalArgumentException.class, () -> MailboxSpec.broadcast(0));
    }

    @Test
    void theLastReceiverBreaksIt() {
        Mailbox<Long> mailbox = Mailbox.broadcast(4);
        Sender<Long> sender = mailbox.sender();
        Receiver<Long> gated = mailbox.receiver();
        Receiver<Long> lossy = mailbox.lossyReceiver();
        gated.close();
        assertTrue(sender.trySend(0L));
        lossy.close();
        assertThrows(BrokenChannelException.class, () -> sender.trySend(1L));
    }
}
