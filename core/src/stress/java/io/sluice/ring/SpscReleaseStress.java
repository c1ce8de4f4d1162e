package io.sluice.ring;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** Edge RELEASE: space that the receiver gives back has been read. */
public final class SpscReleaseStress {
    /** The first message is at the end of the ring, and the second needs exactly its space. */
    private static final int FIRST_AT = Views.CAPACITY - SpscLane.RECORD_LENGTH;

    private static final int SECOND_LENGTH = Views.CAPACITY - 2 * RecordDescriptor.HEADER_LENGTH;

    private SpscReleaseStress() {}

    /**
     * A message is not overwritten before it was read. The word behind the second one is cleared
     * over the last bytes of the first.
     */
    @JCStressTest
    @Outcome(id = "0, 1, 0", expect = ACCEPTABLE, desc = "no room yet")
    @Outcome(id = "1, 1, 2", expect = ACCEPTABLE, desc = "room, after it was read")
    @Outcome(expect = FORBIDDEN, desc = "overwritten, or lost")
    @State
    public static class SpscReleaseOne {
        private final SpscLane lane = SpscLane.empty();

        /** Fills the lane. */
        public SpscReleaseOne() {
            lane.advanceTo(FIRST_AT);
            lane.send(1);
        }

        /** Sends if there is room. */
        @Actor
        public void sender(III_Result r) {
            r.r1 = lane.writer.send(2, SECOND_LENGTH) ? 1 : 0;
        }

        /** Makes room. */
        @Actor
        public void receiver(III_Result r) {
            r.r2 = lane.reader.poll(1);
        }

        /** Receives the rest. */
        @Arbiter
        public void rest(III_Result r) {
            r.r3 = lane.reader.poll(2);
        }
    }

    /** Both ends continue: no message is overwritten, lost, or out of order. */
    @JCStressTest
    @Outcome(id = "0, 12, 3", expect = ACCEPTABLE, desc = "no room yet")
    @Outcome(id = "1, 12, 34", expect = ACCEPTABLE, desc = "room for one")
    @Outcome(id = "2, 12, 345", expect = ACCEPTABLE, desc = "room for both")
    @Outcome(expect = FORBIDDEN, desc = "overwritten, lost or out of order")
    @State
    public static class SpscReleaseStream {
        private final SpscLane lane = SpscLane.empty();

        /** Fills the lane. */
        public SpscReleaseStream() {
            lane.advanceTo(0);
            lane.send(1);
            lane.send(2);
            lane.send(3);
        }

        /** Sends if there is room. */
        @Actor
        public void sender(III_Result r) {
            r.r1 = lane.send(4) ? 1 : 0;
            r.r1 += lane.send(4 + r.r1) ? 1 : 0;
        }

        /** Makes room twice. */
        @Actor
        public void receiver(III_Result r) {
            int first = lane.reader.poll(1);
            r.r2 = 10 * first + lane.reader.poll(1);
        }

        /** Receives the rest. */
        @Arbiter
        public void rest(III_Result r) {
            r.r3 = lane.reader.poll(9);
        }
    }
}
