package io.sluice.mailbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.Ends;
import io.sluice.Mailbox;
import io.sluice.MailboxSpec;
import io.sluice.OverflowPolicy;
import io.sluice.Proof;
import io.sluice.Receiver;
import io.sluice.Sender;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A mailbox holds exactly its capacity, even if its queue's ring is rounded up. */
@Timeout(60)
class ExactCapacityTest {
    private static final int MANY = Proof.size(10_000, 100_000);

    static List<MailboxSpec> specs() {
        List<MailboxSpec> specs = new ArrayList<>();
        IntStream.of(1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 100, 1000)
                .mapToObj(MailboxSpec::bounded)
                .forEach(
                        spec -> {
                            for (Ends senders : Ends.values()) {
                                for (Ends receivers : Ends.values()) {
                                    specs.add(spec.senders(senders).receivers(receivers));
                                }
                            }
                        });
        return specs;
    }

    @ParameterizedTest
    @MethodSource("specs")
    void itIsFullAtItsCapacityInEveryLap(MailboxSpec spec) {
        int capacity = spec.capacity();
        Mailbox<Integer> mailbox = Mailbox.create(spec);
        assertEquals(capacity, mailbox.capacity());
        Sender<Integer> sender = mailbox.sender();
        Receiver<Integer> receiver = mailbox.receiver();
        int sent = 0;
        int received = 0;
        for (int lap = 0; lap < 7; lap++) {
            for (int i = sent - received; i < capacity; i++) {
                assertEquals(i, mailbox.size());
                assertTrue(sender.trySend(sent++));
            }
            assertFalse(sender.trySend(-1));
            assertEquals(capacity, mailbox.size());
            for (int left = capacity * lap / 7; mailbox.size() > left; ) {
                assertEquals(received++, receiver.tryReceive());
                assertEquals(sent - received, mailbox.size());
            }
        }
        while (received < sent) {
            assertFalse(mailbox.isEmpty());
            assertEquals(received++, receiver.tryReceive());
        }
        assertNull(receiver.tryReceive());
        assertTrue(mailbox.isEmpty());
    }

    @ParameterizedTest
    @MethodSource("specs")
    void aDroppingMailboxHoldsItsCapacity(MailboxSpec spec) {
        int capacity = spec.capacity();
        for (OverflowPolicy overflow :
                List.of(OverflowPolicy.DROP_NEWEST, OverflowPolicy.DROP_OLDEST)) {
            Mailbox<Integer> mailbox = Mailbox.create(spec.overflow(overflow));
            Sender<Integer> sender = mailbox.sender();
            for (int i = 0; i < 3 * capacity; i++) {
                assertTrue(sender.trySend(i));
            }
            assertEquals(2L * capacity, mailbox.dropped());
            assertEquals(capacity, mailbox.size());
            int first = overflow == OverflowPolicy.DROP_NEWEST ? 0 : 2 * capacity;
            List<Integer> kept = new ArrayList<>();
            mailbox.receiver().poll(kept::add, Integer.MAX_VALUE);
            assertEquals(IntStream.range(first, first + capacity).boxed().toList(), kept);
        }
    }

    @Test
    void concurrentSendersNeverExceedTheCapacity() throws Exception {
        for (int capacity : new int[] {1, 3, 5}) {
            ExactMpmcQueue<Integer> queue = new ExactMpmcQueue<>(capacity);
            AtomicInteger most = new AtomicInteger();
            AtomicInteger received = new AtomicInteger();
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < 2; t++) {
                threads.add(
                        Thread.ofPlatform()
                                .start(
                                        () -> {
                                            for (int sent = 0; sent < MANY; ) {
                                                if (queue.offer(sent)) {
                                                    sent++;
                                                } else {
                                                    Thread.yield();
                                                }
                                            }
                                        }));
                threads.add(
                        Thread.ofPlatform()
                                .start(
                                        () -> {
                                            while (received.get() < 2 * MANY) {
                                                most.accumulateAndGet(queue.size(), Math::max);
                                                if (queue.relaxedPoll() != null) {
                                                    received.incrementAndGet();
                                                } else {
                                                    Thread.yield();
                                                }
                                            }
                                        }));
            }
            for (Thread thread : threads) {
                thread.join(30_000);
                assertFalse(thread.isAlive(), () -> received + " received, " + queue.size());
            }
            assertEquals(2 * MANY, received.get());
            assertTrue(most.get() <= capacity, () -> most + " of " + capacity);
            assertNull(queue.poll());
        }
    }

    /**
     * Each thread polls one message after it has sent one: there is always one for each, though
     * another thread may still be sending an earlier one.
     */
    @Test
    void aSenderThatHasSentFindsAMessage() throws Exception {
        ExactMpmcQueue<Integer> queue = new ExactMpmcQueue<>(3);
        AtomicInteger missing = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 3; t++) {
            threads.add(
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        for (int i = 0; i < MANY; i++) {
                                            while (!queue.offer(i)) {
                                                Thread.yield();
                                            }
                                            if (queue.poll() == null) {
                                                missing.incrementAndGet();
                                            }
                                        }
                                    }));
        }
        for (Thread thread : threads) {
            thread.join(30_000);
            assertFalse(thread.isAlive(), () -> missing + " missing, " + queue.size());
        }
        assertEquals(0, missing.get());
        assertTrue(queue.isEmpty());
    }
}
