package io.sluice.ring;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Edge LINK: a receiver that sees a linked ring sees it whole, and all that was sent before it. */
public final class LinkStress {
    private LinkStress() {}

    /** Rings with one receiver. */
    @JCStressTest
    @Outcome(id = "0, 12", expect = ACCEPTABLE, desc = "looked too early")
    @Outcome(id = "1, 2", expect = ACCEPTABLE, desc = "before the second ring was there")
    @Outcome(id = "12, 0", expect = ACCEPTABLE, desc = "went on to the second ring")
    @Outcome(expect = FORBIDDEN, desc = "passed over, torn, or a ring that was not ready")
    @State
    public static class SpscLink {
        private final SegmentedLane lane = SegmentedLane.spsc();

        /** Fills a ring, then links another one. */
        @Actor
        public void sender() {
            lane.send(1);
            lane.send(2);
        }

        /** Polls twice. */
        @Actor
        public void receiver(II_Result r) {
            r.r1 = lane.one.poll(1);
            r.r1 = r.r1 == 0 ? 0 : r.r1 * 10 + lane.one.poll(1);
            r.r1 = r.r1 % 10 == 0 ? r.r1 / 10 : r.r1;
        }

        /** Receives the rest. */
        @Arbiter
        public void rest(II_Result r) {
            r.r2 = SegmentedLane.all(lane.one);
        }
    }

    /** Rings that receivers share. */
    @JCStressTest
    @Outcome(id = "0, 12", expect = ACCEPTABLE, desc = "looked too early")
    @Outcome(id = "1, 2", expect = ACCEPTABLE, desc = "before the second ring was there")
    @Outcome(id = "12, 0", expect = ACCEPTABLE, desc = "went on to the second ring")
    @Outcome(expect = FORBIDDEN, desc = "passed over, torn, or a ring that was not ready")
    @State
    public static class SpmcLink {
        private final SegmentedLane lane = SegmentedLane.spmc();

        /** Fills a ring, then links another one. */
        @Actor
        public void sender() {
            lane.send(1);
            lane.send(2);
        }

        /** Polls twice. */
        @Actor
        public void receiver(II_Result r) {
            r.r1 = lane.one.poll(1);
            r.r1 = r.r1 == 0 ? 0 : r.r1 * 10 + lane.one.poll(1);
            r.r1 = r.r1 % 10 == 0 ? r.r1 / 10 : r.r1;
        }

        /** Receives the rest. */
        @Arbiter
        public void rest(II_Result r) {
            r.r2 = SegmentedLane.all(lane.other);
        }
    }
}
