package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Streams of messages that other threads acknowledge, and pipes that grow meanwhile. */
@Timeout(600) // In a proof, on a slow machine.
class AcknowledgeFlowTest {
    private static final int WORKERS = 3;
    private static final int MESSAGES = Proof.size(10_000, 1_000_000);
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private record Kept(long tag, MemorySegment memory, long offset, int length) {
        private static final Kept END = new Kept(0, MemorySegment.NULL, 0, 0);

        /** Returns the number that each word of the message has. */
        int number() {
            int number = memory.get(ValueLayout.JAVA_INT_UNALIGNED, offset);
            for (int i = 4; i < length; i += 4) {
                assertEquals(
                        number, memory.get(ValueLayout.JAVA_INT_UNALIGNED, offset + i), "torn");
            }
            return number;
        }
    }

    private static byte[] message(int number) {
        byte[] bytes = new byte[4 + 4 * (number % 12)];
        for (int i = 0; i < bytes.length; i += 4) {
            MemorySegment.ofArray(bytes).set(ValueLayout.JAVA_INT_UNALIGNED, i, number);
        }
        return bytes;
    }

    static List<PipeSpec> specifications() {
        return List.of(
                PipeSpec.bounded(4096).senders(1),
                PipeSpec.bounded(4096).senders(3),
                PipeSpec.bounded(4096).senders(2).order(Order.ARRIVAL),
                PipeSpec.bounded(4096).senders(1).receivers(2),
                PipeSpec.bounded(4096).senders(3).receivers(3),
                PipeSpec.unbounded(1 << 17, 4096).senders(2).receivers(2));
    }

    @ParameterizedTest
    @MethodSource("specifications")
    void eachMessageIsWholeUntilItIsAcknowledgedOnce(PipeSpec spec) throws Exception {
        AtomicIntegerArray seen = new AtomicIntegerArray(MESSAGES);
        try (Pipe pipe = Pipe.anonymous(spec)) {
            int senders = pipe.maxSenders();
            TestThreads threads = new TestThreads(pipe);
            List<PipeSender> open = new ArrayList<>();
            for (int i = 0; i < senders; i++) {
                open.add(pipe.sender());
            }
            for (int i = 0; i < pipe.maxReceivers(); i++) {
                PipeReceiver receiver = pipe.receiver();
                BlockingQueue<Kept> queue = new ArrayBlockingQueue<>(1 << 12);
                threads.start(() -> receive(receiver, queue));
                for (int k = 0; k < WORKERS; k++) {
                    int batch = 1 + 5 * k;
                    threads.start(() -> work(receiver, queue, batch, seen));
                }
            }
            for (int i = 0; i < senders; i++) {
                int first = i;
                threads.start(
                        () -> {
                            try (PipeSender sender = open.get(first)) {
                                for (int n = first; n < MESSAGES; n += senders) {
                                    assertTrue(sender.send(message(n), DEADLINE), "full");
                                }
                            }
                        });
            }
            threads.join();
            assertEquals(0, pipe.statistics().messages());
        }
        for (int i = 0; i < MESSAGES; i++) {
            assertEquals(1, seen.get(i), "message " + i);
        }
    }

    static List<PipeSpec> forOneReceiver() {
        return specifications().subList(0, 3);
    }

    /**
     * What comes again waits for the acknowledgement of the message before it, which comes from
     * another thread at any moment of the receiver's polls.
     */
    @ParameterizedTest
    @MethodSource("forOneReceiver")
    void anAcknowledgementMayComeWhileWhatComesAgainIsPolledFor(PipeSpec spec) throws Exception {
        int rounds = Proof.size(30, 10_000);
        UnacknowledgedMessageHandler forgetting = (tag, memory, offset, length) -> {};
        try (Pipe pipe = Pipe.anonymous(spec.retainWithoutReceivers(true))) {
            PipeSender sender = pipe.sender();
            for (int round = 0; round < rounds; round++) {
                int sent = 20;
                for (int i = 0; i < sent; i++) {
                    sender.send(message(i));
                }
                try (PipeReceiver first = pipe.receiver()) {
                    while (first.pollUnacknowledged(forgetting, sent) > 0) {}
                }
                try (PipeReceiver second = pipe.receiver()) {
                    TestThreads threads = new TestThreads(second);
                    AtomicLong kept = new AtomicLong();
                    threads.start(
                            () -> {
                                for (int i = 0; i < sent; i++) {
                                    threads.spinUntil(() -> kept.get() != 0);
                                    second.acknowledge(kept.getAndSet(0));
                                }
                            });
                    int[] received = new int[1];
                    UnacknowledgedMessageHandler keeping =
                            (tag, memory, offset, length) -> {
                                received[0]++;
                                kept.set(tag);
                            };
                    threads.spinUntil(
                            () -> {
                                second.pollUnacknowledged(keeping, 1);
                                return received[0] == sent;
                            });
                    threads.join();
                }
            }
        }
    }

    private static void receive(PipeReceiver receiver, BlockingQueue<Kept> queue) throws Exception {
        UnacknowledgedMessageHandler handler =
                (tag, memory, offset, length) ->
                        assertTrue(queue.offer(new Kept(tag, memory, offset, length)));
        int count;
        while ((count = receiver.receiveUnacknowledged(handler, 10, DEADLINE)) > 0) {}
        assertEquals(-1, count, receiver::toString);
        queue.add(Kept.END);
        new TestThreads(receiver).spinUntil(() -> receiver.unacknowledged() == 0);
        receiver.close();
    }

    /** Acknowledges messages in another order than they came, several at a time. */
    private static void work(
            PipeReceiver receiver, BlockingQueue<Kept> queue, int batch, AtomicIntegerArray seen)
            throws InterruptedException {
        List<Kept> mine = new ArrayList<>();
        boolean ended = false;
        while (!ended) {
            Kept next = queue.take();
            do {
                ended = next == Kept.END;
                if (!ended) {
                    mine.add(next);
                }
                next = ended || mine.size() == batch ? null : queue.poll();
            } while (next != null);
            for (int i = mine.size() - 1; i >= 0; i--) {
                seen.incrementAndGet(mine.get(i).number());
                receiver.acknowledge(mine.get(i).tag());
            }
            mine.clear();
        }
        queue.add(Kept.END); // For the next worker.
    }

    /** Segments with messages that are not acknowledged stay, and stay mapped. */
    @Test
    void aPipeThatGrowsKeepsEachRing() throws Exception {
        int rings = 150; // More than a receiver otherwise has mapped.
        PipeSpec spec = PipeSpec.unbounded(200 * (4096 + 8192L), 4096).senders(1).receivers(2);
        try (Pipe pipe = Pipe.anonymous(spec);
                PipeSender sender = pipe.sender();
                PipeReceiver receiver = pipe.receiver()) {
            List<Kept> kept = new ArrayList<>();
            byte[] filler = new byte[1000];
            int sent = 0;
            UnacknowledgedMessageHandler handler =
                    (tag, memory, offset, length) -> {
                        if (length == filler.length) {
                            receiver.acknowledge(tag);
                        } else {
                            kept.add(new Kept(tag, memory, offset, length));
                        }
                    };
            while (sent < 4 * rings) { // Less than four such pairs fit into a ring.
                assertTrue(sender.trySend(message(12 * sent + 11)), "at the quota");
                sent++;
                assertTrue(sender.trySend(filler), "at the quota");
                receiver.pollUnacknowledged(handler, 10);
            }
            while (receiver.pollUnacknowledged(handler, 10) > 0) {}
            assertEquals(sent, kept.size());
            assertTrue(pipe.statistics().lanes().get(0).segments() >= rings, "rings were reused");
            for (int i = 0; i < sent; i++) {
                assertEquals(12 * i + 11, kept.get(i).number());
            }
            for (int i = sent - 1; i >= 0; i--) {
                receiver.acknowledge(kept.get(i).tag());
            }
            assertEquals(0, receiver.poll((memory, offset, length) -> {}, 1));
            assertEquals(1, pipe.statistics().lanes().get(0).segments(), "the others are retired");
        }
    }

    /** A sender drops what no receiver has been given, and nothing else. */
    @Test
    void whatIsNotAcknowledgedIsNotDropped() throws Exception {
        PipeSpec spec =
                PipeSpec.unbounded(4 * (4096 + 8192L), 4096)
                        .senders(1)
                        .overflow(OverflowPolicy.DROP_OLDEST);
        try (Pipe pipe = Pipe.anonymous(spec);
                PipeSender sender = pipe.sender();
                PipeReceiver receiver = pipe.receiver()) {
            List<Kept> kept = new ArrayList<>();
            UnacknowledgedMessageHandler keep =
                    (tag, memory, offset, length) ->
                            kept.add(new Kept(tag, memory, offset, length));
            int sent = 0;
            for (int i = 0; i < 2_000; i++) {
                if (sender.trySend(message(sent))) {
                    sent++;
                }
                if (i % 400 == 0) {
                    receiver.pollUnacknowledged(keep, 3);
                }
            }
            assertTrue(pipe.statistics().lanes().get(0).dropped() > 0, "it drops");
            int last = -1;
            for (Kept message : kept) {
                assertTrue(message.number() > last);
                last = message.number();
                receiver.acknowledge(message.tag());
            }
            assertEquals(13, kept.size());
        }
    }
}
