package io.sluice.mailbox;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * Edges SLOT and SLOT_FREE: a received message is whole, and the receiver of an older message does
 * not clear it. Two threads are enough for three ends: an actor may use more than one.
 */
public final class SlotStress {
    private SlotStress() {}

    /** A message is received whole, and a queue that holds one is not empty. */
    @JCStressTest
    @Outcome(id = "0, 0, 1", expect = ACCEPTABLE, desc = "not sent yet")
    @Outcome(id = "0, 1, 0", expect = ACCEPTABLE, desc = "received, and it came between")
    @Outcome(id = "1, 1, 0", expect = ACCEPTABLE, desc = "received")
    @Outcome(expect = FORBIDDEN, desc = "torn, lost, or none though there was one")
    @State
    public static class Polled {
        private final NumberQueue numbers = new NumberQueue(1);

        /** Sends. */
        @Actor
        public void sender() {
            numbers.offer(1);
        }

        /** Reads the size, then polls. */
        @Actor
        public void receiver(III_Result r) {
            r.r1 = numbers.size();
            r.r2 = numbers.poll();
        }

        /** Receives what is left. */
        @Arbiter
        public void left(III_Result r) {
            r.r3 = numbers.drain();
        }
    }

    /** A relaxed poll, which does not wait for a message being written, does not lose it. */
    @JCStressTest
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "not sent yet")
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "received")
    @Outcome(expect = FORBIDDEN, desc = "torn, or lost")
    @State
    public static class RelaxedPolled {
        private final NumberQueue numbers = new NumberQueue(3);

        /** Sends. */
        @Actor
        public void sender() {
            numbers.offer(1);
        }

        /** Polls without waiting. */
        @Actor
        public void receiver(II_Result r) {
            r.r1 = numbers.relaxedPoll();
        }

        /** Receives what is left. */
        @Arbiter
        public void left(II_Result r) {
            r.r2 = numbers.drain();
        }
    }

    /** A peek sees a whole message, and a queue that holds one is not empty. */
    @JCStressTest
    @Outcome(id = "0, 0, 1", expect = ACCEPTABLE, desc = "not sent yet")
    @Outcome(id = "0, 1, 1", expect = ACCEPTABLE, desc = "seen, and it came between")
    @Outcome(id = "1, 1, 1", expect = ACCEPTABLE, desc = "seen")
    @Outcome(expect = FORBIDDEN, desc = "torn, lost, or none though there was one")
    @State
    public static class Peeked {
        private final NumberQueue numbers = new NumberQueue(1);

        /** Sends. */
        @Actor
        public void sender() {
            numbers.offer(1);
        }

        /** Reads the size, then peeks. */
        @Actor
        public void receiver(III_Result r) {
            r.r1 = numbers.size();
            r.r2 = numbers.peek();
        }

        /** Receives what is left. */
        @Arbiter
        public void left(III_Result r) {
            r.r3 = numbers.drain();
        }
    }

    /** A peek during another thread's poll: there is always a message. */
    @JCStressTest
    @Outcome(id = "8, 8, 9", expect = ACCEPTABLE, desc = "before it was received")
    @Outcome(id = "9, 8, 9", expect = ACCEPTABLE, desc = "afterwards")
    @Outcome(expect = FORBIDDEN, desc = "torn, or none")
    @State
    public static class PeekedWhilePolled {
        private final NumberQueue numbers = new NumberQueue(3, 8, 9);

        /** Peeks. */
        @Actor
        public void one(III_Result r) {
            r.r1 = numbers.peek();
        }

        /** Receives. */
        @Actor
        public void other(III_Result r) {
            r.r2 = numbers.poll();
        }

        /** Receives what is left. */
        @Arbiter
        public void left(III_Result r) {
            r.r3 = numbers.drain();
        }
    }

    /** After its own send a thread receives a message, even if an earlier one is being written. */
    @JCStressTest
    @Outcome(id = "1, 2, 0", expect = ACCEPTABLE, desc = "each its own")
    @Outcome(id = "2, 1, 0", expect = ACCEPTABLE, desc = "each the other's")
    @Outcome(expect = FORBIDDEN, desc = "torn, twice, lost, or none though there was one")
    @State
    public static class TwoSendAndPoll {
        private final NumberQueue numbers = new NumberQueue(3);

        /** Sends, then receives. */
        @Actor
        public void one(III_Result r) {
            numbers.offer(1);
            r.r1 = numbers.poll();
        }

        /** Sends, then receives. */
        @Actor
        public void other(III_Result r) {
            numbers.offer(2);
            r.r2 = numbers.poll();
        }

        /** Receives what is left. */
        @Arbiter
        public void left(III_Result r) {
            r.r3 = numbers.drain();
        }
    }

    /** After its own send a peek sees a message, even if an earlier one is being written. */
    @JCStressTest
    @Outcome(id = "1, 1, 12", expect = ACCEPTABLE, desc = "the one came first")
    @Outcome(id = "2, 2, 21", expect = ACCEPTABLE, desc = "the other came first")
    @Outcome(expect = FORBIDDEN, desc = "torn, lost, not the first, or none though there was one")
    @State
    public static class TwoSendAndPeek {
        private final NumberQueue numbers = new NumberQueue(3);

        /** Sends, then peeks. */
        @Actor
        public void one(III_Result r) {
            numbers.offer(1);
            r.r1 = numbers.peek();
        }

        /** Sends, then peeks. */
        @Actor
        public void other(III_Result r) {
            numbers.offer(2);
            r.r2 = numbers.peek();
        }

        /** Receives what is left. */
        @Arbiter
        public void left(III_Result r) {
            r.r3 = numbers.drain();
        }
    }

    /** Two senders for one slot, and a receiver. */
    @JCStressTest
    @Outcome(id = "1, 0, 1, 0", expect = ACCEPTABLE, desc = "the one, and it is received")
    @Outcome(id = "0, 1, 2, 0", expect = ACCEPTABLE, desc = "the other, and it is received")
    @Outcome(id = "1, 1, 2, 1", expect = ACCEPTABLE, desc = "the one when the other is received")
    @Outcome(expect = FORBIDDEN, desc = "lost, twice, too many, or refused though there is room")
    @State
    public static class LastPlaceOfOne {
        private final NumberQueue numbers = new NumberQueue(1);

        /** Sends. */
        @Actor
        public void one(IIII_Result r) {
            r.r1 = numbers.offer(1) ? 1 : 0;
        }

        /** Sends, then receives. */
        @Actor
        public void other(IIII_Result r) {
            r.r2 = numbers.offer(2) ? 1 : 0;
            r.r3 = numbers.poll();
        }

        /** Receives what is left. */
        @Arbiter
        public void left(IIII_Result r) {
            r.r4 = numbers.drain();
        }
    }

    /** Two senders for the last of three permitted messages, in a ring with more slots. */
    @JCStressTest
    @Outcome(id = "1, 0, 8, 91", expect = ACCEPTABLE, desc = "the one")
    @Outcome(id = "0, 1, 8, 92", expect = ACCEPTABLE, desc = "the other")
    @Outcome(id = "1, 1, 8, 921", expect = ACCEPTABLE, desc = "the one when there is room again")
    @Outcome(expect = FORBIDDEN, desc = "lost, twice, too many, or refused though there is room")
    @State
    public static class LastPlaceOfThree {
        private final NumberQueue numbers = new NumberQueue(3, 8, 9);

        /** Sends. */
        @Actor
        public void one(IIII_Result r) {
            r.r1 = numbers.offer(1) ? 1 : 0;
        }

        /** Sends, then receives. */
        @Actor
        public void other(IIII_Result r) {
            r.r2 = numbers.offer(2) ? 1 : 0;
            r.r3 = numbers.poll();
        }

        /** Receives what is left. */
        @Arbiter
        public void left(IIII_Result r) {
            r.r4 = numbers.drain();
        }
    }

    /** Capacity one in a ring of two: the third message reuses the slot being emptied. */
    @JCStressTest
    @Outcome(id = "9, 1, 2", expect = ACCEPTABLE, desc = "all three")
    @Outcome(expect = FORBIDDEN, desc = "lost, twice, or refused though there is room")
    @State
    public static class EmptiedOfOne {
        private final NumberQueue numbers = new NumberQueue(1, 9);

        /** Receives the first. */
        @Actor
        public void one(III_Result r) {
            r.r1 = numbers.poll();
        }

        /** Sends and receives the second, and sends the third. */
        @Actor
        public void other(III_Result r) {
            numbers.offerUntilAccepted(1);
            r.r2 = numbers.poll();
            numbers.offer(2);
        }

        /** Receives what is left. */
        @Arbiter
        public void left(III_Result r) {
            r.r3 = numbers.drain();
        }
    }

    /** Capacity equal to the ring's: the next message reuses the slot being emptied. */
    @JCStressTest
    @Outcome(id = "8, 91", expect = ACCEPTABLE, desc = "all three")
    @Outcome(expect = FORBIDDEN, desc = "lost, or twice")
    @State
    public static class EmptiedOfTwo {
        private final NumberQueue numbers = new NumberQueue(2, 8, 9);

        /** Receives the first. */
        @Actor
        public void receiver(II_Result r) {
            r.r1 = numbers.poll();
        }

        /** Sends, retrying until there is room. */
        @Actor
        public void sender() {
            numbers.offerUntilAccepted(1);
        }

        /** Receives what is left. */
        @Arbiter
        public void left(II_Result r) {
            r.r2 = numbers.drain();
        }
    }

    /** Capacity three in a ring of four: the fifth message reuses the slot being emptied. */
    @JCStressTest
    @Outcome(id = "7, 8, 912", expect = ACCEPTABLE, desc = "all five")
    @Outcome(expect = FORBIDDEN, desc = "lost, twice, or refused though there is room")
    @State
    public static class EmptiedOfThree {
        private final NumberQueue numbers = new NumberQueue(3, 7, 8, 9);

        /** Receives the first. */
        @Actor
        public void one(III_Result r) {
            r.r1 = numbers.relaxedPoll();
        }

        /** Receives the second while the first is being taken, and sends two. */
        @Actor
        public void other(III_Result r) {
            while (numbers.size() == 3) {
                Thread.onSpinWait();
            }
            r.r2 = numbers.poll();
            numbers.offer(1);
            numbers.offer(2);
        }

        /** Receives what is left. */
        @Arbiter
        public void left(III_Result r) {
            r.r3 = numbers.drain();
        }
    }

    /** A message, created long before it is sent, so that only the queue orders its number. */
    private static final class QueuedMessage {
        private int number;
    }

    /** A queue of messages, each with a number in 1..9. */
    private static final class NumberQueue {
        private static final int NONE = 0;
        private static final int TORN = -1;

        private final ExactMpmcQueue<QueuedMessage> queue;
        private final QueuedMessage one = new QueuedMessage();
        private final QueuedMessage two = new QueuedMessage();

        NumberQueue(int limit, int... held) {
            queue = new ExactMpmcQueue<>(limit);
            for (int number : held) {
                offer(new QueuedMessage(), number);
            }
        }

        /** Sends 1 or 2, each once. */
        boolean offer(int number) {
            return offer(number == 1 ? one : two, number);
        }

        private boolean offer(QueuedMessage message, int number) {
            message.number = number;
            return queue.offer(message);
        }

        void offerUntilAccepted(int number) {
            while (!offer(number)) {
                Thread.onSpinWait();
            }
        }

        int poll() {
            return number(queue.poll());
        }

        int relaxedPoll() {
            return number(queue.relaxedPoll());
        }

        int peek() {
            return number(queue.peek());
        }

        int size() {
            return queue.size();
        }

        /** Receives all messages; returns their numbers as decimal digits. */
        int drain() {
            int all = 0;
            for (int next = poll(); next != NONE; next = poll()) {
                all = 10 * all + next;
            }
            return all;
        }

        private static int number(QueuedMessage message) {
            if (message == null) {
                return NONE;
            }
            int number = message.number;
            return number == 0 ? TORN : number;
        }
    }
}
