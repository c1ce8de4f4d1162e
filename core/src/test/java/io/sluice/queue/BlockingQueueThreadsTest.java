package io.sluice.queue;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.Proof;
import io.sluice.TestThreads;
import io.sluice.TestWhere;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The contract of {@link BlockingQueue} for threads: which calls block, what ends the blocking, and
 * that each element arrives once and in order, whatever else is done to the queue meanwhile.
 */
@ParameterizedClass
@MethodSource("subjects")
@Timeout(120)
class BlockingQueueThreadsTest {
    private static final int EACH = Proof.size(300, 20_000);
    private static final long LONG = 30;

    @Parameter QueueSubject subject;
    private BlockingQueue<Integer> queue;
    private int capacity;
    private TestThreads testThreads;

    static List<QueueSubject> subjects() {
        return QueueSubject.of(MailboxFlavors.many());
    }

    private static int capacity(QueueSubject subject) {
        return subject.queue().remainingCapacity();
    }

    private static boolean fills(QueueSubject subject) {
        return capacity(subject) < 2000;
    }

    private static boolean holdsOneAndFills(QueueSubject subject) {
        return capacity(subject) > 0 && fills(subject);
    }

    private static boolean holdsTwoAndFills(QueueSubject subject) {
        return capacity(subject) > 1 && fills(subject);
    }

    private static boolean holdsSome(QueueSubject subject) {
        return capacity(subject) > 4;
    }

    @BeforeEach
    void make() {
        queue = subject.queue();
        capacity = queue.remainingCapacity();
        // Not the queue itself: its toString would take part in the test.
        testThreads = new TestThreads(subject);
    }

    private void fill() {
        for (int i = 0; i < capacity; i++) {
            queue.add(i);
        }
    }

    private void awaitWaiting(Thread thread) {
        testThreads.spinUntil(
                () ->
                        thread.getState() == Thread.State.WAITING
                                || thread.getState() == Thread.State.TIMED_WAITING);
    }

    @Test
    void takeWaitsForAnElement() throws Exception {
        Thread taker = testThreads.start(() -> assertEquals(7, queue.take()));
        awaitWaiting(taker);
        queue.put(7);
        testThreads.join();
        assertTrue(queue.isEmpty());
    }

    @Test
    void timedPollWaitsForAnElement() throws Exception {
        Thread taker = testThreads.start(() -> assertEquals(7, queue.poll(LONG, SECONDS)));
        awaitWaiting(taker);
        assertTrue(queue.offer(7, LONG, SECONDS));
        testThreads.join();
    }

    @TestWhere("fills")
    void putWaitsForRoom() throws Exception {
        fill();
        Thread putter = testThreads.start(() -> queue.put(capacity));
        awaitWaiting(putter);
        for (int i = 0; i <= capacity; i++) {
            assertEquals(i, queue.take());
        }
        testThreads.join();
    }

    @TestWhere("fills")
    void timedOfferWaitsForRoom() throws Exception {
        fill();
        Thread putter = testThreads.start(() -> assertTrue(queue.offer(capacity, LONG, SECONDS)));
        awaitWaiting(putter);
        for (int i = 0; i <= capacity; i++) {
            assertEquals(i, queue.poll(LONG, SECONDS));
        }
        testThreads.join();
    }

    @TestWhere("holdsOneAndFills")
    void putWaitsForRoomBehindPeekedElements() throws Exception {
        fill();
        assertEquals(0, queue.peek());
        assertTrue(queue.contains(1));
        Thread putter = testThreads.start(() -> queue.put(capacity));
        awaitWaiting(putter);
        for (int i = 0; i <= capacity; i++) {
            assertEquals(i, queue.take());
        }
        testThreads.join();
    }

    @TestWhere("holdsTwoAndFills")
    void aRemovalMakesRoomForAWaitingSender() throws Exception {
        fill();
        assertTrue(queue.contains(0));
        Thread putter = testThreads.start(() -> queue.put(-1));
        awaitWaiting(putter);
        assertTrue(queue.remove(1));
        testThreads.join();
        assertEquals(0, queue.remainingCapacity());
        assertTrue(queue.contains(-1));
    }

    @Test
    void anInterruptEndsEveryWaitForAnElementAndTakesNone() throws Exception {
        Thread taker =
                testThreads.start(
                        () -> assertThrows(InterruptedException.class, () -> queue.take()));
        Thread poller =
                testThreads.start(
                        () ->
                                assertThrows(
                                        InterruptedException.class,
                                        () -> queue.poll(LONG, SECONDS)));
        awaitWaiting(taker);
        awaitWaiting(poller);
        taker.interrupt();
        poller.interrupt();
        testThreads.join();
        if (capacity > 0) {
            queue.put(1);
            assertEquals(1, queue.size());
            assertEquals(1, queue.take());
        }
    }

    @TestWhere("fills")
    void anInterruptEndsEveryWaitForRoomAndAddsNothing() throws Exception {
        fill();
        Thread putter =
                testThreads.start(
                        () -> assertThrows(InterruptedException.class, () -> queue.put(-1)));
        Thread offerer =
                testThreads.start(
                        () ->
                                assertThrows(
                                        InterruptedException.class,
                                        () -> queue.offer(-1, LONG, SECONDS)));
        awaitWaiting(putter);
        awaitWaiting(offerer);
        putter.interrupt();
        offerer.interrupt();
        testThreads.join();
        for (int i = 0; i < capacity; i++) {
            assertEquals(i, queue.poll());
        }
        assertTrue(queue.isEmpty());
    }

    @TestWhere("holdsOneAndFills")
    void anInterruptEndsTheWaitBehindPeekedElements() throws Exception {
        fill();
        assertTrue(queue.contains(0));
        Thread putter =
                testThreads.start(
                        () -> assertThrows(InterruptedException.class, () -> queue.put(-1)));
        awaitWaiting(putter);
        putter.interrupt();
        testThreads.join();
        assertFalse(queue.contains(-1));
    }

    @Test
    void peekingAnEmptyQueueDoesNotWaitForTakers() throws Exception {
        Thread taker = testThreads.start(() -> assertEquals(7, queue.take()));
        awaitWaiting(taker);
        assertFalse(queue.contains(7));
        assertFalse(queue.remove(7));
        assertFalse(queue.iterator().hasNext());
        queue.put(7);
        testThreads.join();
    }

    @TestWhere("holdsSome")
    void theSizeIsExactDuringConcurrentPeeksAndTakes() throws Exception {
        for (int i = 0; i < 5; i++) {
            queue.put(1);
        }
        AtomicInteger left = new AtomicInteger(2);
        for (int l = 0; l < 2; l++) {
            testThreads.start(
                    () -> {
                        for (int i = 0; i < EACH / 4; i++) {
                            assertTrue(queue.contains(1));
                            queue.put(queue.take());
                        }
                        left.decrementAndGet();
                    });
        }
        while (left.get() > 0) {
            int size = queue.size(); // Each of the two holds at most one.
            assertTrue(size >= 3 && size <= 5, "size " + size);
            assertFalse(queue.isEmpty());
        }
        testThreads.join();
        assertEquals(5, queue.size());
    }

    /**
     * Checks that each element comes once, and each thread's in order; with readers if there are
     * any.
     */
    private void run(int senders, int receivers, int lookers) throws InterruptedException {
        AtomicIntegerArray seen = new AtomicIntegerArray(senders * EACH);
        AtomicInteger left = new AtomicInteger(receivers);
        for (int s = 0; s < senders; s++) {
            int first = s * EACH;
            testThreads.start(() -> send(new Random(first), first));
        }
        for (int r = 0; r < receivers; r++) {
            int seed = r;
            testThreads.start(
                    () -> {
                        receive(new Random(seed), senders, seen);
                        left.decrementAndGet();
                    });
        }
        for (int l = 0; l < lookers; l++) {
            int seed = l;
            testThreads.start(() -> peekRandomly(new Random(seed), left, seen));
        }
        testThreads.spinUntil(() -> count(seen) == senders * EACH);
        for (int r = 0; r < receivers; r++) {
            queue.put(-1);
        }
        testThreads.join();
        assertTrue(queue.isEmpty());
        for (int i = 0; i < seen.length(); i++) {
            assertEquals(1, seen.get(i), "times " + i);
        }
    }

    private static int count(AtomicIntegerArray seen) {
        int count = 0;
        for (int i = 0; i < seen.length(); i++) {
            count += seen.get(i) > 0 ? 1 : 0;
        }
        return count;
    }

    private void send(Random random, int first) throws InterruptedException {
        for (int i = first; i < first + EACH; i++) {
            switch (random.nextInt(3)) {
                case 0 -> queue.put(i);
                case 1 -> assertTrue(queue.offer(i, LONG, SECONDS));
                default -> {
                    while (!queue.offer(i)) {
                        Thread.yield();
                    }
                }
            }
        }
    }

    private void receive(Random random, int senders, AtomicIntegerArray seen)
            throws InterruptedException {
        int[] last = new int[senders];
        Arrays.fill(last, -1);
        while (true) {
            Integer element =
                    switch (random.nextInt(3)) {
                        case 0 -> queue.take();
                        case 1 -> queue.poll(LONG, SECONDS);
                        default -> queue.poll();
                    };
            if (element == null) {
                continue;
            }
            if (element < 0) {
                return;
            }
            assertTrue(element > last[element / EACH], "out of order: " + element);
            last[element / EACH] = element;
            seen.incrementAndGet(element);
        }
    }

    private void peekRandomly(Random random, AtomicInteger left, AtomicIntegerArray seen) {
        while (left.get() > 0) {
            int element = random.nextInt(seen.length());
            switch (random.nextInt(6)) {
                case 0 -> {
                    if (queue.remove(element)) {
                        seen.incrementAndGet(element);
                    }
                }
                case 1 -> {
                    if (queue.contains(element)) {
                        assertTrue(element >= 0);
                    }
                }
                case 2 -> queue.peek();
                case 3 -> {
                    int last = -1;
                    for (Integer next : queue) {
                        if (next >= 0 && next / EACH == 0) {
                            assertTrue(next > last, "shown out of order: " + next);
                            last = next;
                        }
                    }
                }
                case 4 -> assertTrue(queue.remainingCapacity() >= 0);
                default -> assertTrue(queue.size() >= 0);
            }
            Thread.yield();
        }
    }

    @Test
    void eachElementArrivesOnceAndInOrder() throws Exception {
        run(1, 1, 0);
    }

    @Test
    void eachElementOfManyArrivesAtOneOfMany() throws Exception {
        run(3, 3, 0);
    }

    @Test
    void peekingAndRemovingLosesAndReordersNothing() throws Exception {
        run(2, 2, 1);
    }

    @Test
    void concurrentPeekingAndRemovingLosesAndReordersNothing() throws Exception {
        run(2, 1, 2);
    }
}
