package io.sluice.wait;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.sluice.memory.HeapMemory;
import java.lang.invoke.VarHandle;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Edges ARMED and NOTIFIED: no wake-up is lost, and the woken end sees what its waker wrote. */
public final class FutexEventStress {
    private FutexEventStress() {}

    /** The waker does not fence: the waiter's {@code membarrier} orders both sides. */
    @JCStressTest
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "found")
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "to be notified")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "both")
    @Outcome(expect = FORBIDDEN, desc = "not found, and not to be notified")
    @State
    public static class FutexWaiterFences {
        private final FutexEventWords words = FutexEventWords.disarmed();

        /** Publishes, then tests whether to notify. */
        @Actor
        public void waker(II_Result r) {
            words.publish();
            r.r1 = words.isArmed() ? 1 : 0;
        }

        /** Arms the futex event, fences all processes, then reads. */
        @Actor
        public void waiter(II_Result r) {
            words.waiterEvent.prepareWait();
            FutexEventWords.fenceAll();
            r.r2 = words.readAcquire();
        }
    }

    /** Without {@code membarrier}: the ordering holds if both sides fence. */
    @JCStressTest
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "found")
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "to be notified")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "both")
    @Outcome(expect = FORBIDDEN, desc = "not found, and not to be notified")
    @State
    public static class FutexBothSidesFence {
        private final FutexEventWords words = FutexEventWords.disarmed();

        /** Publishes, then tests whether to notify. */
        @Actor
        public void waker(II_Result r) {
            words.publish();
            VarHandle.fullFence();
            r.r1 = words.isArmed() ? 1 : 0;
        }

        /** Arms the futex event, fences, then reads. */
        @Actor
        public void waiter(II_Result r) {
            words.waiterEvent.prepareWait();
            VarHandle.fullFence();
            r.r2 = words.readAcquire();
        }
    }

    /** A waiter that did not find the published data is notified. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "found, and notified")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "found, and not notified")
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "not found, but notified")
    @Outcome(expect = FORBIDDEN, desc = "asleep, and not found")
    @State
    public static class FutexWakeUpNotLost {
        private final FutexEventWords words = FutexEventWords.disarmed();

        /** Publishes, then rings. */
        @Actor
        public void waker() {
            words.publish();
            words.wakerEvent.notifyOne();
        }

        /** Arms the futex event, fences all processes, then reads. */
        @Actor
        public void waiter(II_Result r) {
            words.waiterEvent.prepareWait();
            FutexEventWords.fenceAll();
            r.r1 = words.readAcquire();
        }

        /** Tests whether the waiter would sleep. */
        @Arbiter
        public void armed(II_Result r) {
            r.r2 = words.waiterEvent.isArmed() ? 1 : 0;
        }
    }

    /** A waiter that disarms a notified futex event sees what the waker wrote. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "returned by itself")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "returned by itself, and saw it")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "notified, and saw it")
    @Outcome(expect = FORBIDDEN, desc = "notified, and did not see why")
    @State
    public static class CancelWait {
        private final FutexEventWords words = FutexEventWords.armed();

        /** Writes, then rings. */
        @Actor
        public void notifier() {
            words.write();
            words.wakerEvent.notifyOne();
        }

        /** Disarms the futex event, then reads. */
        @Actor
        public void waiter(II_Result r) {
            r.r1 = words.waiterEvent.cancelWait() ? 1 : 0;
            r.r2 = words.readPlain();
        }
    }

    /** A waiter that finds its futex event notified unconditionally sees what the waker wrote. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "not notified yet")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "not notified yet, and saw it")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "notified, and saw it")
    @Outcome(expect = FORBIDDEN, desc = "notified, and did not see why")
    @State
    public static class ForceNotify {
        private final FutexEventWords words = FutexEventWords.armed();

        /** Writes, then rings. */
        @Actor
        public void notifier() {
            words.write();
            words.wakerEvent.forceNotify();
        }

        /** Tests its futex event, then reads. */
        @Actor
        public void waiter(II_Result r) {
            r.r1 = words.waiterEvent.isArmed() ? 1 : 0;
            r.r2 = words.readPlain();
        }
    }

    /**
     * Of two wakers exactly one wakes. The futex event is on the heap: there {@code ring} returns
     * whether the call disarmed the futex event, while a futex only reports whether a thread was
     * asleep.
     */
    @JCStressTest
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "the one")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "the other")
    @Outcome(expect = FORBIDDEN, desc = "both, or none")
    @State
    public static class OneNotifier {
        private final FutexEvent futexEvent = new FutexEvent(new HeapMemory(Long.BYTES), 0);

        /** Arms the futex event. */
        public OneNotifier() {
            futexEvent.prepareWait();
        }

        /** Rings. */
        @Actor
        public void one(II_Result r) {
            r.r1 = futexEvent.notifyOne() ? 1 : 0;
        }

        /** Rings. */
        @Actor
        public void other(II_Result r) {
            r.r2 = futexEvent.notifyOne() ? 1 : 0;
        }
    }
}
