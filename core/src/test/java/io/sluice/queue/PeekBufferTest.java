package io.sluice.queue;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.Ends;
import io.sluice.Mailbox;
import io.sluice.MailboxSpec;
import io.sluice.OverflowPolicy;
import io.sluice.Proof;
import io.sluice.Receiver;
import io.sluice.Sender;
import io.sluice.TestThreads;
import java.util.AbstractCollection;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.agrona.concurrent.IdleStrategy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Queries at the very moment when another call has begun, which chance would not hit. */
@Timeout(60)
class PeekBufferTest {
    /** A mailbox that runs a hook once, before a certain call. */
    private static final class Hooked implements Mailbox<Integer> {
        private final Mailbox<Integer> mailbox =
                Mailbox.create(MailboxSpec.bounded(8).receivers(Ends.MANY));
        private volatile Runnable beforeReceiver = () -> {};
        private volatile Runnable beforeSize = () -> {};

        @Override
        public Sender<Integer> sender() {
            return mailbox.sender();
        }

        @Override
        public Sender<Integer> sender(IdleStrategy idle) {
            return mailbox.sender(idle);
        }

        @Override
        public Receiver<Integer> receiver() {
            Runnable hook = beforeReceiver;
            beforeReceiver = () -> {};
            hook.run();
            return mailbox.receiver();
        }

        @Override
        public Receiver<Integer> receiver(IdleStrategy idle) {
            return mailbox.receiver(idle);
        }

        @Override
        public long dropped() {
            return mailbox.dropped();
        }

        @Override
        public int capacity() {
            return mailbox.capacity();
        }

        @Override
        public int size() {
            Runnable hook = beforeSize;
            beforeSize = () -> {};
            hook.run();
            return mailbox.size();
        }

        @Override
        public String toString() {
            return mailbox.toString();
        }
    }

    private final Hooked mailbox = new Hooked();
    private final MailboxBlockingQueue<Integer> queue = new MailboxBlockingQueue<>(mailbox);
    private final TestThreads testThreads = new TestThreads(mailbox);

    private void peekElsewhere() {
        CompletableFuture<Boolean> found = new CompletableFuture<>();
        testThreads.start(() -> found.complete(queue.contains(2)));
        assertTrue(found.orTimeout(30, SECONDS).join());
    }

    @Test
    void sizeIncludesMessagesPeekedMeanwhile() throws Exception {
        queue.put(1);
        queue.put(2);
        mailbox.beforeSize = this::peekElsewhere;
        assertEquals(2, queue.size());
        queue.poll();
        queue.poll();
        queue.put(1);
        queue.put(2);
        mailbox.beforeSize = this::peekElsewhere;
        assertFalse(queue.isEmpty());
        assertEquals(1, queue.take());
        assertEquals(2, queue.take());
        testThreads.join();
    }

    @Test
    void aReceiveThatHasBegunDoesNotOvertakeThePeekBuffer() throws Exception {
        Thread taker = testThreads.start(() -> assertEquals(1, queue.take()));
        testThreads.spinUntil(() -> taker.getState() == Thread.State.TIMED_WAITING);
        mailbox.beforeReceiver =
                () -> {
                    queue.add(1);
                    testThreads.spinUntil(() -> !taker.isAlive());
                    queue.add(2);
                    peekElsewhere();
                    queue.add(3);
                };
        assertEquals(2, queue.poll()); // Finds no free end, and opens one.
        assertEquals(3, queue.poll());
        testThreads.join();
    }

    /**
     * One message at a time: a message buffered by a peek during a take must still reach it, or
     * both sides hang.
     */
    @Test
    void aWaitingReceiverIsNotOvertaken() throws Exception {
        int rounds = Proof.size(500, 10_000);
        Thread taker =
                testThreads.start(
                        () -> {
                            for (int i = 0; i < rounds; i++) {
                                assertEquals(i, queue.take());
                            }
                        });
        for (int l = 0; l < 2; l++) {
            testThreads.start(
                    () -> {
                        while (taker.isAlive()) {
                            queue.contains(-1);
                        }
                    });
        }
        for (int i = 0; i < rounds; i++) {
            queue.put(i);
            testThreads.spinUntil(queue::isEmpty);
        }
        testThreads.join();
    }

    /** A target that polls the queue itself gets the next messages, and does not block. */
    @Test
    void aTargetMayUseTheQueue() {
        for (int i = 0; i < 5; i++) {
            queue.add(i);
        }
        List<Integer> drained = new ArrayList<>();
        Collection<Integer> greedy =
                new AbstractCollection<>() {
                    @Override
                    public boolean add(Integer element) {
                        drained.add(element);
                        Integer next = queue.poll();
                        return next == null || drained.add(next);
                    }

                    @Override
                    public Iterator<Integer> iterator() {
                        return drained.iterator();
                    }

                    @Override
                    public int size() {
                        return drained.size();
                    }
                };
        queue.drainTo(greedy);
        assertEquals(List.of(0, 1, 2, 3, 4), drained);
        assertTrue(queue.isEmpty());
        queue.add(5);
        assertEquals(5, queue.poll());
    }

    /** Messages go back into the mailbox, which drops one: the iterator still finds the rest. */
    @Test
    void anIteratorRemovesAMessageThatWasRequeued() {
        MailboxSpec spec =
                MailboxSpec.bounded(4).receivers(Ends.MANY).overflow(OverflowPolicy.DROP_OLDEST);
        MailboxBlockingQueue<Integer> full = new MailboxBlockingQueue<>(Mailbox.create(spec));
        full.addAll(List.of(0, 1, 2, 3));
        Iterator<Integer> iterator = full.iterator();
        full.add(4);
        assertEquals(0, iterator.next());
        iterator.remove(); // The mailbox has dropped it.
        assertEquals(1, iterator.next());
        iterator.remove();
        assertEquals(List.of(2, 3, 4), List.copyOf(full));
    }
}
