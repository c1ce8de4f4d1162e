package io.sluice.ring;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * Edges REDELIVER and HINT: what a dead receiver had taken is redelivered, marked, and is not left
 * behind the hint.
 */
public final class RecoveryStress {
    private RecoveryStress() {}

    /** Two receivers, one of which recovers first: one receives the message, whole and marked. */
    @JCStressTest
    @Outcome(id = "1, 1, 0, 1", expect = ACCEPTABLE, desc = "the recovering receiver has it")
    @Outcome(id = "1, 0, 1, 1", expect = ACCEPTABLE, desc = "the other has it")
    @Outcome(expect = FORBIDDEN, desc = "lost, doubled, torn or not marked")
    @State
    public static class Redelivery {
        private final SpmcLane lane = SpmcLane.empty();

        /** Sends a message that a dead receiver has taken. */
        public Redelivery() {
            lane.send(1);
            lane.crashWithFirst();
        }

        /** Recovers, then polls. */
        @Actor
        public void recovery(IIII_Result r) {
            r.r1 = lane.recover(true);
            r.r2 = lane.one.poll(2);
            r.r4 += r.r2 == 0 ? 0 : lane.one.deliveryAttempt();
        }

        /** Polls. */
        @Actor
        public void other(IIII_Result r) {
            r.r3 = lane.other.poll(2);
        }

        /** Adds the redelivery mark. */
        @Arbiter
        public void mark(IIII_Result r) {
            r.r4 += r.r3 == 0 ? 0 : lane.other.deliveryAttempt();
        }
    }

    /**
     * One receiver makes the first message available again while another moves the hint past it: a
     * later receiver that starts at the hint finds it.
     */
    @JCStressTest
    @Outcome(id = "1, 2, 1", expect = ACCEPTABLE, desc = "left for the next one")
    @Outcome(id = "1, 12, 0", expect = ACCEPTABLE, desc = "given back in time")
    @Outcome(expect = FORBIDDEN, desc = "lost behind the hint, or doubled")
    @State
    public static class HintLowered {
        private final SpmcLane lane = SpmcLane.empty();

        /** Sends two messages, the first of which a dead receiver has taken. */
        public HintLowered() {
            lane.send(1);
            lane.crashWithFirst();
            lane.send(2);
        }

        /** Recovers the first message. */
        @Actor
        public void recovery(III_Result r) {
            r.r1 = lane.recover(true);
        }

        /** Polls, which moves the hint. */
        @Actor
        public void receiver(III_Result r) {
            r.r2 = lane.one.poll(3);
        }

        /** Polls from the hint on. */
        @Arbiter
        public void late(III_Result r) {
            r.r3 = lane.late().poll(3);
        }
    }

    /** A receiver that has passed the message finds it again: it drops its cached position. */
    @JCStressTest
    @Outcome(id = "1, 1, 0", expect = ACCEPTABLE, desc = "given back in time")
    @Outcome(id = "1, 0, 1", expect = ACCEPTABLE, desc = "at the next look")
    @Outcome(expect = FORBIDDEN, desc = "passed over for ever, or doubled")
    @State
    public static class HintRescan {
        private final SpmcLane lane = SpmcLane.empty();

        /** Sends two messages: a dead receiver has taken the first, a live one passed over it. */
        public HintRescan() {
            lane.send(1);
            lane.crashWithFirst();
            lane.send(2);
            lane.one.poll(2);
        }

        /** Recovers the first message. */
        @Actor
        public void recovery(III_Result r) {
            r.r1 = lane.recover(true);
        }

        /** Polls. */
        @Actor
        public void receiver(III_Result r) {
            r.r2 = lane.one.poll(3);
        }

        /** Polls again. */
        @Arbiter
        public void again(III_Result r) {
            r.r3 = lane.one.poll(3);
        }
    }
}
