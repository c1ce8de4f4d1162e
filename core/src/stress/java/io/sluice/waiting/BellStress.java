package io.sluice.waiting;

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

/** Edges ARMED and RUNG: no wake-up is lost, and the woken end sees what its waker wrote. */
public final class BellStress {
    private BellStress() {}

    /** The waker does not fence: the sleeper's {@code membarrier} orders both sides. */
    @JCStressTest
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "found")
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "to be rung")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "both")
    @Outcome(expect = FORBIDDEN, desc = "not found, and not to be rung")
    @State
    public static class SleeperPays {
        private final BellWords words = BellWords.disarmed();

        /** Publishes, then tests whether to ring. */
        @Actor
        public void waker(II_Result r) {
            words.publish();
            r.r1 = words.isArmed() ? 1 : 0;
        }

        /** Arms the bell, fences all processes, then reads. */
        @Actor
        public void sleeper(II_Result r) {
            words.sleepers.arm();
            BellWords.fenceAll();
            r.r2 = words.look();
        }
    }

    /** Without {@code membarrier}: the ordering holds if both sides fence. */
    @JCStressTest
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "found")
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "to be rung")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "both")
    @Outcome(expect = FORBIDDEN, desc = "not found, and not to be rung")
    @State
    public static class BothPay {
        private final BellWords words = BellWords.disarmed();

        /** Publishes, then tests whether to ring. */
        @Actor
        public void waker(II_Result r) {
            words.publish();
            VarHandle.fullFence();
            r.r1 = words.isArmed() ? 1 : 0;
        }

        /** Arms the bell, fences, then reads. */
        @Actor
        public void sleeper(II_Result r) {
            words.sleepers.arm();
            VarHandle.fullFence();
            r.r2 = words.look();
        }
    }

    /** A sleeper that did not find the published data is rung. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "found, and rung")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "found, and not rung")
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "not found, but rung")
    @Outcome(expect = FORBIDDEN, desc = "asleep, and not found")
    @State
    public static class NobodySleeps {
        private final BellWords words = BellWords.disarmed();

        /** Publishes, then rings. */
        @Actor
        public void waker() {
            words.publish();
            words.wakers.ring();
        }

        /** Arms the bell, fences all processes, then reads. */
        @Actor
        public void sleeper(II_Result r) {
            words.sleepers.arm();
            BellWords.fenceAll();
            r.r1 = words.look();
        }

        /** Tests whether the sleeper would sleep. */
        @Arbiter
        public void bell(II_Result r) {
            r.r2 = words.sleepers.isArmed() ? 1 : 0;
        }
    }

    /** A sleeper that disarms a rung bell sees what the ringer wrote. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "got up by itself")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "got up by itself, and saw it")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "rung, and saw it")
    @Outcome(expect = FORBIDDEN, desc = "rung, and did not see why")
    @State
    public static class Disarm {
        private final BellWords words = BellWords.armed();

        /** Writes, then rings. */
        @Actor
        public void ringer() {
            words.write();
            words.wakers.ring();
        }

        /** Disarms the bell, then reads. */
        @Actor
        public void sleeper(II_Result r) {
            r.r1 = words.sleepers.disarm() ? 1 : 0;
            r.r2 = words.read();
        }
    }

    /** A sleeper that finds its bell rung unconditionally sees what the ringer wrote. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "not rung yet")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "not rung yet, and saw it")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "rung, and saw it")
    @Outcome(expect = FORBIDDEN, desc = "rung, and did not see why")
    @State
    public static class RingAnyway {
        private final BellWords words = BellWords.armed();

        /** Writes, then rings. */
        @Actor
        public void ringer() {
            words.write();
            words.wakers.ringAnyway();
        }

        /** Tests its bell, then reads. */
        @Actor
        public void sleeper(II_Result r) {
            r.r1 = words.sleepers.isArmed() ? 1 : 0;
            r.r2 = words.read();
        }
    }

    /**
     * Of two ringers exactly one wakes. The bell is on the heap: there {@code ring} returns whether
     * the call disarmed the bell, while a futex only reports whether a thread was asleep.
     */
    @JCStressTest
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "the one")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "the other")
    @Outcome(expect = FORBIDDEN, desc = "both, or none")
    @State
    public static class OneRinger {
        private final Bell bell = new Bell(new HeapMemory(Long.BYTES), 0);

        /** Arms the bell. */
        public OneRinger() {
            bell.arm();
        }

        /** Rings. */
        @Actor
        public void one(II_Result r) {
            r.r1 = bell.ring() ? 1 : 0;
        }

        /** Rings. */
        @Actor
        public void other(II_Result r) {
            r.r2 = bell.ring() ? 1 : 0;
        }
    }
}
