package io.sluice.ring;

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
 * Edge NOTIFY_ONCE: the sender sees that it has to announce its message, or the receiver finds it.
 */
public final class NotifyModeStress {
    private NotifyModeStress() {}

    /** The sender does not fence: the receiver's {@code membarrier} orders both sides. */
    @JCStressTest
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "found")
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "to be announced")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "both")
    @Outcome(expect = FORBIDDEN, desc = "the message waits, and no receiver is woken")
    @State
    public static class NotifyReceiverFences {
        private final DoorbellLane lane = DoorbellLane.empty();

        /** Sends, then tests whether to announce the message. */
        @Actor
        public void sender(II_Result r) {
            lane.send(1);
            r.r1 = lane.needsNotify() ? 1 : 0;
        }

        /** Enqueues itself, then polls once more. */
        @Actor
        public void receiver(II_Result r) {
            lane.enqueue();
            r.r2 = lane.reader.poll(2);
        }
    }

    /** Without {@code membarrier}: the ordering holds if both sides fence. */
    @JCStressTest
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "found")
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "to be announced")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "both")
    @Outcome(expect = FORBIDDEN, desc = "the message waits, and no receiver is woken")
    @State
    public static class NotifyBothFence {
        private final DoorbellLane lane = DoorbellLane.empty();

        /** Sends, then tests whether to announce the message. */
        @Actor
        public void sender(II_Result r) {
            lane.send(1);
            VarHandle.fullFence();
            r.r1 = lane.needsNotify() ? 1 : 0;
        }

        /** Enqueues itself, then polls once more. */
        @Actor
        public void receiver(II_Result r) {
            lane.requestNotify();
            r.r2 = lane.reader.poll(2);
        }
    }

    /** No receiver sleeps while a message waits: all of enqueueing against all of notifying. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "found, and notified")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "found, and not notified")
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "not found, but notified")
    @Outcome(expect = FORBIDDEN, desc = "asleep while a message waits")
    @State
    public static class NotifyNoLostWakeup {
        private final DoorbellLane lane = DoorbellLane.empty();

        /** Sends, then announces the message. */
        @Actor
        public void sender() {
            lane.send(1);
            lane.announce();
        }

        /** Enqueues itself, then polls once more. */
        @Actor
        public void receiver(II_Result r) {
            lane.enqueue();
            r.r1 = lane.reader.poll(2);
        }

        /** Tests whether the receiver would sleep. */
        @Arbiter
        public void wouldBlock(II_Result r) {
            r.r2 = lane.wouldBlock() ? 1 : 0;
        }
    }

    /** The same in mode ALWAYS: the sender fences, and the receiver need not. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "found, and notified")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "found, and not notified")
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "not found, but notified")
    @Outcome(expect = FORBIDDEN, desc = "asleep while a message waits")
    @State
    public static class NotifySenderFences {
        private final DoorbellLane lane = DoorbellLane.notifyingAlways();

        /** Sends, then announces the message. */
        @Actor
        public void sender() {
            lane.send(1);
            lane.announce();
        }

        /** Enqueues itself, then polls once more. */
        @Actor
        public void receiver(II_Result r) {
            lane.enqueue();
            r.r1 = lane.reader.poll(2);
        }

        /** Tests whether the receiver would sleep. */
        @Arbiter
        public void wouldBlock(II_Result r) {
            r.r2 = lane.wouldBlock() ? 1 : 0;
        }
    }

    /** The same for the message that ends the mode ALWAYS: a receiver that saw it is woken. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "found, and notified")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "found, and not notified")
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "not found, but notified")
    @Outcome(expect = FORBIDDEN, desc = "asleep while a message waits")
    @State
    public static class NotifyAlwaysEnds {
        private final DoorbellLane lane = DoorbellLane.leavingAlways();

        /** Sends, then announces the message. */
        @Actor
        public void sender() {
            lane.send(1);
            lane.announce();
        }

        /** Enqueues itself, then polls once more. */
        @Actor
        public void receiver(II_Result r) {
            lane.enqueue();
            r.r1 = lane.reader.poll(2);
        }

        /** Tests whether the receiver would sleep. */
        @Arbiter
        public void wouldBlock(II_Result r) {
            r.r2 = lane.wouldBlock() ? 1 : 0;
        }
    }
}
