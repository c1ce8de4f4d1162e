package io.sluice.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.Ends;
import io.sluice.Mailbox;
import io.sluice.MailboxSpec;
import io.sluice.TestThreads;
import io.sluice.TestWhere;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.Supplier;
import org.jctools.queues.MessagePassingQueue;
import org.jctools.queues.varhandle.MpmcVarHandleArrayQueue;
import org.jctools.queues.varhandle.MpscUnboundedVarHandleArrayQueue;
import org.jctools.queues.varhandle.SpscVarHandleArrayQueue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What users of JCTools rely on: tested on its own queues, which validate the suite, and on ours.
 */
@ParameterizedClass
@MethodSource("subjects")
@Timeout(60)
class MessageQueueTest {
    private static final int MANY = 50_000;

    record Subject(String name, boolean shared, Supplier<MessagePassingQueue<Integer>> maker) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Subject> subjects() {
        List<Subject> subjects = new ArrayList<>();
        subjects.add(new Subject("Mpmc", true, () -> new MpmcVarHandleArrayQueue<>(8)));
        subjects.add(new Subject("Spsc", false, () -> new SpscVarHandleArrayQueue<>(8)));
        subjects.add(
                new Subject(
                        "MpscUnbounded", false, () -> new MpscUnboundedVarHandleArrayQueue<>(8)));
        for (MailboxSpec spec : MailboxFlavors.storing(MailboxFlavors.all())) {
            boolean shared = spec.senders() == Ends.MANY && spec.receivers() == Ends.MANY;
            subjects.add(
                    new Subject(
                            spec.toString(),
                            shared,
                            () -> new MailboxMessageQueue<>(Mailbox.create(spec))));
        }
        return subjects;
    }

    private static int capacity(Subject subject) {
        return subject.maker().get().capacity();
    }

    private static boolean isBounded(Subject subject) {
        return capacity(subject) != MessagePassingQueue.UNBOUNDED_CAPACITY;
    }

    private static boolean isUnbounded(Subject subject) {
        return !isBounded(subject);
    }

    private static boolean holdsSix(Subject subject) {
        return isUnbounded(subject) || capacity(subject) >= 6;
    }

    /** Tests whether the queue is ours: JCTools' own are less strict where its contract is open. */
    private static boolean isOurs(Subject subject) {
        return !subject.maker().get().getClass().getName().startsWith("org.jctools");
    }

    private static boolean isShared(Subject subject) {
        return subject.shared();
    }

    @Parameter Subject subject;
    private MessagePassingQueue<Integer> queue;
    private int capacity;
    private int next;

    @BeforeEach
    void make() {
        queue = subject.maker().get();
        capacity = queue.capacity();
    }

    private int next() {
        return next++;
    }

    private void offer(int count) {
        for (int i = 0; i < count; i++) {
            assertTrue(queue.offer(next()));
        }
    }

    private void expect(int first, int last) {
        for (int i = first; i <= last; i++) {
            assertEquals(last - i + 1, queue.size());
            assertEquals(i, queue.poll());
        }
        assertNull(queue.poll());
        assertTrue(queue.isEmpty());
    }

    @Test
    void aNewQueueIsEmpty() {
        assertTrue(queue.isEmpty());
        assertEquals(0, queue.size());
        assertNull(queue.poll());
        assertNull(queue.relaxedPoll());
        assertNull(queue.peek());
        assertNull(queue.relaxedPeek());
        assertEquals(0, queue.drain(m -> {}));
        assertEquals(0, queue.drain(m -> {}, 10));
        assertTrue(capacity == MessagePassingQueue.UNBOUNDED_CAPACITY || capacity > 0);
    }

    /** Declares a queue as users of JCTools do. */
    private static <Q extends Queue<Integer> & MessagePassingQueue<Integer>> List<Integer> through(
            Q queue) {
        assertTrue(queue.add(1));
        assertTrue(queue.relaxedOffer(2));
        assertTrue(queue.addAll(List.of(3, 4)));
        assertTrue(queue.remove(2));
        assertEquals(List.of(1, 3, 4), List.copyOf(queue));
        List<Integer> taken = new ArrayList<>();
        taken.add(queue.remove());
        queue.drain(taken::add);
        return taken;
    }

    @Test
    void aMailboxIsAQueueOfBothKindsAtOnce() {
        assertEquals(
                List.of(1, 3, 4),
                through(
                        new MailboxMessageQueue<>(
                                Mailbox.create(MailboxSpec.bounded(4).receivers(Ends.MANY)))));
    }

    @Test
    void messagesComeInOrderByEachMethod() {
        for (int lap = 0; lap < 20; lap++) {
            assertTrue(queue.offer(1));
            assertTrue(queue.relaxedOffer(2));
            assertEquals(1, queue.relaxedPoll());
            assertTrue(queue.offer(3));
            assertEquals(2, queue.poll());
            assertEquals(3, queue.relaxedPoll());
            assertNull(queue.poll());
        }
    }

    @Test
    void nullIsRefused() {
        assertThrows(NullPointerException.class, () -> queue.offer(null));
        assertThrows(NullPointerException.class, () -> queue.relaxedOffer(null));
        assertTrue(queue.isEmpty());
    }

    @TestWhere("isBounded")
    void aFullQueueRefuses() {
        for (int i = 0; i < capacity; i++) {
            assertEquals(i, queue.size());
            assertTrue(queue.offer(i));
        }
        assertFalse(queue.offer(-1));
        assertFalse(queue.relaxedOffer(-1));
        assertEquals(0, queue.fill(() -> -1));
        assertEquals(0, queue.fill(() -> -1, 10));
        expect(0, capacity - 1);
    }

    @Test
    void peekShowsTheFirstAndLeavesIt() {
        queue.offer(1);
        queue.offer(2);
        assertEquals(1, queue.peek());
        assertEquals(1, queue.relaxedPeek());
        assertEquals(2, queue.size());
        assertEquals(1, queue.poll());
        assertEquals(2, queue.relaxedPeek());
        assertEquals(2, queue.relaxedPoll());
        assertNull(queue.relaxedPeek());
    }

    @TestWhere("isBounded")
    void aPeekedMessageStillCounts() {
        queue.fill(this::next);
        queue.peek();
        assertEquals(capacity, queue.size());
        assertFalse(queue.offer(-1));
        assertEquals(0, queue.fill(() -> -1));
        expect(0, capacity - 1);
        assertTrue(queue.offer(1));
    }

    @Test
    void clearRemovesAll() {
        queue.offer(1);
        queue.offer(2);
        queue.peek();
        queue.clear();
        assertTrue(queue.isEmpty());
        assertNull(queue.poll());
        assertTrue(queue.offer(3));
        expect(3, 3);
    }

    @TestWhere("holdsSix")
    void drainHandsOutInOrderUpToItsLimit() {
        List<Integer> drained = new ArrayList<>();
        offer(6);
        assertEquals(0, queue.drain(drained::add, 0));
        assertEquals(2, queue.drain(drained::add, 2));
        assertEquals(List.of(0, 1), drained);
        assertEquals(4, queue.drain(drained::add, 100));
        offer(2);
        assertEquals(2, queue.drain(drained::add));
        assertEquals(List.of(0, 1, 2, 3, 4, 5, 6, 7), drained);
    }

    @TestWhere("isBounded")
    void fillCallsItsSupplierOnlyWhenThereIsRoom() {
        assertEquals(0, queue.fill(this::next, 0));
        assertEquals(0, next);
        assertEquals(1, queue.fill(this::next, 1));
        assertEquals(1, next);
        assertEquals(capacity - 1, queue.fill(this::next, 10 * capacity));
        assertEquals(capacity, next);
        expect(0, capacity - 1);
        assertEquals(capacity, queue.fill(this::next));
        assertEquals(2 * capacity, next);
        expect(capacity, 2 * capacity - 1);
    }

    @TestWhere("isUnbounded")
    void anUnboundedQueueIsFilledBySome() {
        int count = queue.fill(this::next);
        assertTrue(count > 0 && count == next && count == queue.size());
    }

    @Test
    void wrongArgumentsAreRefused() {
        Class<IllegalArgumentException> refusal = IllegalArgumentException.class;
        assertThrows(refusal, () -> queue.drain(null, 1));
        assertThrows(refusal, () -> queue.drain(m -> {}, -1));
        assertThrows(refusal, () -> queue.fill(null, 1));
        assertThrows(refusal, () -> queue.fill(this::next, -1));
        assertEquals(0, next);
    }

    @TestWhere("isOurs")
    void wrongArgumentsOfTheLoopingMethodsAreRefused() {
        Class<IllegalArgumentException> refusal = IllegalArgumentException.class;
        assertThrows(refusal, () -> queue.drain(null, i -> i, () -> false));
        assertThrows(refusal, () -> queue.drain(m -> {}, null, () -> false));
        assertThrows(refusal, () -> queue.drain(m -> {}, i -> i, null));
        assertThrows(refusal, () -> queue.fill(null, i -> i, () -> false));
        assertThrows(refusal, () -> queue.fill(this::next, null, () -> false));
        assertThrows(refusal, () -> queue.fill(this::next, i -> i, null));
        assertEquals(0, next);
    }

    @Test
    void drainRunsUntilItsExitCondition() {
        List<Integer> drained = new ArrayList<>();
        int[] idled = new int[1];
        queue.offer(1);
        queue.offer(2);
        queue.drain(
                drained::add,
                counter -> {
                    idled[0]++;
                    queue.offer(9);
                    return counter + 1;
                },
                () -> drained.size() < 3);
        // One of JCTools' queues checks only every 4096th time.
        assertEquals(List.of(1, 2, 9), drained.subList(0, 3));
        if (!isOurs(subject)) {
            return;
        }
        assertEquals(3, drained.size());
        assertEquals(1, idled[0]);
        queue.offer(3);
        queue.drain(drained::add, counter -> counter, () -> false);
        assertEquals(3, drained.size());
    }

    @Test
    void theIdleCounterIsTheLastResultOfIdle() {
        List<Integer> counters = new ArrayList<>();
        queue.drain(
                m -> {},
                counter -> {
                    counters.add(counter);
                    if (counters.size() == 3) {
                        queue.offer(1);
                    }
                    return counter + 7;
                },
                () -> counters.size() < 5);
        assertEquals(List.of(0, 7, 14, 0, 7), counters.subList(0, 5));
    }

    @TestWhere("isBounded")
    void fillRunsUntilItsExitCondition() {
        List<Integer> drained = new ArrayList<>();
        queue.fill(
                this::next,
                counter -> {
                    queue.drain(drained::add, 1);
                    return counter + 1;
                },
                () -> next < 3 * capacity);
        queue.drain(drained::add);
        assertEquals(next, drained.size());
        for (int i = 0; i < next; i++) {
            assertEquals(i, drained.get(i));
        }
    }

    @TestWhere("isOurs")
    void aConsumerThatThrowsHasReceivedItsMessage() {
        queue.offer(1);
        queue.offer(2);
        assertThrows(
                ArithmeticException.class,
                () ->
                        queue.drain(
                                m -> {
                                    throw new ArithmeticException();
                                }));
        expect(2, 2);
    }

    @TestWhere("isShared")
    void eachMessageArrivesOnceWithConcurrentFillsAndDrains() throws Exception {
        TestThreads testThreads = new TestThreads(subject);
        AtomicInteger made = new AtomicInteger();
        AtomicIntegerArray seen = new AtomicIntegerArray(2 * MANY);
        AtomicInteger drained = new AtomicInteger();
        for (int t = 0; t < 2; t++) {
            testThreads.start(
                    () -> {
                        while (made.get() < MANY) {
                            if (queue.fill(made::getAndIncrement, 3) == 0) {
                                Thread.yield();
                            }
                        }
                    });
            testThreads.start(
                    () -> {
                        for (int i; (i = made.getAndIncrement()) < MANY; ) {
                            while (!queue.relaxedOffer(i)) {
                                Thread.yield();
                            }
                        }
                    });
        }
        for (int t = 0; t < 2; t++) {
            testThreads.start(
                    () ->
                            queue.drain(
                                    m -> {
                                        seen.incrementAndGet(m);
                                        if (m < MANY) {
                                            drained.incrementAndGet();
                                        }
                                    },
                                    counter -> {
                                        Thread.yield();
                                        return counter;
                                    },
                                    () -> drained.get() < MANY));
        }
        testThreads.join();
        for (int i = 0; i < MANY; i++) {
            assertEquals(1, seen.get(i), "times " + i);
        }
    }
}
