package io.sluice.waiting;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.sluice.os.Membarrier;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/** Edges ASLEEP, WOKEN and FACING: a waiter enqueued in two places, as a select is. */
public final class ParkWaiterStress {
    private static final boolean FENCED = Membarrier.fenceAllThreads();
    private static final VarHandle MESSAGE;

    static {
        try {
            MESSAGE = MethodHandles.lookup().findVarHandle(Message.class, "value", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private ParkWaiterStress() {}

    private static final class Message {
        private int value;
    }

    /** The waker does not fence: the sleeper's {@code membarrier} orders both sides. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "found, and woken")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "found, and not woken")
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "not found, but woken")
    @Outcome(expect = FORBIDDEN, desc = "asleep, and not found")
    @State
    public static class NobodySleeps {
        private final Sleepers first = new Sleepers();
        private final Sleepers second = new Sleepers();
        private final ParkWaiter waiter = new ParkWaiter(first, second);
        private final Message message = new Message();

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
        public void sleeper(II_Result r) {
            waiter.lieDown();
            r.r1 = (int) MESSAGE.getAcquire(message);
        }

        /** Counts the enqueued sleepers. */
        @Arbiter
        public void asleep(II_Result r) {
            r.r2 = second.count();
        }
    }

    /** Waker and sleeper race for the state; a woken sleeper sees what its waker wrote. */
    @JCStressTest
    @Outcome(id = "-1, 0, 0", expect = ACCEPTABLE, desc = "got up by itself")
    @Outcome(id = "1, 1, 0", expect = ACCEPTABLE, desc = "woken in the second place")
    @Outcome(expect = FORBIDDEN, desc = "woken, and did not see why, or counted for ever")
    @State
    public static class GetsUp {
        private final Two two = new Two();

        /** Wakes a sleeper of the second place. */
        @Actor
        public void waker() {
            two.wake(1);
        }

        /** Dequeues itself, then reads. */
        @Actor
        public void sleeper(III_Result r) {
            r.r1 = two.getUp();
            r.r2 = r.r1 < 0 ? 0 : two.written[r.r1];
        }

        /** Counts the sleepers when both actors are done. */
        @Arbiter
        public void counted(III_Result r) {
            r.r3 = two.counted();
        }
    }

    /** Exactly one of two wakers gets the state, and the sleeper finds which. */
    @JCStressTest
    @Outcome(id = "0, 1, 0", expect = ACCEPTABLE, desc = "woken in the first place")
    @Outcome(id = "1, 1, 0", expect = ACCEPTABLE, desc = "woken in the second")
    @Outcome(expect = FORBIDDEN, desc = "asleep, or counted for ever")
    @State
    public static class OneWakes {
        private final Two two = new Two();

        /** Wakes a sleeper of the first place. */
        @Actor
        public void first() {
            two.wake(0);
        }

        /** Wakes a sleeper of the second place. */
        @Actor
        public void second() {
            two.wake(1);
        }

        /** Dequeues itself, then reads. */
        @Arbiter
        public void sleeper(III_Result r) {
            r.r1 = two.getUp();
            r.r2 = r.r1 < 0 ? 0 : two.written[r.r1];
            r.r3 = two.counted();
        }
    }

    /** Two waiters on facing sides enqueue themselves: not both stay asleep. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "each woke the other")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "the first was woken")
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "the second was woken")
    @Outcome(expect = FORBIDDEN, desc = "both sleep")
    @State
    public static class Facing {
        private final Sleepers senders = new Sleepers();
        private final Sleepers receivers = new Sleepers(senders);
        private final ParkWaiter first = new ParkWaiter(senders, new Sleepers());
        private final ParkWaiter second = new ParkWaiter(new Sleepers(), receivers);

        /** Enqueues itself, then wakes the other side. */
        @Actor
        public void first() {
            first.lieDown();
            first.wakeFacing();
        }

        /** Enqueues itself, then wakes the other side. */
        @Actor
        public void second() {
            second.lieDown();
            second.wakeFacing();
        }

        /** Counts the sleepers of each side. */
        @Arbiter
        public void asleep(II_Result r) {
            r.r1 = senders.count();
            r.r2 = receivers.count();
        }
    }

    /** A waiter that is enqueued in two places. */
    private static final class Two {
        private final Sleepers[] places = {new Sleepers(), new Sleepers()};
        private final ParkWaiter waiter = new ParkWaiter(places);
        private final int[] written = new int[2];

        Two() {
            waiter.lieDown();
        }

        void wake(int place) {
            written[place] = 1;
            places[place].wakeOne();
        }

        int getUp() {
            return waiter.stop() ? waiter.wokenAt() : -1;
        }

        int counted() {
            return places[0].count() + places[1].count();
        }
    }
}
