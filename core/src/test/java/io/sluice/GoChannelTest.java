package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Ports of Go's channel tests: {@code chan_test.go} of its runtime, and {@code fifo}, {@code
 * sieve1}, {@code nonblock} of {@code test/chan}. Goroutines become virtual threads. Closing
 * differs: here each side closes its ends, and the last close of a receiver also counts.
 */
@Timeout(90)
class GoChannelTest {
    private static Mailbox<Integer> channel(int capacity) {
        return capacity == 0
                ? Mailbox.create(MailboxSpec.rendezvous().receivers(Ends.MANY))
                : Mailbox.create(MailboxSpec.bounded(capacity).receivers(Ends.MANY));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 10, 100})
    void aReceiveWaitsForASend(int capacity) throws Exception {
        Mailbox<Integer> mailbox = channel(capacity);
        TestThreads testThreads = new TestThreads(mailbox);
        Sender<Integer> sender = mailbox.sender();
        AtomicInteger got = new AtomicInteger();
        for (int i = 0; i < 2; i++) {
            Receiver<Integer> receiver = mailbox.receiver();
            testThreads.start(() -> got.addAndGet(receiver.receive()));
        }
        testThreads.spinUntilWaiting(0, 2);
        assertEquals(0, got.get());
        sender.send(3);
        sender.send(4); // With capacity 1, waits for the first receive.
        testThreads.join();
        assertEquals(7, got.get());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 10, 100})
    void aSendWaitsForRoom(int capacity) throws Exception {
        Mailbox<Integer> mailbox = channel(capacity);
        TestThreads testThreads = new TestThreads(mailbox);
        Sender<Integer> sender = mailbox.sender();
        Receiver<Integer> receiver = mailbox.receiver();
        int count = Setup.fill(sender);
        assertEquals(mailbox.capacity(), count);
        testThreads.start(() -> sender.send(count));
        testThreads.spinUntilWaiting(1, 0);
        for (int i = 0; i <= count; i++) {
            assertEquals(i, receiver.receive());
        }
        testThreads.join();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 10, 100})
    void closeWakesWaitersAndIsSeenByLaterCalls(int capacity) throws Exception {
        Mailbox<Integer> mailbox = channel(capacity);
        TestThreads testThreads = new TestThreads(mailbox);
        Sender<Integer> sender = mailbox.sender();
        for (int i = 0; i < 3; i++) {
            Receiver<Integer> receiver = mailbox.receiver();
            testThreads.start(
                    () -> {
                        assertNull(receiver.receive());
                        assertTrue(receiver.isEndOfStream());
                    });
        }
        testThreads.spinUntilWaiting(0, 3);
        sender.close();
        testThreads.join();
        assertNull(mailbox.receiver().receive());
        assertThrows(IllegalStateException.class, () -> sender.send(1));
    }

    /** Messages in the channel at the close are received before the end. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 10, 100})
    void closeKeepsWhatIsInTheChannel(int capacity) throws Exception {
        Mailbox<Integer> mailbox = channel(capacity);
        Receiver<Integer> receiver = mailbox.receiver();
        int count;
        try (Sender<Integer> sender = mailbox.sender()) {
            count = Setup.fill(sender);
        }
        for (int i = 0; i < count; i++) {
            assertFalse(receiver.isEndOfStream());
            assertEquals(i, receiver.receive());
        }
        assertNull(receiver.receive());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 10, 100})
    void whatOneSendsAnotherReceivesInOrder(int capacity) throws Exception {
        Mailbox<Integer> mailbox = channel(capacity);
        TestThreads testThreads = new TestThreads(mailbox);
        Sender<Integer> sender = mailbox.sender();
        Receiver<Integer> receiver = mailbox.receiver();
        testThreads.start(
                Thread.ofVirtual(),
                () -> {
                    for (int i = 0; i < 100; i++) {
                        sender.send(i);
                    }
                });
        for (int i = 0; i < 100; i++) {
            assertEquals(i, receiver.receive());
        }
        testThreads.join();
    }

    /** {@code TestChan}: four senders and four receivers lose and duplicate nothing. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 10, 100})
    void manySendAndManyReceive(int capacity) throws Exception {
        int threads = 4;
        int messages = 1000;
        Mailbox<Integer> mailbox = channel(capacity);
        TestThreads testThreads = new TestThreads(mailbox);
        List<Sender<Integer>> senders = new ArrayList<>();
        for (int p = 0; p < threads; p++) {
            senders.add(mailbox.sender());
        }
        for (Sender<Integer> sender : senders) {
            testThreads.start(
                    Thread.ofVirtual(),
                    () -> {
                        for (int i = 0; i < messages; i++) {
                            sender.send(i);
                        }
                        sender.close();
                    });
        }
        AtomicInteger[] counts = new AtomicInteger[messages];
        for (int i = 0; i < messages; i++) {
            counts[i] = new AtomicInteger();
        }
        for (int p = 0; p < threads; p++) {
            Receiver<Integer> receiver = mailbox.receiver();
            testThreads.start(
                    Thread.ofVirtual(),
                    () -> {
                        for (int message : receiver) {
                            counts[message].incrementAndGet();
                        }
                    });
        }
        testThreads.join();
        for (AtomicInteger count : counts) {
            assertEquals(threads, count.get());
        }
    }

    /**
     * {@code TestNonblockRecvRace}: with {@code tryReceive}, another receiver and a close
     * concurrent, the message is received exactly once.
     */
    @Test
    void aTryBesideAnotherReceiverAndACloseNeverMissesTheMessage() throws Exception {
        for (int i = 0; i < 1000; i++) {
            Mailbox<Integer> mailbox = Mailbox.create(MailboxSpec.bounded(1).receivers(Ends.MANY));
            TestThreads testThreads = new TestThreads(mailbox);
            Sender<Integer> sender = mailbox.sender();
            sender.send(1);
            Receiver<Integer> one = mailbox.receiver();
            Receiver<Integer> other = mailbox.receiver();
            AtomicInteger got = new AtomicInteger();
            testThreads.start(
                    Thread.ofVirtual(),
                    () -> {
                        Integer message = one.tryReceive();
                        got.addAndGet(message == null ? 0 : message);
                    });
            sender.close();
            Integer message = other.receive();
            got.addAndGet(message == null ? 0 : message);
            testThreads.join();
            assertEquals(1, got.get());
        }
    }

    /** {@code TestNonblockSelectRace}: {@code tryReceive} finds a send that waits. */
    @Test
    void aSenderThatWaitsInARendezvousIsFoundByATry() throws Exception {
        for (int i = 0; i < 200; i++) {
            Mailbox<Integer> mailbox =
                    Mailbox.create(MailboxSpec.rendezvous().receivers(Ends.MANY));
            TestThreads testThreads = new TestThreads(mailbox);
            Sender<Integer> sender = mailbox.sender();
            Receiver<Integer> receiver = mailbox.receiver();
            testThreads.start(() -> sender.send(7));
            testThreads.spinUntil(() -> mailbox.toString().contains("size=1"));
            assertEquals(7, receiver.tryReceive());
            testThreads.join();
        }
    }

    /**
     * {@code TestNonblockSelectRace2}: at any time one channel has a message or the other is
     * closed, so a {@code trySelect} that finds no message finds the close.
     */
    @Test
    void aSelectThatFindsNothingBesideACloseHasSeenTheClose() throws Exception {
        for (int i = 0; i < 2000; i++) {
            Mailbox<Integer> stored = Mailbox.create(MailboxSpec.bounded(1).receivers(Ends.MANY));
            Mailbox<Integer> closed = Mailbox.create(MailboxSpec.rendezvous().receivers(Ends.MANY));
            TestThreads testThreads = new TestThreads(List.of(stored, closed));
            Sender<Integer> toStored = stored.sender();
            Sender<Integer> toClosed = closed.sender();
            toStored.send(1);
            AtomicInteger got = new AtomicInteger();
            Receiver<Integer> never = closed.receiver();
            Select select =
                    Select.builder()
                            .receive(never, got::addAndGet)
                            .receive(stored.receiver(), got::addAndGet)
                            .build();
            Receiver<Integer> other = stored.receiver();
            testThreads.start(
                    Thread.ofVirtual(),
                    () ->
                            assertTrue(
                                    select.trySelect() == 1 || never.isEndOfStream(),
                                    select::toString));
            toClosed.close();
            Integer message = other.tryReceive();
            got.addAndGet(message == null ? 0 : message);
            testThreads.join();
            assertEquals(1, got.get());
        }
    }

    /**
     * {@code TestSelectFairness}: three senders send continuously; a clause that stays ready is
     * selected within a bounded number of selects.
     */
    @Test
    void aSelectIsFairToSendersThatNeverStop() throws Exception {
        int clauses = 3;
        List<Mailbox<Integer>> mailboxes = new ArrayList<>();
        List<Receiver<Integer>> receivers = new ArrayList<>();
        TestThreads testThreads = new TestThreads(mailboxes);
        SelectBuilder builder = Select.builder();
        for (int c = 0; c < clauses; c++) {
            Mailbox<Integer> mailbox = Mailbox.create(MailboxSpec.bounded(4).receivers(Ends.MANY));
            mailboxes.add(mailbox);
            receivers.add(mailbox.receiver());
            builder.receive(receivers.get(c), m -> {});
            Sender<Integer> sender = mailbox.sender();
            testThreads.start(
                    Thread.ofVirtual(),
                    () -> {
                        try {
                            for (int i = 0; ; i++) {
                                sender.send(i);
                            }
                        } catch (BrokenChannelException e) {
                            return; // The receiver has closed.
                        }
                    });
        }
        Select select = builder.build();
        int[] lost = new int[clauses]; // Consecutive losses while ready.
        int[] wins = new int[clauses];
        for (int i = 0; i < 20_000; i++) {
            boolean[] ready = new boolean[clauses];
            for (int c = 0; c < clauses; c++) {
                ready[c] = !mailboxes.get(c).isEmpty();
            }
            int winner = select.select();
            wins[winner]++;
            for (int c = 0; c < clauses; c++) {
                lost[c] = ready[c] && c != winner ? lost[c] + 1 : 0;
                assertTrue(lost[c] <= 3 * clauses / 2, () -> Arrays.toString(lost));
            }
        }
        receivers.forEach(Receiver::close);
        testThreads.join();
        for (int win : wins) {
            assertTrue(win > 0, () -> Arrays.toString(wins));
        }
    }

    /** {@code TestMultiConsumer}: workers receive from one channel and send to another. */
    @ParameterizedTest
    @ValueSource(ints = {0, 4})
    void manyConsumersShareTheWork(int capacity) throws Exception {
        int workers = 23;
        int items = 2_000;
        Mailbox<Integer> work = channel(capacity);
        Mailbox<Integer> done = channel(3 * capacity);
        TestThreads testThreads = new TestThreads(List.of(work, done));
        Receiver<Integer> results = done.receiver();
        List<Sender<Integer>> answers = new ArrayList<>();
        for (int w = 0; w < workers; w++) {
            answers.add(done.sender());
        }
        for (Sender<Integer> answer : answers) {
            Receiver<Integer> receiver = work.receiver();
            testThreads.start(
                    Thread.ofVirtual(),
                    () -> {
                        for (int item : receiver) {
                            answer.send(item);
                        }
                        answer.close();
                    });
        }
        Sender<Integer> sender = work.sender();
        testThreads.start(
                Thread.ofVirtual(),
                () -> {
                    for (int i = 0; i < items; i++) {
                        sender.send(i);
                    }
                    sender.close();
                });
        assertEquals((long) items * (items - 1) / 2, results.stream().mapToLong(m -> m).sum());
        testThreads.join();
    }

    /** {@code fifo}: a chain of threads, each of which forwards what it receives. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 10})
    void aChainKeepsTheOrder(int capacity) throws Exception {
        int links = 10;
        Mailbox<Integer> first = channel(capacity);
        TestThreads testThreads = new TestThreads(first);
        Receiver<Integer> in = first.receiver();
        for (int i = 0; i < links; i++) {
            Mailbox<Integer> next = channel(capacity);
            Receiver<Integer> from = in;
            Sender<Integer> to = next.sender();
            testThreads.start(
                    Thread.ofVirtual(),
                    () -> {
                        for (int message : from) {
                            to.send(message);
                        }
                        to.close();
                    });
            in = next.receiver();
        }
        Sender<Integer> sender = first.sender();
        testThreads.start(
                Thread.ofVirtual(),
                () -> {
                    for (int i = 0; i < 500; i++) {
                        sender.send(i);
                    }
                    sender.close();
                });
        int expected = 0;
        for (int message : in) {
            assertEquals(expected++, message);
        }
        assertEquals(500, expected);
        testThreads.join();
    }

    /** {@code sieve1}: one thread per prime filters out its multiples; rendezvous only. */
    @Test
    void theSieveFindsThePrimes() throws Exception {
        List<Integer> primes = new ArrayList<>();
        AtomicLong threads = new AtomicLong();
        Mailbox<Integer> numbers = Mailbox.create(MailboxSpec.rendezvous().receivers(Ends.MANY));
        TestThreads testThreads = new TestThreads(numbers);
        Sender<Integer> source = numbers.sender();
        Receiver<Integer> in = numbers.receiver();
        testThreads.start(
                Thread.ofVirtual(),
                () -> {
                    for (int i = 2; ; i++) {
                        try {
                            source.send(i);
                        } catch (BrokenChannelException e) {
                            return; // The receiver has closed.
                        }
                    }
                });
        while (primes.size() < 40) {
            int prime = in.receive();
            primes.add(prime);
            Mailbox<Integer> filtered =
                    Mailbox.create(MailboxSpec.rendezvous().receivers(Ends.MANY));
            Receiver<Integer> from = in;
            Sender<Integer> to = filtered.sender();
            threads.incrementAndGet();
            testThreads.start(Thread.ofVirtual(), () -> filter(prime, from, to));
            in = filtered.receiver();
        }
        in.close(); // The break propagates upstream: each filter closes its receiver.
        testThreads.join();
        assertEquals(173, primes.get(39));
        assertEquals(40, threads.get());
    }

    private static void filter(int prime, Receiver<Integer> from, Sender<Integer> to)
            throws InterruptedException {
        try (from;
                to) {
            for (int number : from) {
                if (number % prime != 0) {
                    to.send(number);
                }
            }
        } catch (BrokenChannelException e) {
            return; // The next receiver has closed.
        }
    }
}
