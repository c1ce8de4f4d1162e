package io.sluice.wait;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.sluice.linux.Membarrier;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/** Edges WAITING, WOKEN and COUNTERPART: a waiter enqueued in two queues, as a select is. */
public final class ParkingWaiterStress {
    private static final boolean FENCED = Membarrier.fenceAllThreads();
    private static final VarHandle MESSAGE;

    static {
        try {
            MESSAGE = MethodHandles.lookup().findVarHandle(MessageWord.class, "value", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private ParkingWaiterStress() {}

    private static final class MessageWord {
        private int value;
    }

    /** The waker does not fence: the waiter's {@code membarrier} orders both sides. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "found, and woken")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "found, and not woken")
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "not found, but woken")
    @Outcome(expect = FORBIDDEN, desc = "asleep, and not found")
    @State
    public static class ParkingWakeUpNotLost {
        private final WaitQueue first = new WaitQueue();
        private final WaitQueue second = new WaitQueue();
        private final ParkingWaiter waiter = new ParkingWaiter(first, second);
        private final MessageWord message = new MessageWord();

        /** Publishes, then wakes. */
        @Actor
        public void waker() {
            MESSAGE.setRelease(message, 1);
            if (!FENCED) {
                VarHandle.fullFence();
            }
            second.wakeOne();
        }

        /** Enqueues itself, then reads. */
        @Actor
        public void waiterThread(II_Result r) {
            waiter.enqueue();
            r.r1 = (int) MESSAGE.getAcquire(message);
        }

        /** Counts the enqueued waiters. */
        @Arbiter
        public void waiting(II_Result r) {
            r.r2 = second.count();
        }
    }

    /** Waker and waiter race for the state; a woken waiter sees what its waker wrote. */
    @JCStressTest
    @Outcome(id = "-1, 0, 0", expect = ACCEPTABLE, desc = "returned by itself")
    @Outcome(id = "1, 1, 0", expect = ACCEPTABLE, desc = "woken in the second queue")
    @Outcome(expect = FORBIDDEN, desc = "woken, and did not see why, or counted for ever")
    @State
    public static class Dequeued {
        private final TwoQueues twoQueues = new TwoQueues();

        /** Wakes a waiter of the second queue. */
        @Actor
        public void waker() {
            twoQueues.wake(1);
        }

        /** Dequeues itself, then reads. */
        @Actor
        public void waiter(III_Result r) {
            r.r1 = twoQueues.dequeue();
            r.r2 = r.r1 < 0 ? 0 : twoQueues.written[r.r1];
        }

        /** Counts the waiters when both actors are done. */
        @Arbiter
        public void counted(III_Result r) {
            r.r3 = twoQueues.counted();
        }
    }

    /** Exactly one of two wakers gets the state, and the waiter finds which. */
    @JCStressTest
    @Outcome(id = "0, 1, 0", expect = ACCEPTABLE, desc = "woken in the first queue")
    @Outcome(id = "1, 1, 0", expect = ACCEPTABLE, desc = "woken in the second")
    @Outcome(expect = FORBIDDEN, desc = "asleep, or counted for ever")
    @State
    public static class OneWaker {
        private final TwoQueues twoQueues = new TwoQueues();

        /** Wakes a waiter of the first queue. */
        @Actor
        public void first() {
            twoQueues.wake(0);
        }

        /** Wakes a waiter of the second queue. */
        @Actor
        public void second() {
            twoQueues.wake(1);
        }

        /** Dequeues itself, then reads. */
        @Arbiter
        public void waiter(III_Result r) {
            r.r1 = twoQueues.dequeue();
            r.r2 = r.r1 < 0 ? 0 : twoQueues.written[r.r1];
            r.r3 = twoQueues.counted();
        }
    }

    /** Two waiters on the two sides of a rendezvous enqueue themselves: not both stay asleep. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "each woke the other")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "the first was woken")
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "the second was woken")
    @Outcome(expect = FORBIDDEN, desc = "both sleep")
    @State
    public static class Counterparts {
        private final WaitQueue senders = new WaitQueue();
        private final WaitQueue receivers = new WaitQueue(senders);
        private final ParkingWaiter first = new ParkingWaiter(senders, new WaitQueue());
        private final ParkingWaiter second = new ParkingWaiter(new WaitQueue(), receivers);

        /** Enqueues itself, then wakes the other side. */
        @Actor
        public void first() {
            first.enqueue();
            first.wakeCounterpart();
        }

        /** Enqueues itself, then wakes the other side. */
        @Actor
        public void second() {
            second.enqueue();
            second.wakeCounterpart();
        }

        /** Counts the waiters of each side. */
        @Arbiter
        public void waiting(II_Result r) {
            r.r1 = senders.count();
            r.r2 = receivers.count();
        }
    }

    /** A waiter that is enqueued in two queues. */
    private static final class TwoQueues {
        private final WaitQueue[] queues = {new WaitQueue(), new WaitQueue()};
        private final ParkingWaiter waiter = new ParkingWaiter(queues);
        private final int[] written = new int[2];

        TwoQueues() {
            waiter.enqueue();
        }

        void wake(int place) {
            written[place] = 1;
            queues[place].wakeOne();
        }

        int dequeue() {
            return waiter.stop() ? waiter.wokenIndex() : -1;
        }

        int counted() {
            return queues[0].count() + queues[1].count();
        }
    }
}
