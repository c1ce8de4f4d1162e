package io.sluice.lane;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.lang.invoke.VarHandle;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * Edge ATTENTION: the sender sees that its message is to be announced, or the receiver finds it.
 */
public final class AttentionStress {
    private AttentionStress() {}

    /** The sender does not fence: the receiver's {@code membarrier} does it for both. */
    @JCStressTest
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "found")
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "to be announced")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "both")
    @Outcome(expect = FORBIDDEN, desc = "the message waits, and nobody is told")
    @State
    public static class SleeperPays {
        private final WatchedLane lane = WatchedLane.empty();

        /** Sends, and asks whether to announce it. */
        @Actor
        public void sender(II_Result r) {
            lane.send(1);
            r.r1 = lane.isWanted() ? 1 : 0;
        }

        /** Lies down, and looks once more. */
        @Actor
        public void receiver(II_Result r) {
            lane.lieDown();
            r.r2 = lane.reader.poll(2);
        }
    }

    /** Where {@code membarrier} is missing: the pair holds if both sides fence. */
    @JCStressTest
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "found")
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "to be announced")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "both")
    @Outcome(expect = FORBIDDEN, desc = "the message waits, and nobody is told")
    @State
    public static class BothPay {
        private final WatchedLane lane = WatchedLane.empty();

        /** Sends, and asks whether to announce it. */
        @Actor
        public void sender(II_Result r) {
            lane.send(1);
            VarHandle.fullFence();
            r.r1 = lane.isWanted() ? 1 : 0;
        }

        /** Lies down, and looks once more. */
        @Actor
        public void receiver(II_Result r) {
            lane.demandAttention();
            r.r2 = lane.reader.poll(2);
        }
    }

    /** Nobody sleeps while a message waits: all of lying down against all of announcing. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "found, and rung")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "found, and not rung")
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "not found, but rung")
    @Outcome(expect = FORBIDDEN, desc = "asleep while a message waits")
    @State
    public static class NobodySleeps {
        private final WatchedLane lane = WatchedLane.empty();

        /** Sends, and announces it. */
        @Actor
        public void sender() {
            lane.send(1);
            lane.announce();
        }

        /** Lies down, and looks once more. */
        @Actor
        public void receiver(II_Result r) {
            lane.lieDown();
            r.r1 = lane.reader.poll(2);
        }

        /** Whether the receiver would sleep. */
        @Arbiter
        public void bell(II_Result r) {
            r.r2 = lane.wouldSleep() ? 1 : 0;
        }
    }

    /** The same where attention is given: the sender fences, and the receiver need not. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "found, and rung")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "found, and not rung")
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "not found, but rung")
    @Outcome(expect = FORBIDDEN, desc = "asleep while a message waits")
    @State
    public static class SenderPays {
        private final WatchedLane lane = WatchedLane.given();

        /** Sends, and announces it. */
        @Actor
        public void sender() {
            lane.send(1);
            lane.announce();
        }

        /** Lies down, and looks once more. */
        @Actor
        public void receiver(II_Result r) {
            lane.lieDown();
            r.r1 = lane.reader.poll(2);
        }

        /** Whether the receiver would sleep. */
        @Arbiter
        public void bell(II_Result r) {
            r.r2 = lane.wouldSleep() ? 1 : 0;
        }
    }

    /** The same for the message with which attention ends: who still found it given is told. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "found, and rung")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "found, and not rung")
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "not found, but rung")
    @Outcome(expect = FORBIDDEN, desc = "asleep while a message waits")
    @State
    public static class AttentionEnds {
        private final WatchedLane lane = WatchedLane.ending();

        /** Sends, and announces it. */
        @Actor
        public void sender() {
            lane.send(1);
            lane.announce();
        }

        /** Lies down, and looks once more. */
        @Actor
        public void receiver(II_Result r) {
            lane.lieDown();
            r.r1 = lane.reader.poll(2);
        }

        /** Whether the receiver would sleep. */
        @Arbiter
        public void bell(II_Result r) {
            r.r2 = lane.wouldSleep() ? 1 : 0;
        }
    }
}
