package io.sluice.queue;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.TestWhere;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The contract of {@link BlockingQueue} for elements and collections, in one thread, by its
 * Javadoc; the JDK's queues pass it too.
 */
@ParameterizedClass
@MethodSource("subjects")
@Timeout(60)
class BlockingQueueTest {
    private static final int SOME = 5;

    @Parameter QueueSubject subject;
    private BlockingQueue<Integer> queue;
    private int capacity;

    static List<QueueSubject> subjects() {
        return QueueSubject.of(MailboxFlavors.all());
    }

    private static int capacity(QueueSubject subject) {
        return subject.queue().remainingCapacity();
    }

    private static boolean fills(QueueSubject subject) {
        return capacity(subject) < 2000;
    }

    private static boolean holdsTwo(QueueSubject subject) {
        return capacity(subject) >= 2;
    }

    private static boolean holdsSome(QueueSubject subject) {
        return capacity(subject) >= SOME;
    }

    private static boolean isBounded(QueueSubject subject) {
        return capacity(subject) > 0 && capacity(subject) < 2000;
    }

    private static boolean isUnboundedOfOurs(QueueSubject subject) {
        return capacity(subject) == Integer.MAX_VALUE && !subject.name().startsWith("Linked");
    }

    @BeforeEach
    void make() {
        queue = subject.queue();
        capacity = queue.remainingCapacity();
    }

    /** Fills the queue, or adds some elements if it is large. */
    private List<Integer> fill() {
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < 2000 && queue.offer(i); i++) {
            all.add(i);
        }
        assertEquals(Math.min(capacity, 2000), all.size());
        return all;
    }

    /** Adds 0, 1, 2, 3, 4. */
    private void some() {
        for (int i = 0; i < SOME; i++) {
            queue.add(i);
        }
    }

    private void expect(Integer... left) {
        assertEquals(left.length, queue.size());
        assertEquals(left.length == 0, queue.isEmpty());
        assertArrayEquals(left, queue.toArray());
        for (Integer element : left) {
            assertEquals(element, queue.poll());
        }
        assertNull(queue.poll());
        assertTrue(queue.isEmpty());
    }

    @Test
    void aNewQueueIsEmpty() throws Exception {
        assertTrue(queue.isEmpty());
        assertEquals(0, queue.size());
        assertNull(queue.poll());
        assertNull(queue.poll(0, MILLISECONDS));
        assertNull(queue.poll(-1, MILLISECONDS));
        assertNull(queue.poll(2, MILLISECONDS));
        assertNull(queue.peek());
        assertThrows(NoSuchElementException.class, queue::element);
        assertThrows(NoSuchElementException.class, queue::remove);
        assertFalse(queue.iterator().hasNext());
        assertEquals(0, queue.toArray().length);
        assertFalse(queue.contains(0));
        assertFalse(queue.remove(0));
        assertEquals("[]", queue.toString());
    }

    @TestWhere("holdsTwo")
    void everyWayToAddAndToTakeKeepsTheOrder() throws Exception {
        for (int lap = 0; lap < 10; lap++) {
            assertTrue(queue.add(1));
            assertTrue(queue.offer(2));
            assertEquals(1, queue.take());
            queue.put(3);
            assertEquals(2, queue.poll());
            assertTrue(queue.offer(4, 1, MILLISECONDS));
            assertEquals(3, queue.poll(1, MILLISECONDS));
            assertTrue(queue.offer(5, 0, MILLISECONDS));
            assertEquals(4, queue.remove());
            assertEquals(5, queue.poll(0, MILLISECONDS));
        }
    }

    @Test
    void nullIsRefused() {
        assertThrows(NullPointerException.class, () -> queue.add(null));
        assertThrows(NullPointerException.class, () -> queue.offer(null));
        assertThrows(NullPointerException.class, () -> queue.offer(null, 1, MILLISECONDS));
        assertThrows(NullPointerException.class, () -> queue.put(null));
        assertThrows(NullPointerException.class, () -> queue.addAll(null));
        assertThrows(NullPointerException.class, () -> queue.addAll(Arrays.asList(null, null)));
        assertFalse(queue.contains(null));
        assertFalse(queue.remove(null));
        assertTrue(queue.isEmpty());
    }

    @TestWhere("fills")
    void aFullQueueRefusesAndNothingIsLost() throws Exception {
        List<Integer> all = fill();
        assertFalse(queue.offer(-1));
        assertFalse(queue.offer(-1, 0, MILLISECONDS));
        assertFalse(queue.offer(-1, 2, MILLISECONDS));
        assertThrows(IllegalStateException.class, () -> queue.add(-1));
        assertEquals(0, queue.remainingCapacity());
        expect(all.toArray(Integer[]::new));
    }

    @TestWhere("fills")
    void sizeAndRemainingCapacityAddUp() {
        for (int i = 0; i < capacity; i++) {
            assertEquals(i, queue.size());
            assertEquals(capacity - i, queue.remainingCapacity());
            queue.add(i);
        }
        for (int i = capacity; i > 0; i--) {
            assertEquals(i, queue.size());
            assertEquals(capacity - i, queue.remainingCapacity());
            queue.remove();
        }
    }

    @TestWhere("isUnboundedOfOurs")
    void anUnboundedQueueAlwaysReportsMaximalCapacity() {
        some();
        assertEquals(Integer.MAX_VALUE, queue.remainingCapacity());
    }

    @TestWhere("holdsSome")
    void peekAndElementShowTheFirstAndLeaveIt() {
        some();
        for (int i = 0; i < SOME; i++) {
            assertEquals(i, queue.peek());
            assertEquals(i, queue.element());
            assertEquals(SOME - i, queue.size());
            assertEquals(i, queue.poll());
        }
        assertNull(queue.peek());
    }

    @TestWhere("holdsSome")
    void aPeekedElementIsDrainedFirst() {
        some();
        queue.peek();
        List<Integer> drained = new ArrayList<>();
        assertEquals(SOME, queue.drainTo(drained));
        assertEquals(List.of(0, 1, 2, 3, 4), drained);
    }

    @TestWhere("holdsSome")
    void containsFindsPresentElements() {
        some();
        assertTrue(queue.contains(0));
        assertTrue(queue.contains(4));
        assertFalse(queue.contains(5));
        assertTrue(queue.containsAll(List.of(4, 0)));
        assertFalse(queue.containsAll(List.of(4, 5)));
        assertEquals(0, queue.poll());
        assertFalse(queue.contains(0));
        expect(1, 2, 3, 4);
    }

    @TestWhere("holdsSome")
    void removeTakesOneOutOfTheMiddle() {
        some();
        assertTrue(queue.remove(2));
        assertFalse(queue.remove(2));
        assertFalse(queue.remove("2"));
        assertTrue(queue.remove(4));
        queue.add(5);
        assertTrue(queue.remove(0));
        expect(1, 3, 5);
    }

    @TestWhere("holdsSome")
    void removeTakesTheFirstOfEqualOnes() {
        Integer first = 1000;
        Integer second = Integer.valueOf("1000");
        queue.addAll(List.of(1, first, 2, second));
        assertTrue(queue.remove(Integer.valueOf("1000")));
        assertEquals(List.of(1, 2, 1000), List.copyOf(queue));
        queue.poll();
        queue.poll();
        assertSame(second, queue.poll());
    }

    @TestWhere("isBounded")
    void peekingPreservesTheCapacity() throws Exception {
        List<Integer> all = fill();
        queue.contains(1);
        queue.iterator();
        queue.peek();
        assertFalse(queue.offer(-1));
        assertFalse(queue.offer(-1, 2, MILLISECONDS));
        assertTrue(queue.remove(1));
        assertEquals(1, queue.remainingCapacity());
        assertTrue(queue.offer(-1));
        assertFalse(queue.offer(-2));
        assertEquals(0, queue.remainingCapacity());
        all.remove(Integer.valueOf(1));
        all.add(-1);
        assertEquals(all, List.copyOf(queue));
        assertEquals(0, queue.take());
        assertTrue(queue.offer(-3));
        assertFalse(queue.offer(-4));
    }

    @TestWhere("isBounded")
    void clearRemovesAllAndMakesRoom() {
        fill();
        queue.clear();
        assertTrue(queue.isEmpty());
        assertEquals(capacity, queue.remainingCapacity());
        fill();
        queue.peek();
        queue.clear();
        assertTrue(queue.isEmpty());
        fill();
    }

    @TestWhere("holdsSome")
    void drainToMovesElementsUpToALimit() {
        some();
        List<Integer> drained = new ArrayList<>();
        assertEquals(0, queue.drainTo(drained, 0));
        assertEquals(0, queue.drainTo(drained, -1));
        assertEquals(2, queue.drainTo(drained, 2));
        assertEquals(List.of(0, 1), drained);
        assertEquals(3, queue.drainTo(drained, 100));
        assertEquals(List.of(0, 1, 2, 3, 4), drained);
        assertEquals(0, queue.drainTo(drained));
        queue.add(9);
        assertEquals(1, queue.drainTo(drained));
        assertTrue(queue.isEmpty());
    }

    @TestWhere("holdsSome")
    void anElementThatTheTargetRefusesIsTakenNext() {
        some();
        ArrayBlockingQueue<Integer> target = new ArrayBlockingQueue<>(2);
        assertThrows(IllegalStateException.class, () -> queue.drainTo(target));
        assertEquals(List.of(0, 1), List.copyOf(target));
        assertThrows(IllegalStateException.class, () -> queue.drainTo(target, 1));
        expect(2, 3, 4);
    }

    @Test
    void drainToRefusesNullAndItself() {
        assertThrows(NullPointerException.class, () -> queue.drainTo(null));
        assertThrows(NullPointerException.class, () -> queue.drainTo(null, 1));
        assertThrows(IllegalArgumentException.class, () -> queue.drainTo(queue));
        assertThrows(IllegalArgumentException.class, () -> queue.drainTo(queue, 1));
    }

    @TestWhere("isBounded")
    void addAllAddsUpToTheCapacityAndRefusesItself() {
        assertThrows(IllegalArgumentException.class, () -> queue.addAll(queue));
        List<Integer> tooMany = new ArrayList<>();
        for (int i = 0; i <= capacity; i++) {
            tooMany.add(i);
        }
        assertThrows(IllegalStateException.class, () -> queue.addAll(tooMany));
        assertEquals(tooMany.subList(0, capacity), List.copyOf(queue));
    }

    @TestWhere("holdsSome")
    void arraysHoldTheElementsInOrder() {
        some();
        assertArrayEquals(new Object[] {0, 1, 2, 3, 4}, queue.toArray());
        assertArrayEquals(new Integer[] {0, 1, 2, 3, 4}, queue.toArray(new Integer[0]));
        Integer[] longer = new Integer[SOME + 2];
        Arrays.fill(longer, -1);
        assertSame(longer, queue.toArray(longer));
        assertArrayEquals(new Integer[] {0, 1, 2, 3, 4, null, -1}, longer);
        assertThrows(NullPointerException.class, () -> queue.toArray((Integer[]) null));
        assertThrows(ArrayStoreException.class, () -> queue.toArray(new String[0]));
        assertEquals("[0, 1, 2, 3, 4]", queue.toString());
        expect(0, 1, 2, 3, 4);
    }

    @TestWhere("holdsSome")
    void anIteratorShowsAllInOrderAndEnds() {
        some();
        Iterator<Integer> iterator = queue.iterator();
        assertThrows(IllegalStateException.class, iterator::remove);
        for (int i = 0; i < SOME; i++) {
            assertTrue(iterator.hasNext());
            assertEquals(i, iterator.next());
        }
        assertFalse(iterator.hasNext());
        assertThrows(NoSuchElementException.class, iterator::next);
        expect(0, 1, 2, 3, 4);
    }

    @TestWhere("holdsSome")
    void anIteratorRemovesTheReturnedElementOnce() {
        some();
        Iterator<Integer> iterator = queue.iterator();
        iterator.next();
        iterator.next();
        iterator.remove();
        assertThrows(IllegalStateException.class, iterator::remove);
        assertEquals(2, iterator.next());
        iterator.remove();
        expect(0, 3, 4);
    }

    @TestWhere("holdsSome")
    void aStaleIteratorRemovesNoOtherElement() {
        Integer first = Integer.valueOf("1000");
        Integer second = Integer.valueOf("1000");
        queue.add(first);
        Iterator<Integer> iterator = queue.iterator();
        iterator.next();
        assertSame(first, queue.poll());
        queue.add(second);
        iterator.remove();
        expect(1000);
    }

    @TestWhere("holdsSome")
    void anIteratorRemovesNoOtherThatIsTheSame() {
        some();
        queue.clear();
        Integer same = Integer.valueOf("1000");
        queue.addAll(List.of(same, 1, same, 2));
        Iterator<Integer> iterator = queue.iterator();
        Iterator<Integer> other = queue.iterator();
        for (int i = 0; i < 3; i++) {
            iterator.next();
            other.next();
        }
        iterator.remove();
        other.remove();
        expect(same, 1, 2);
    }

    @TestWhere("holdsSome")
    void anIteratorIsUnaffectedByChanges() {
        some();
        Iterator<Integer> iterator = queue.iterator();
        int last = -1;
        queue.poll();
        queue.remove(3);
        queue.offer(9);
        while (iterator.hasNext()) {
            int next = iterator.next();
            assertTrue(next > last);
            last = next;
        }
        expect(1, 2, 4, 9);
    }

    @TestWhere("holdsSome")
    void bulkRemovalRemovesTheMatchingElements() {
        some();
        assertTrue(queue.removeIf(element -> element % 2 == 1));
        assertFalse(queue.removeIf(element -> element % 2 == 1));
        assertTrue(queue.removeAll(List.of(2, 7)));
        assertFalse(queue.removeAll(List.of(2, 7)));
        assertFalse(queue.retainAll(List.of(0, 4)));
        assertTrue(queue.retainAll(List.of(4)));
        assertThrows(NullPointerException.class, () -> queue.removeIf(null));
        assertThrows(NullPointerException.class, () -> queue.removeAll(null));
        assertThrows(NullPointerException.class, () -> queue.retainAll(null));
        expect(4);
    }

    @TestWhere("holdsSome")
    void forEachAndStreamShowAll() {
        some();
        Collection<Integer> seen = new ArrayList<>();
        queue.forEach(seen::add);
        assertEquals(List.of(0, 1, 2, 3, 4), seen);
        assertEquals(List.of(0, 1, 2, 3, 4), queue.stream().toList());
        expect(0, 1, 2, 3, 4);
    }

    /** A stream tolerates changes after its creation: it promises no size. */
    @TestWhere("holdsSome")
    void aStreamIsUnaffectedByChanges() {
        some();
        Stream<Integer> longer = queue.stream();
        queue.poll();
        assertTrue(longer.toList().containsAll(List.of(1, 2, 3, 4)));
        Stream<Integer> shorter = queue.stream().peek(element -> queue.offer(5));
        assertTrue(List.of(shorter.toArray()).containsAll(List.of(1, 2, 3, 4)));
        assertFalse(queue.spliterator().hasCharacteristics(Spliterator.SIZED));
        queue.clear();
    }

    @Test
    void anInterruptedThreadDoesNotWaitForAnElement() {
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, queue::take);
        assertFalse(Thread.interrupted());
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> queue.poll(30_000, MILLISECONDS));
        assertFalse(Thread.interrupted());
    }

    @TestWhere("fills")
    void anInterruptedThreadDoesNotWaitForRoom() {
        List<Integer> all = fill();
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> queue.put(-1));
        assertFalse(Thread.interrupted());
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> queue.offer(-1, 30_000, MILLISECONDS));
        assertFalse(Thread.interrupted());
        expect(all.toArray(Integer[]::new));
    }

    /** As in the JDK's queues, an interrupt takes precedence over a timeout that is over. */
    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE, 1})
    void anInterruptComesBeforeTheEndOfTheTime(long nanos) throws Exception {
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> queue.poll(nanos, NANOSECONDS));
        assertFalse(Thread.interrupted());
        List<Integer> all = fills(subject) ? fill() : List.of();
        for (int i = 0; i < 2 && fills(subject); i++) {
            Thread.currentThread().interrupt();
            assertThrows(InterruptedException.class, () -> queue.offer(-1, nanos, NANOSECONDS));
            assertFalse(Thread.interrupted());
            queue.peek(); // The second time, after a peek.
        }
        expect(all.toArray(Integer[]::new));
    }

    @TestWhere("holdsTwo")
    void nonBlockingMethodsIgnoreInterrupts() {
        Thread.currentThread().interrupt();
        assertTrue(queue.offer(1));
        assertEquals(1, queue.peek());
        assertTrue(queue.offer(2));
        assertEquals(1, queue.poll());
        assertTrue(queue.remove(2));
        assertNull(queue.poll());
        assertTrue(Thread.interrupted());
    }
}
