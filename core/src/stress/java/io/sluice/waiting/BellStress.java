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

/** Edges ARMED and RUNG: no wake-up is lost, and the woken end sees what its waker did. */
public final class BellStress {
    private BellStress() {}

    /** The waker does not fence: the sleeper's {@code membarrier} does it for both. */
    @JCStressTest
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "found")
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "to be rung")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "both")
    @Outcome(expect = FORBIDDEN, desc = "not found, and not to be rung")
    @State
    public static class SleeperPays {
        private final BellWords words = BellWords.disarmed();

        /** Publishes, and asks whether to ring. */
        @Actor
        public void waker(II_Result r) {
            words.publish();
            r.r1 = words.isArmed() ? 1 : 0;
        }

        /** Arms, fences for all, and looks. */
        @Actor
        public void sleeper(II_Result r) {
            words.sleepers.arm();
            BellWords.fenceAll();
            r.r2 = words.look();
        }
    }

    /** Where {@code membarrier} is missing: the pair holds if both sides fence. */
    @JCStressTest
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "found")
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "to be rung")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "both")
    @Outcome(expect = FORBIDDEN, desc = "not found, and not to be rung")
    @State
    public static class BothPay {
        private final BellWords words = BellWords.disarmed();

        /** Publishes, and asks whether to ring. */
        @Actor
        public void waker(II_Result r) {
            words.publish();
            VarHandle.fullFence();
            r.r1 = words.isArmed() ? 1 : 0;
        }

        /** Arms, fences, and looks. */
        @Actor
        public void sleeper(II_Result r) {
            words.sleepers.arm();
            VarHandle.fullFence();
            r.r2 = words.look();
        }
    }

    /** Nobody sleeps who has not found what was published: with the ringing itself. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "found, and rung")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "found, and not rung")
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "not found, but rung")
    @Outcome(expect = FORBIDDEN, desc = "asleep, and not found")
    @State
    public static class NobodySleeps {
        private final BellWords words = BellWords.disarmed();

        /** Publishes, and rings. */
        @Actor
        public void waker() {
            words.publish();
            words.wakers.ring();
        }

        /** Arms, fences for all, and looks. */
        @Actor
        public void sleeper(II_Result r) {
            words.sleepers.arm();
            BellWords.fenceAll();
            r.r1 = words.look();
        }

        /** Whether the sleeper would sleep. */
        @Arbiter
        public void bell(II_Result r) {
            r.r2 = words.sleepers.isArmed() ? 1 : 0;
        }
    }

    /** Who gets up and was rung sees what the ringer did. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "got up by itself")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "got up by itself, and saw it")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "rung, and saw it")
    @Outcome(expect = FORBIDDEN, desc = "rung, and did not see why")
    @State
    public static class Disarm {
        private final BellWords words = BellWords.armed();

        /** Writes, and rings. */
        @Actor
        public void ringer() {
            words.write();
            words.wakers.ring();
        }

        /** Gets up. */
        @Actor
        public void sleeper(II_Result r) {
            r.r1 = words.sleepers.disarm() ? 1 : 0;
            r.r2 = words.read();
        }
    }

    /** Who finds its bell rung, also by one that rings without asking, sees what the ringer did. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "not rung yet")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "not rung yet, and saw it")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "rung, and saw it")
    @Outcome(expect = FORBIDDEN, desc = "rung, and did not see why")
    @State
    public static class RingAnyway {
        private final BellWords words = BellWords.armed();

        /** Writes, and rings. */
        @Actor
        public void ringer() {
            words.write();
            words.wakers.ringAnyway();
        }

        /** Looks at its bell. */
        @Actor
        public void sleeper(II_Result r) {
            r.r1 = words.sleepers.isArmed() ? 1 : 0;
            r.r2 = words.read();
        }
    }

    /**
     * Of two ringers one wakes. On the heap: there {@code ring} says who disarmed the bell, while a
     * futex only says who found somebody asleep.
     */
    @JCStressTest
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "the one")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "the other")
    @Outcome(expect = FORBIDDEN, desc = "both, or none")
    @State
    public static class OneRinger {
        private final Bell bell = new Bell(new HeapMemory(Long.BYTES), 0);

        /** An armed bell. */
        public OneRinger() {
            bell.arm();
        }

        /** One. */
        @Actor
        public void one(II_Result r) {
            r.r1 = bell.ring() ? 1 : 0;
        }

        /** The other. */
        @Actor
        public void other(II_Result r) {
            r.r2 = bell.ring() ? 1 : 0;
        }
    }
}
