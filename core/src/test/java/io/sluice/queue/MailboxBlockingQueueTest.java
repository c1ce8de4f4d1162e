package io.sluice.queue;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.Ends;
import io.sluice.Mailbox;
import io.sluice.MailboxSpec;
import io.sluice.Receiver;
import io.sluice.Sender;
import io.sluice.TestThreads;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What only a mailbox's view has: ends that are shared out, and an end of stream. */
@Timeout(60)
class MailboxBlockingQueueTest {
    private static final int THREADS = 300;
    private static final int MESSAGES = 50_000;

    static List<MailboxSpec> flavors() {
        return MailboxFlavors.bounded(MailboxFlavors.many());
    }

    static List<MailboxSpec> dropping() {
        return MailboxFlavors.dropping();
    }

    /**
     * A mailbox that drops has room for every message, even while the peek buffer holds messages.
     */
    @ParameterizedTest
    @MethodSource("dropping")
    void aDroppingMailboxNeverRefuses(MailboxSpec spec) throws Exception {
        List<Integer> expected = new ArrayList<>();
        List<Integer> expectedUndelivered = new ArrayList<>();
        List<Integer> dropped = new ArrayList<>();
        Mailbox<Integer> same = Mailbox.create(spec, expectedUndelivered::add);
        MailboxBlockingQueue<Integer> queue =
                new MailboxBlockingQueue<>(Mailbox.create(spec, dropped::add));
        Sender<Integer> sender = same.sender();
        for (int i = 0; i < 3 * same.capacity(); i++) {
            assertTrue(sender.trySend(i));
            queue.put(i);
            switch (i % 4) {
                case 0 -> assertNotNull(queue.peek());
                case 1 -> assertFalse(queue.contains(-1));
                case 2 -> assertTrue(queue.iterator().hasNext());
                default -> assertTrue(queue.size() <= same.capacity());
            }
        }
        assertTrue(sender.trySend(-1));
        assertTrue(queue.offer(-1, 1, SECONDS));
        assertEquals(expectedUndelivered, dropped);
        try (Receiver<Integer> receiver = same.receiver()) {
            receiver.poll(expected::add, Integer.MAX_VALUE);
        }
        List<Integer> got = new ArrayList<>();
        queue.drainTo(got);
        assertEquals(expected, got);
    }

    /** After its shutdown, an executor checks before each task whether the queue is empty. */
    @Test
    void aLongBacklogIsNotCountedForEachTask() throws Exception {
        int tasks = 1_000_000;
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger ran = new AtomicInteger();
        ThreadPoolExecutor executor =
                new ThreadPoolExecutor(
                        1,
                        1,
                        0,
                        SECONDS,
                        new MailboxBlockingQueue<>(
                                Mailbox.create(MailboxSpec.unbounded().receivers(Ends.MANY))));
        executor.execute(() -> assertDoesNotThrow(() -> go.await()));
        for (int i = 0; i < tasks; i++) {
            executor.execute(ran::incrementAndGet);
        }
        executor.shutdown();
        go.countDown();
        boolean done = executor.awaitTermination(30, SECONDS);
        executor.shutdownNow();
        assertTrue(done, () -> ran + " tasks have run");
        assertEquals(tasks, ran.get());
    }

    @ParameterizedTest
    @MethodSource("flavors")
    void afterCloseTheRestIsTakenAndThenTheStreamEnds(MailboxSpec spec) throws Exception {
        Mailbox<Integer> mailbox = Mailbox.create(spec);
        MailboxBlockingQueue<Integer> queue = new MailboxBlockingQueue<>(mailbox);
        queue.add(1);
        queue.add(2);
        queue.peek();
        queue.close();
        queue.close();
        assertThrows(IllegalStateException.class, () -> queue.offer(3));
        assertThrows(IllegalStateException.class, () -> queue.add(3));
        assertThrows(IllegalStateException.class, () -> queue.put(3));
        assertThrows(IllegalStateException.class, () -> queue.offer(3, 1, SECONDS));
        assertEquals(2, queue.size());
        assertEquals(1, queue.take());
        assertEquals(2, queue.poll(30, SECONDS));
        assertNull(queue.poll(30, SECONDS));
        assertNull(queue.poll());
        assertThrows(NoSuchElementException.class, queue::take);
        assertNull(queue.peek());
        assertTrue(queue.isEmpty());
        assertTrue(mailbox.toString().contains("senders=gone"), mailbox::toString);
        assertTrue(mailbox.toString().contains("receivers=gone"), mailbox::toString);
    }

    @ParameterizedTest
    @MethodSource("flavors")
    void closingWakesAThreadWaitingForAnElement(MailboxSpec spec) throws Exception {
        MailboxBlockingQueue<Integer> queue = new MailboxBlockingQueue<>(Mailbox.create(spec));
        TestThreads testThreads = new TestThreads(spec);
        Thread taker =
                testThreads.start(
                        () -> assertThrows(NoSuchElementException.class, () -> queue.take()));
        Thread poller = testThreads.start(() -> assertNull(queue.poll(300, SECONDS)));
        for (Thread thread : List.of(taker, poller)) {
            testThreads.spinUntil(() -> thread.getState() == Thread.State.TIMED_WAITING);
        }
        queue.close();
        testThreads.join();
    }

    @ParameterizedTest
    @MethodSource("flavors")
    void aSenderWaitingForRoomAtCloseIsTheLast(MailboxSpec spec) throws Exception {
        theSenderThatWaitsForRoomIsTheLast(spec, false);
    }

    @ParameterizedTest
    @MethodSource("flavors")
    void aSenderWaitingBehindPeekedElementsAtCloseIsTheLast(MailboxSpec spec) throws Exception {
        theSenderThatWaitsForRoomIsTheLast(spec, true);
    }

    private static void theSenderThatWaitsForRoomIsTheLast(MailboxSpec spec, boolean looked)
            throws Exception {
        MailboxBlockingQueue<Integer> queue = new MailboxBlockingQueue<>(Mailbox.create(spec));
        TestThreads testThreads = new TestThreads(spec);
        int capacity = queue.remainingCapacity();
        for (int i = 0; i < capacity; i++) {
            queue.add(i);
        }
        assertEquals(looked, looked && queue.contains(0));
        Thread putter = testThreads.start(() -> queue.put(capacity));
        testThreads.spinUntil(() -> putter.getState() == Thread.State.TIMED_WAITING);
        queue.close();
        assertThrows(IllegalStateException.class, () -> queue.offer(-1));
        for (int i = 0; i <= capacity; i++) {
            assertEquals(i, queue.take());
        }
        testThreads.join();
        assertThrows(NoSuchElementException.class, queue::take);
    }

    /** However many threads come and go, only as many ends are open as were used at once. */
    @ParameterizedTest
    @MethodSource("flavors")
    void threadsThatEndedLeaveNoEnds(MailboxSpec spec) throws Exception {
        Mailbox<Integer> mailbox = Mailbox.create(spec);
        MailboxBlockingQueue<Integer> queue = new MailboxBlockingQueue<>(mailbox);
        for (int i = 0; i < THREADS; i++) {
            int number = i;
            TestThreads testThreads = new TestThreads(mailbox);
            testThreads.start(() -> queue.put(number));
            testThreads.start(() -> assertEquals(number, queue.take()));
            testThreads.join();
        }
        assertTrue(open(mailbox, "senders") <= 2, mailbox::toString);
        assertTrue(open(mailbox, "receivers") <= 2, mailbox::toString);
    }

    @ParameterizedTest
    @MethodSource("flavors")
    void asManyEndsAreOpenAsThreadsWaited(MailboxSpec spec) throws Exception {
        Mailbox<Integer> mailbox = Mailbox.create(spec);
        MailboxBlockingQueue<Integer> queue = new MailboxBlockingQueue<>(mailbox);
        TestThreads testThreads = new TestThreads(mailbox);
        int waiting = 50;
        for (int i = 0; i < waiting; i++) {
            testThreads.start(queue::take);
        }
        testThreads.spinUntil(() -> open(mailbox, "receivers") == waiting);
        for (int i = 0; i < waiting; i++) {
            queue.put(i);
        }
        testThreads.join();
        for (int i = 0; i < waiting; i++) {
            assertNull(queue.poll());
        }
        assertEquals(waiting, open(mailbox, "receivers"));
        queue.close();
        assertNull(queue.poll());
        assertEquals(0, open(mailbox, "receivers"));
    }

    @ParameterizedTest
    @MethodSource("flavors")
    void virtualThreadsExchangeElements(MailboxSpec spec) throws Exception {
        Mailbox<Integer> mailbox = Mailbox.create(spec);
        MailboxBlockingQueue<Integer> queue = new MailboxBlockingQueue<>(mailbox);
        TestThreads testThreads = new TestThreads(mailbox);
        AtomicInteger sum = new AtomicInteger();
        for (int i = 0; i < THREADS; i++) {
            int number = i;
            testThreads.start(Thread.ofVirtual(), () -> sum.addAndGet(queue.take()));
            testThreads.start(Thread.ofVirtual(), () -> queue.put(number));
        }
        testThreads.join();
        assertEquals(THREADS * (THREADS - 1) / 2, sum.get());
        assertTrue(open(mailbox, "senders") <= THREADS, mailbox::toString);
    }

    private static int open(Mailbox<?> mailbox, String side) {
        Matcher matcher = Pattern.compile(side + "=(\\d+|gone)").matcher(mailbox.toString());
        assertTrue(matcher.find(), mailbox::toString);
        return matcher.group(1).equals("gone") ? 0 : Integer.parseInt(matcher.group(1));
    }

    @Test
    void aSecondCallerIsRefusedWhereOneWasSpecified() throws Exception {
        MailboxSpec one = MailboxSpec.bounded(8).senders(Ends.ONE).receivers(Ends.ONE);
        MailboxBlockingQueue<Integer> queue = new MailboxBlockingQueue<>(Mailbox.create(one));
        TestThreads testThreads = new TestThreads(one);
        Thread taker = testThreads.start(() -> assertEquals(1, queue.take()));
        testThreads.spinUntil(() -> taker.getState() == Thread.State.TIMED_WAITING);
        assertThrows(IllegalStateException.class, queue::poll);
        queue.put(1);
        testThreads.join();
        queue.put(2);
        assertEquals(2, queue.poll());
    }

    /** As with an ArrayBlockingQueue: threads beyond the core start when the queue is full. */
    @Test
    void anExecutorGrowsWhenItsQueueIsFull() throws Exception {
        try (ThreadPoolExecutor executor =
                new ThreadPoolExecutor(
                        3,
                        9,
                        30,
                        SECONDS,
                        new MailboxBlockingQueue<>(
                                Mailbox.create(MailboxSpec.bounded(9).receivers(Ends.MANY))))) {
            CountDownLatch stop = new CountDownLatch(1);
            try {
                for (int i = 0; i < 18; i++) {
                    executor.execute(() -> assertDoesNotThrow(() -> stop.await()));
                }
                assertEquals(9, executor.getPoolSize());
                assertThrows(RejectedExecutionException.class, () -> executor.execute(() -> {}));
            } finally {
                stop.countDown();
            }
        }
    }

    @Test
    void othersMaySendToTheMailbox() throws Exception {
        Mailbox<Integer> mailbox = Mailbox.create(MailboxSpec.bounded(8).receivers(Ends.MANY));
        MailboxBlockingQueue<Integer> queue = new MailboxBlockingQueue<>(mailbox);
        try (Sender<Integer> sender = mailbox.sender()) {
            sender.send(1);
            queue.peek();
            sender.send(2);
            queue.close();
            sender.send(3);
        }
        assertEquals(List.of(1, 2, 3), List.copyOf(queue));
        queue.clear();
        assertThrows(NoSuchElementException.class, queue::take);
    }

    @Test
    void aClosedMailboxIsRefused() {
        Mailbox<Integer> ended = Mailbox.create(MailboxSpec.bounded(8).receivers(Ends.MANY));
        ended.sender().close();
        assertThrows(IllegalStateException.class, () -> new MailboxBlockingQueue<>(ended));
        Mailbox<Integer> broken = Mailbox.create(MailboxSpec.bounded(8).receivers(Ends.MANY));
        Receiver<Integer> receiver = broken.receiver();
        receiver.close();
        assertThrows(IllegalStateException.class, () -> new MailboxBlockingQueue<>(broken));
        assertEquals(0, open(broken, "senders"));
    }

    /** Ends are closed once and only when no call uses them, at any moment. */
    @Test
    void closingAtAnyMomentLosesNothingThatWasAdded() throws Exception {
        for (int round = 0; round < 100; round++) {
            Mailbox<Integer> mailbox = Mailbox.create(MailboxSpec.bounded(64).receivers(Ends.MANY));
            MailboxBlockingQueue<Integer> queue = new MailboxBlockingQueue<>(mailbox);
            TestThreads testThreads = new TestThreads(mailbox);
            int[] added = new int[3];
            CountDownLatch begun = new CountDownLatch(added.length);
            for (int t = 0; t < added.length; t++) {
                int thread = t;
                testThreads.start(
                        () -> {
                            begun.countDown();
                            try {
                                for (int i = 0; i < MESSAGES; i++) {
                                    queue.put(i);
                                    added[thread]++;
                                }
                            } catch (IllegalStateException e) {
                                assertTrue(e.getMessage().contains("closed"), e::getMessage);
                            }
                        });
            }
            int[] taken = new int[1];
            testThreads.start(
                    () -> {
                        while (queue.poll(30, SECONDS) != null) {
                            taken[0]++;
                        }
                    });
            begun.await();
            for (int i = ThreadLocalRandom.current().nextInt(2000); i > 0; i--) {
                Thread.onSpinWait();
            }
            queue.close();
            testThreads.join();
            assertEquals(added[0] + added[1] + added[2], taken[0]);
            assertTrue(mailbox.toString().contains("senders=gone"), mailbox::toString);
            assertTrue(mailbox.toString().contains("receivers=gone"), mailbox::toString);
        }
    }
}
