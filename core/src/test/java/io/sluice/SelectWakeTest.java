package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A select that parks, without a safeguard timeout: a lost wake-up is a missed deadline. */
class SelectWakeTest {
    private static final int ASLEEP_MILLIS = Proof.size(500, 2_000);

    private final Mailbox<Integer> a = Mailbox.create(MailboxSpec.bounded(4).receivers(Ends.MANY));
    private final Mailbox<Integer> b = Mailbox.create(MailboxSpec.bounded(4).receivers(Ends.MANY));
    private final Sender<Integer> toA = a.sender();
    private final Sender<Integer> toB = b.sender();
    private final Receiver<Integer> fromA = a.receiver();
    private final Receiver<Integer> fromB = b.receiver();
    private final List<Integer> got = new ArrayList<>();
    private final TestThreads testThreads = new TestThreads(List.of(a, b));

    private Select receiving() {
        return WakeupOnlySelects.build(
                Select.builder().receive(fromA, got::add).receive(fromB, got::add));
    }

    private Select sending() {
        return WakeupOnlySelects.build(Select.builder().send(toA, () -> 7).send(toB, () -> 8));
    }

    /** Waits until no waiter is counted in either mailbox. */
    private void untilNoneWaits() {
        testThreads.spinUntil(() -> waiters(a) + waiters(b) == 0);
    }

    /**
     * Waits until a select has parked: it is counted once in each mailbox before it can be woken.
     */
    private void untilWaiting(Thread thread, int inA, int inB) {
        testThreads.spinUntil(
                () ->
                        waiters(a) == inA
                                && waiters(b) == inB
                                && LockSupport.getBlocker(thread) != null);
    }

    private static int waiters(Mailbox<?> mailbox) {
        String text = mailbox.toString();
        int sum = 0;
        for (int end = -1; (end = text.indexOf(" asleep", end + 1)) >= 0; ) {
            sum += Integer.parseInt(text.substring(text.lastIndexOf('(', end) + 1, end));
        }
        return sum;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void aMessageWakesIt(int clause) throws InterruptedException {
        Select select = receiving();
        Thread thread = testThreads.start(() -> assertEquals(clause, select.select()));
        untilWaiting(thread, 1, 1);
        (clause == 0 ? toA : toB).send(clause);
        testThreads.join();
        assertEquals(List.of(clause), got);
        untilNoneWaits();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void roomWakesIt(int clause) throws InterruptedException {
        Setup.fill(toA);
        Setup.fill(toB);
        Select select = sending();
        Thread thread = testThreads.start(() -> assertEquals(clause, select.select()));
        untilWaiting(thread, 1, 1);
        assertEquals(0, (clause == 0 ? fromA : fromB).receive());
        testThreads.join();
        untilNoneWaits();
    }

    @Test
    void theEndOfOneStreamLeavesItAsleepForTheOthers() throws InterruptedException {
        Select select = receiving();
        Thread thread = testThreads.start(() -> assertEquals(1, select.select()));
        untilWaiting(thread, 1, 1);
        toA.close();
        untilWaiting(thread, 0, 1);
        toB.send(3);
        testThreads.join();
        assertEquals(List.of(3), got);
    }

    @Test
    void theEndOfAllWakesIt() throws InterruptedException {
        Select select = receiving();
        Thread thread = testThreads.start(() -> assertEquals(Select.NONE, select.select()));
        untilWaiting(thread, 1, 1);
        toA.close();
        toB.close();
        testThreads.join();
        untilNoneWaits();
    }

    @Test
    void aBreakWakesIt() throws InterruptedException {
        Setup.fill(toA);
        Setup.fill(toB);
        Select select = sending();
        Thread thread = testThreads.start(() -> Setup.assertBreaks(select::select));
        untilWaiting(thread, 1, 1);
        fromB.close();
        testThreads.join();
        untilNoneWaits();
    }

    @Test
    void anInterruptWakesItAndNothingIsTaken() throws InterruptedException {
        Select select = receiving();
        Thread thread =
                testThreads.start(() -> assertThrows(InterruptedException.class, select::select));
        untilWaiting(thread, 1, 1);
        thread.interrupt();
        testThreads.join();
        untilNoneWaits();
        toA.send(1);
        assertEquals(1, fromA.tryReceive());
    }

    /** A select does not consume the wake-up of a mailbox whose clause is disabled. */
    @Test
    void aDisabledClauseSwallowsNoWakeUp() throws InterruptedException {
        Select select = receiving();
        select.disable(0);
        Thread first = testThreads.start(() -> assertEquals(1, select.select()));
        untilWaiting(first, 0, 1);
        Receiver<Integer> other = a.receiver();
        Select behind = WakeupOnlySelects.build(Select.builder().receive(other, got::add));
        Thread second = testThreads.start(() -> assertEquals(0, behind.select()));
        untilWaiting(second, 1, 1);
        toA.send(1);
        testThreads.spinUntil(() -> !second.isAlive());
        toB.send(2);
        testThreads.join();
        assertEquals(List.of(1, 2), got);
    }

    /**
     * In each round a message arrives in each mailbox. One select waits for both and must receive
     * that of A; it is often woken for B's and takes A's, which it prefers. If it kept the wake-up
     * for B, the other select would wait for ever.
     */
    @Test
    void aWakeUpForAClauseThatDidNotWinIsPassedOn() throws InterruptedException {
        int rounds = Proof.size(500, 30_000);
        AtomicInteger done = new AtomicInteger();
        List<Sender<Integer>> starters = new ArrayList<>();
        Sender<Integer> again = b.sender();
        Select both =
                WakeupOnlySelects.build(
                        Select.builder()
                                .receive(fromA, m -> {})
                                .receive(fromB, again::trySend)
                                .byPriority());
        Select one = WakeupOnlySelects.build(Select.builder().receive(b.receiver(), m -> {}));
        for (Select select : List.of(both, one)) {
            Mailbox<Integer> go = Mailbox.create(MailboxSpec.bounded(4).receivers(Ends.MANY));
            starters.add(go.sender());
            Select next = WakeupOnlySelects.build(Select.builder().receive(go.receiver(), m -> {}));
            testThreads.start(
                    () -> {
                        for (int i = 0; i < rounds; i++) {
                            while (select.select() != 0) {} // A message of B is sent again.
                            done.incrementAndGet();
                            next.select();
                        }
                    });
        }
        for (int i = 0; i < rounds; i++) {
            int pause = i % 128;
            while (pause-- > 0 && waiters(b) < 2) {
                Thread.onSpinWait();
            }
            toB.send(i);
            toA.send(i);
            int all = 2 * i + 2;
            testThreads.spinUntil(() -> done.get() == all);
            for (Sender<Integer> starter : starters) {
                starter.send(i);
            }
        }
        testThreads.join();
    }

    @Test
    void virtualThreadsSelect() throws InterruptedException {
        int threads = 100;
        int messages = 200;
        AtomicInteger sum = new AtomicInteger();
        List<Sender<Integer>> senders = new ArrayList<>();
        List<Select> selects = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            selects.add(
                    WakeupOnlySelects.build(
                            Select.builder()
                                    .receive(a.receiver(), sum::addAndGet)
                                    .receive(b.receiver(), sum::addAndGet)));
            senders.add(a.sender());
            senders.add(b.sender());
        }
        for (int t = 0; t < threads; t++) {
            Select receiving = selects.get(t);
            Sender<Integer> one = senders.get(2 * t);
            Sender<Integer> two = senders.get(2 * t + 1);
            Select sending =
                    WakeupOnlySelects.build(Select.builder().send(one, () -> 1).send(two, () -> 1));
            testThreads.start(
                    Thread.ofVirtual(),
                    () -> {
                        while (receiving.select() != Select.NONE) {}
                    });
            testThreads.start(
                    Thread.ofVirtual(),
                    () -> {
                        for (int i = 0; i < messages; i++) {
                            sending.select();
                        }
                        one.close();
                        two.close();
                    });
        }
        toA.close();
        toB.close();
        testThreads.join();
        assertEquals(threads * messages, sum.get());
    }

    @Test
    void asleepItUsesAlmostNoProcessorTime() throws InterruptedException {
        Select select = Select.builder().receive(fromA, got::add).receive(fromB, got::add).build();
        Thread thread = testThreads.start(() -> assertEquals(0, select.select()));
        untilWaiting(thread, 1, 1);
        long before = ManagementFactory.getThreadMXBean().getThreadCpuTime(thread.threadId());
        thread.join(ASLEEP_MILLIS); // The interval that is measured.
        long used =
                ManagementFactory.getThreadMXBean().getThreadCpuTime(thread.threadId()) - before;
        toA.send(1);
        testThreads.join();
        assertTrue(
                used < TimeUnit.MILLISECONDS.toNanos(20), used + " ns in " + ASLEEP_MILLIS + " ms");
    }
}
