package io.sluice.ring;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** Edge SPMC_RELEASE: a message that is done has been read, or is never read. */
public final class SpmcReleaseStress {
    /** The next message of a full lane. */
    private static final int NEXT = SpmcLane.FULL + 1;

    private SpmcReleaseStress() {}

    private static SpmcLane full() {
        SpmcLane lane = SpmcLane.empty();
        for (int i = 1; i <= SpmcLane.FULL; i++) {
            lane.send(i);
        }
        return lane;
    }

    /** A message is not overwritten before it was read: the next one takes its place. */
    @JCStressTest
    @Outcome(id = "0, 1, 234", expect = ACCEPTABLE, desc = "no room yet")
    @Outcome(id = "1, 1, 2345", expect = ACCEPTABLE, desc = "room, after it was read")
    @Outcome(expect = FORBIDDEN, desc = "overwritten, or lost")
    @State
    public static class SpmcReleaseReceived {
        private final SpmcLane lane = full();

        /** Sends if there is room. */
        @Actor
        public void sender(III_Result r) {
            r.r1 = lane.send(NEXT) ? 1 : 0;
        }

        /** Makes room. */
        @Actor
        public void receiver(III_Result r) {
            r.r2 = lane.one.poll(1);
        }

        /** Receives the rest. */
        @Arbiter
        public void rest(III_Result r) {
            r.r3 = lane.other.poll(9);
        }
    }

    /** What a dead receiver had taken is dropped, once, and its room is reusable. */
    @JCStressTest
    @Outcome(id = "0, 1, 234", expect = ACCEPTABLE, desc = "no room yet")
    @Outcome(id = "1, 1, 2345", expect = ACCEPTABLE, desc = "room, after it was dropped")
    @Outcome(expect = FORBIDDEN, desc = "not dropped, or lost")
    @State
    public static class SpmcReleaseDropped {
        private final SpmcLane lane = full();

        /** Marks the oldest message as taken by a dead receiver. */
        public SpmcReleaseDropped() {
            lane.crashWithFirst();
        }

        /** Sends if there is room. */
        @Actor
        public void sender(III_Result r) {
            r.r1 = lane.send(NEXT) ? 1 : 0;
        }

        /** Makes room. */
        @Actor
        public void recovery(III_Result r) {
            r.r2 = lane.recover(false);
        }

        /** Receives the rest. */
        @Arbiter
        public void rest(III_Result r) {
            r.r3 = lane.one.poll(9);
        }
    }
}
