package io.sluice.ring;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** Edge COMMIT: a record's word publishes its payload and the cleared word of the next record. */
public final class SpscCommitStress {
    private SpscCommitStress() {}

    /** A message is received whole or not at all, and no record follows it. */
    @JCStressTest
    @Outcome(id = "0", expect = ACCEPTABLE, desc = "not there yet")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "there, and whole")
    @Outcome(expect = FORBIDDEN, desc = "torn, old, or followed by what an earlier lap left")
    @State
    public static class SpscCommitOne {
        private final SpscLane lane = SpscLane.empty();

        /** Sends the message. */
        @Actor
        public void sender() {
            lane.send(1);
        }

        /** Polls for the message, then for a second one. */
        @Actor
        public void receiver(I_Result r) {
            r.r1 = lane.reader.poll(2);
        }
    }

    /** Two messages are received in order. */
    @JCStressTest
    @Outcome(id = "0", expect = ACCEPTABLE, desc = "none yet")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "the first")
    @Outcome(id = "12", expect = ACCEPTABLE, desc = "both")
    @Outcome(expect = FORBIDDEN, desc = "torn, old, or in another order")
    @State
    public static class SpscCommitTwo {
        private final SpscLane lane = SpscLane.empty();

        /** Sends both. */
        @Actor
        public void sender() {
            lane.send(1);
            lane.send(2);
        }

        /** Polls for both, then for a third one. */
        @Actor
        public void receiver(I_Result r) {
            r.r1 = lane.reader.poll(3);
        }
    }

    /** After {@code hasNext} returned true, a poll finds a message. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "not there yet")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "it came between")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "promised, and there")
    @Outcome(expect = FORBIDDEN, desc = "a promise that was not kept")
    @State
    public static class SpscHasNext {
        private final SpscLane lane = SpscLane.empty();

        /** Sends a message. */
        @Actor
        public void sender() {
            lane.send(1);
        }

        /** Calls {@code hasNext}, then polls. */
        @Actor
        public void receiver(II_Result r) {
            r.r1 = lane.receiver.hasNext() ? 1 : 0;
            r.r2 = lane.reader.poll(2);
        }
    }

    /** The timestamp in front of a message is visible when the message is. */
    @JCStressTest
    @Outcome(id = "0", expect = ACCEPTABLE, desc = "not there yet")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "the timestamp")
    @Outcome(expect = FORBIDDEN, desc = "other bytes")
    @State
    public static class SpscPeek {
        private final SpscLane lane = SpscLane.empty();

        /** Sends a message. */
        @Actor
        public void sender() {
            lane.send(1);
        }

        /** Reads the first bytes of the message. */
        @Actor
        public void receiver(I_Result r) {
            long timestamp = lane.receiver.peekLong();
            r.r1 = timestamp == SpscRingReceiver.NO_MESSAGE ? 0 : lane.reader.digit(timestamp);
        }
    }
}
