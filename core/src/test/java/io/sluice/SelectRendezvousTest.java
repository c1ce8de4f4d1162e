package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.YieldingIdleStrategy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Selects over rendezvous mailboxes: both sides must be there, and exactly one clause wins. */
class SelectRendezvousTest {
    private static final int MESSAGES = Proof.size(400, 20_000);

    private final Mailbox<Integer> x =
            Mailbox.create(MailboxSpec.rendezvous().receivers(Ends.MANY));
    private final Mailbox<Integer> y =
            Mailbox.create(MailboxSpec.rendezvous().receivers(Ends.MANY));
    private final Sender<Integer> toX = x.sender();
    private final Sender<Integer> toY = y.sender();
    private final Receiver<Integer> fromX = x.receiver();
    private final Receiver<Integer> fromY = y.receiver();
    private final TestThreads testThreads = new TestThreads(List.of(x, y));

    private static Select build(SelectBuilder builder, boolean spins) {
        return spins
                ? builder.idle(new YieldingIdleStrategy()).build()
                : WakeupOnlySelects.build(builder);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void itReceivesFromAWaitingSender(boolean spins) throws InterruptedException {
        List<Integer> got = new ArrayList<>();
        Select select =
                build(Select.builder().receive(fromX, got::add).receive(fromY, got::add), spins);
        testThreads.start(
                () -> {
                    for (int i = 0; i < MESSAGES; i++) {
                        (i % 3 == 0 ? toX : toY).send(i);
                    }
                    toX.close();
                    toY.close();
                });
        while (select.select() != Select.NONE) {}
        testThreads.join();
        assertEquals(MESSAGES, got.size());
        for (int i = 0; i < MESSAGES; i++) {
            assertEquals(i, got.get(i));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void itSendsToAWaitingReceiver(boolean spins) throws InterruptedException {
        int[] next = {0};
        Select select =
                build(
                        Select.builder()
                                .send(toX, () -> next[0], () -> next[0]++)
                                .send(toY, () -> next[0], () -> next[0]++),
                        spins);
        testThreads.start(
                () -> {
                    for (int i = 0; i < MESSAGES; i++) {
                        assertEquals(i, (i % 3 == 0 ? fromX : fromY).receive());
                    }
                });
        for (int i = 0; i < MESSAGES; i++) {
            assertEquals(i % 3 == 0 ? 0 : 1, select.select());
        }
        testThreads.join();
        assertNull(fromX.tryReceive());
    }

    @Test
    void itCompletesWithANonBlockingCall() throws InterruptedException {
        AtomicInteger got = new AtomicInteger();
        Select receiving = WakeupOnlySelects.build(Select.builder().receive(fromX, got::addAndGet));
        Select sending = WakeupOnlySelects.build(Select.builder().send(toY, () -> 1));
        testThreads.start(
                () -> {
                    for (int i = 0; i < 100; i++) {
                        assertEquals(0, receiving.select());
                        assertEquals(0, sending.select());
                    }
                });
        for (int i = 0; i < 100; i++) {
            testThreads.spinUntil(() -> toX.trySend(1));
            testThreads.spinUntil(() -> fromY.tryReceive() != null);
        }
        testThreads.join();
        assertEquals(100, got.get());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void twoSelectsRendezvous(int spins) throws InterruptedException {
        int[] next = {0};
        List<Integer> got = new ArrayList<>();
        Select sending =
                build(
                        Select.builder()
                                .send(toX, () -> next[0], () -> next[0]++)
                                .send(toY, () -> next[0], () -> next[0]++),
                        (spins & 1) != 0);
        Select receiving =
                build(
                        Select.builder().receive(fromX, got::add).receive(fromY, got::add),
                        (spins & 2) != 0);
        testThreads.start(
                () -> {
                    for (int i = 0; i < MESSAGES; i++) {
                        sending.select();
                    }
                    toX.close();
                    toY.close();
                });
        while (receiving.select() != Select.NONE) {}
        testThreads.join();
        assertEquals(MESSAGES, got.size());
        for (int i = 0; i < MESSAGES; i++) {
            assertEquals(i, got.get(i));
        }
    }

    /** Each select can send to the other and receive from it: one of the two must happen. */
    @Test
    void twoSelectsOnTwoMailboxesRendezvous() throws InterruptedException {
        AtomicInteger received = new AtomicInteger();
        AtomicInteger sent = new AtomicInteger();
        Select one =
                WakeupOnlySelects.build(
                        Select.builder()
                                .send(toX, () -> 1, sent::incrementAndGet)
                                .receive(fromY, received::addAndGet));
        Select two =
                WakeupOnlySelects.build(
                        Select.builder()
                                .send(toY, () -> 1, sent::incrementAndGet)
                                .receive(fromX, received::addAndGet));
        for (Select select : List.of(one, two)) {
            testThreads.start(
                    () -> {
                        for (int i = 0; i < MESSAGES; i++) {
                            assertTrue(select.select() >= 0);
                        }
                    });
        }
        testThreads.join();
        assertEquals(MESSAGES, sent.get());
        assertEquals(MESSAGES, received.get());
    }

    /** Each message is received once, though selects compete with plain sends and receives. */
    @Test
    void exactlyOneClauseWins() throws InterruptedException {
        int messages = 5 * MESSAGES;
        AtomicIntegerArray received = new AtomicIntegerArray(messages);
        AtomicInteger number = new AtomicInteger();
        for (int t = 0; t < 2; t++) {
            Sender<Integer> a = x.sender();
            Sender<Integer> b = y.sender();
            Sender<Integer> plain = (t == 0 ? x : y).sender();
            Select receiving =
                    WakeupOnlySelects.build(
                            Select.builder()
                                    .receive(x.receiver(), received::incrementAndGet)
                                    .receive(y.receiver(), received::incrementAndGet));
            int[] next = {number.getAndIncrement()};
            Runnable advance = () -> next[0] = number.getAndIncrement();
            Select sending =
                    WakeupOnlySelects.build(
                            Select.builder()
                                    .send(a, () -> next[0], advance)
                                    .send(b, () -> next[0], advance));
            testThreads.start(
                    () -> {
                        while (next[0] < messages) {
                            sending.select();
                        }
                        a.close();
                        b.close();
                    });
            testThreads.start(
                    () -> {
                        for (int i; (i = number.getAndIncrement()) < messages; ) {
                            plain.send(i);
                        }
                        plain.close();
                    });
            testThreads.start(
                    () -> {
                        while (receiving.select() != Select.NONE) {}
                    });
        }
        toX.close();
        toY.close();
        testThreads.start(
                () -> {
                    for (Integer i; (i = fromX.receive()) != null; ) {
                        received.incrementAndGet(i);
                    }
                });
        testThreads.start(
                () -> {
                    while (!fromY.isEndOfStream()) {
                        Integer i =
                                fromY.receive(Duration.ofNanos(TimeUnit.MICROSECONDS.toNanos(50)));
                        if (i != null) {
                            received.incrementAndGet(i);
                        }
                    }
                });
        testThreads.join();
        for (int i = 0; i < messages; i++) {
            assertEquals(1, received.get(i), "message " + i);
        }
    }

    /** Two selects share only X, and each may be at its other clause when the other arrives. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void twoSelectsWithOneMailboxInCommonRendezvous(int spins) throws InterruptedException {
        Sender<Integer> withoutReceiver = Mailbox.<Integer>rendezvous().sender();
        int[] next = {0};
        List<Integer> got = new ArrayList<>();
        Select sending =
                build(
                        Select.builder()
                                .send(withoutReceiver, () -> next[0])
                                .send(toX, () -> next[0], () -> next[0]++),
                        (spins & 1) != 0);
        Select receiving =
                build(
                        Select.builder().receive(fromX, got::add).receive(fromY, got::add),
                        (spins & 2) != 0);
        testThreads.start(
                () -> {
                    for (int i = 0; i < MESSAGES / 10; i++) {
                        assertEquals(1, sending.select());
                    }
                });
        for (int i = 0; i < MESSAGES / 10; i++) {
            assertEquals(0, receiving.select());
        }
        testThreads.join();
        assertEquals(IntStream.range(0, MESSAGES / 10).boxed().toList(), got);
    }

    @Test
    void virtualThreadsRendezvous() throws InterruptedException {
        int pairs = 20;
        int messages = 500;
        AtomicInteger sum = new AtomicInteger();
        List<Select> receiving = new ArrayList<>();
        for (int p = 0; p < pairs; p++) {
            receiving.add(
                    WakeupOnlySelects.build(
                            Select.builder()
                                    .receive(x.receiver(), sum::addAndGet)
                                    .receive(y.receiver(), sum::addAndGet)));
        }
        for (int p = 0; p < pairs; p++) {
            Sender<Integer> one = x.sender();
            Sender<Integer> two = y.sender();
            Select sending =
                    WakeupOnlySelects.build(Select.builder().send(one, () -> 1).send(two, () -> 1));
            testThreads.start(
                    Thread.ofVirtual(),
                    () -> {
                        for (int i = 0; i < messages; i++) {
                            sending.select();
                        }
                    });
            Select select = receiving.get(p);
            testThreads.start(
                    Thread.ofVirtual(),
                    () -> {
                        for (int i = 0; i < messages; i++) {
                            select.select();
                        }
                    });
        }
        testThreads.join();
        assertEquals(pairs * messages, sum.get());
    }

    /** An idle strategy that counts its calls, and runs a task at one of them. */
    private static final class CountingIdle implements IdleStrategy {
        private final long at;
        private final Runnable work;
        private long count;

        CountingIdle(long at, Runnable work) {
            this.at = at;
            this.work = work;
        }

        @Override
        public void idle(int workCount) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void idle() {
            if (++count == at) {
                work.run();
            }
        }

        @Override
        public void reset() {}
    }

    /** However long it has waited, a select that spins checks all clauses after some pauses. */
    @ParameterizedTest
    @ValueSource(ints = {1, 100_000})
    void aSpinningSelectKeepsPollingTheOtherClauses(int pauses) throws InterruptedException {
        Mailbox<Integer> stored = Mailbox.create(MailboxSpec.bounded(2).receivers(Ends.MANY));
        Sender<Integer> toStored = stored.sender();
        CountingIdle idle = new CountingIdle(pauses, () -> toStored.trySend(1));
        Select select =
                Select.builder()
                        .receive(stored.receiver(), m -> {})
                        .receive(Mailbox.<Integer>rendezvous().receiver(idle), m -> {})
                        .idle(idle)
                        .build();
        assertEquals(0, select.select());
        assertTrue(idle.count - pauses <= PendingOffer.MAX_PAUSES, () -> idle.count + " pauses");
    }

    /**
     * A select that is woken for another clause withdraws its reservation, and waits in no queue.
     */
    @Test
    void aParkedSelectIsWokenForAnotherClauseAndRetracts() throws InterruptedException {
        Mailbox<Integer> stored = Mailbox.create(MailboxSpec.bounded(2).receivers(Ends.MANY));
        AtomicInteger got = new AtomicInteger();
        Select select =
                WakeupOnlySelects.build(
                        Select.builder()
                                .receive(fromX, got::set)
                                .receive(stored.receiver(), got::set));
        Sender<Integer> toStored = stored.sender();
        Thread thread = testThreads.start(() -> assertEquals(1, select.select()));
        testThreads.spinUntil(() -> LockSupport.getBlocker(thread) != null);
        toStored.send(5);
        testThreads.join();
        assertEquals(5, got.get());
        assertFalse(toX.trySend(1));
        assertTrue(x.toString().endsWith("(0 asleep)]"), x.toString());
    }

    /** The offer or reservation of a parked select stands: one try meets it. */
    @Test
    void aParkedSelectCompletesWithANonBlockingCall() throws InterruptedException {
        AtomicInteger got = new AtomicInteger();
        Select receiving = WakeupOnlySelects.build(Select.builder().receive(fromX, got::set));
        Thread thread = testThreads.start(() -> assertEquals(0, receiving.select()));
        testThreads.spinUntil(() -> LockSupport.getBlocker(thread) != null);
        assertTrue(toX.trySend(6));
        testThreads.join();
        assertEquals(6, got.get());
        Select sending = WakeupOnlySelects.build(Select.builder().send(toY, () -> 7));
        Thread other = testThreads.start(() -> assertEquals(0, sending.select()));
        testThreads.spinUntil(() -> LockSupport.getBlocker(other) != null);
        assertEquals(7, fromY.tryReceive());
        testThreads.join();
    }

    @Test
    void anInterruptedSelectLeavesNoOffer() throws InterruptedException {
        Select select =
                WakeupOnlySelects.build(
                        Select.builder().send(toX, () -> 1).receive(fromY, m -> {}));
        for (int i = 0; i < 10; i++) {
            Thread thread =
                    testThreads.start(
                            () -> assertThrows(InterruptedException.class, select::select));
            testThreads.spinUntil(() -> LockSupport.getBlocker(thread) != null);
            thread.interrupt();
            testThreads.spinUntil(() -> !thread.isAlive());
            assertNull(fromX.tryReceive());
            assertFalse(toY.trySend(1));
        }
        testThreads.join();
    }

    /** A select exchanges messages with others, not with itself. */
    @Test
    void oneSelectDoesNotRendezvousWithItself() throws InterruptedException {
        Select select =
                WakeupOnlySelects.build(
                        Select.builder().send(toX, () -> 1).receive(fromX, i -> {}));
        assertEquals(Select.NONE, select.select(Duration.ofMillis(5)));
        testThreads.start(() -> assertEquals(1, fromX2().receive()));
        assertEquals(0, select.select());
        testThreads.join();
    }

    private Receiver<Integer> fromX2() {
        return x.receiver();
    }
}
