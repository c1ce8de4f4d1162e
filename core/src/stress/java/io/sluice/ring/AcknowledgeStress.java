package io.sluice.ring;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * Edges UNACKNOWLEDGED, ACKNOWLEDGED, KEPT, READ and RELEASED; and SPMC_RELEASE and RELEASE by a
 * thread that acknowledges.
 */
public final class AcknowledgeStress {
    private AcknowledgeStress() {}

    /** A message that is not acknowledged. */
    private static final class UnreadMessage {
        private final ControlledBatch batch = ControlledBatch.keeping();
        private long tag;
        private MemorySegment memory;
        private long offset;
        private int length;

        /** Receives the next message. */
        UnreadMessage of(LaneReceiver receiver) {
            batch.start(
                    (deliveryTag, bytes, at, n) -> {
                        tag = deliveryTag;
                        memory = bytes;
                        offset = at;
                        length = n;
                    });
            receiver.controlledPoll(batch, 1);
            return this;
        }

        /** Reads the message and acknowledges it; returns its digit. */
        int acknowledge(Reader reader) {
            long number = memory.get(ValueLayout.JAVA_LONG_UNALIGNED, offset);
            for (int i = Long.BYTES; i < length; i += Long.BYTES) {
                if (memory.get(ValueLayout.JAVA_LONG_UNALIGNED, offset + i) != number) {
                    number = -1;
                }
            }
            batch.acknowledge(tag);
            return reader.digit(number);
        }
    }

    /** A message is not overwritten before another thread has read and acknowledged it. */
    @JCStressTest
    @Outcome(id = "0, 1, 234", expect = ACCEPTABLE, desc = "no room yet")
    @Outcome(id = "1, 1, 2345", expect = ACCEPTABLE, desc = "room, after it was acknowledged")
    @Outcome(expect = FORBIDDEN, desc = "overwritten, or lost")
    @State
    public static class SpmcAcknowledged {
        private final SpmcLane lane = SpmcLane.empty();
        private final UnreadMessage message;

        /** Fills the lane, and hands the first message out. */
        public SpmcAcknowledged() {
            for (int i = 1; i <= SpmcLane.FULL; i++) {
                lane.send(i);
            }
            message = new UnreadMessage().of(lane.receiver);
        }

        /** Sends if there is room. */
        @Actor
        public void sender(III_Result r) {
            r.r1 = lane.send(SpmcLane.FULL + 1) ? 1 : 0;
        }

        /** Makes room. */
        @Actor
        public void worker(III_Result r) {
            r.r2 = message.acknowledge(lane.one);
        }

        /** Receives the rest. */
        @Arbiter
        public void rest(III_Result r) {
            r.r3 = lane.other.poll(9);
        }
    }

    /** The same with one receiver: two threads acknowledge, and the space follows in order. */
    @JCStressTest
    @Outcome(id = "0, 12, 3", expect = ACCEPTABLE, desc = "no room yet")
    @Outcome(id = "1, 12, 34", expect = ACCEPTABLE, desc = "room for one")
    @Outcome(id = "2, 12, 345", expect = ACCEPTABLE, desc = "room for both")
    @Outcome(expect = FORBIDDEN, desc = "overwritten, or lost")
    @State
    public static class SpscAcknowledged {
        private final SpscLane lane = SpscLane.empty();
        private final UnreadMessage first = new UnreadMessage();
        private final UnreadMessage second = new UnreadMessage();

        /** Fills the lane, and hands out two messages. */
        public SpscAcknowledged() {
            int sent = 1;
            while (lane.send(sent)) {
                sent++;
            }
            if (sent != 4) {
                throw new IllegalStateException(sent - 1 + " messages fill the lane");
            }
            first.of(lane.receiver);
            second.of(lane.receiver);
        }

        /** Sends what there is room for. */
        @Actor
        public void sender(III_Result r) {
            r.r1 = lane.send(4) ? lane.send(5) ? 2 : 1 : 0;
        }

        /** Acknowledges the first message. */
        @Actor
        public void worker(III_Result r) {
            r.r3 = first.acknowledge(lane.reader);
        }

        /** Acknowledges the second message. */
        @Actor
        public void other(III_Result r) {
            r.r2 = second.acknowledge(lane.reader);
        }

        /** Receives the rest. */
        @Arbiter
        public void rest(III_Result r) {
            r.r2 += 10 * r.r3;
            r.r3 = lane.reader.poll(9);
        }
    }

    /** What acknowledges one message. */
    private static final class ReleaseCounter implements Acknowledgeable {
        private int released;

        @Override
        public void acknowledge(long handle) {
            released += (int) handle;
        }
    }

    private static int acknowledge(UnacknowledgedMessages messages, long tag) {
        try {
            messages.acknowledge(tag);
            return 1;
        } catch (IllegalStateException e) {
            return 0;
        }
    }

    /** Of two threads with one tag, one acknowledges. */
    @JCStressTest
    @Outcome(id = "1, 0, 1", expect = ACCEPTABLE, desc = "the first")
    @Outcome(id = "0, 1, 1", expect = ACCEPTABLE, desc = "the second")
    @Outcome(expect = FORBIDDEN, desc = "both, or none")
    @State
    public static class AcknowledgedOnce {
        private final UnacknowledgedMessages messages = new UnacknowledgedMessages();
        private final ReleaseCounter counter = new ReleaseCounter();
        private final long tag = messages.add(counter, 1);

        /** Acknowledges. */
        @Actor
        public void one(III_Result r) {
            r.r1 = acknowledge(messages, tag);
        }

        /** Acknowledges, too. */
        @Actor
        public void other(III_Result r) {
            r.r2 = acknowledge(messages, tag);
        }

        /** Reads how often it was released. */
        @Arbiter
        public void rest(III_Result r) {
            r.r3 = counter.released;
        }
    }

    /** A message is acknowledged, or given back by the close, which sees what was done before. */
    @JCStressTest
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "acknowledged, and the close has seen it")
    @Outcome(id = "0, -1", expect = ACCEPTABLE, desc = "given back")
    @Outcome(expect = FORBIDDEN, desc = "both, or neither, or the close came too early")
    @State
    public static class AcknowledgedOrClosed {
        private final UnacknowledgedMessages messages = new UnacknowledgedMessages();
        private final ReleaseCounter counter = new ReleaseCounter();
        private final long tag = messages.add(counter, 1);

        /** Acknowledges. */
        @Actor
        public void worker(II_Result r) {
            r.r1 = acknowledge(messages, tag);
        }

        /** Closes; then the memory would be released. */
        @Actor
        public void closer(II_Result r) {
            r.r2 = messages.close() ? -1 : counter.released;
        }
    }

    /** A receiver that uses an entry again sees that its last message was released. */
    @JCStressTest
    @Outcome(id = "0", expect = ACCEPTABLE, desc = "another entry")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "the same entry, after it was released")
    @Outcome(expect = FORBIDDEN, desc = "the same entry, too early")
    @State
    public static class EntryUsedAgain {
        private static final long ENTRY = (1 << 24) - 1;

        private final UnacknowledgedMessages messages = new UnacknowledgedMessages();
        private final ReleaseCounter counter = new ReleaseCounter();
        private final long tag = messages.add(counter, 1);

        /** Acknowledges. */
        @Actor
        public void worker() {
            messages.acknowledge(tag);
        }

        /** Adds another message. */
        @Actor
        public void receiver(I_Result r) {
            boolean same = ((messages.add(counter, 0) ^ tag) & ENTRY) == 0;
            r.r1 = same ? (counter.released == 1 ? 1 : -1) : 0;
        }
    }

    /** Two threads that acknowledge neighbors release both, in order, whichever comes first. */
    @JCStressTest
    @Outcome(id = "3", expect = ACCEPTABLE, desc = "all three are released")
    @Outcome(expect = FORBIDDEN, desc = "not released, or out of order")
    @State
    public static class KeptInOrder {
        private long released;
        private final KeptRecords records = new KeptRecords(this::release);
        private final Acknowledgeable first = records.add(1);
        private final Acknowledgeable second = records.add(2);

        private void release(long end) {
            released = end > released ? end : -100; // By one thread at a time.
        }

        /** Acknowledges the second. */
        @Actor
        public void one() {
            second.acknowledge(0);
        }

        /** Acknowledges the first. */
        @Actor
        public void other() {
            first.acknowledge(0);
        }

        /** Adds a third, and acknowledges it. */
        @Actor
        public void receiver() {
            records.add(3).acknowledge(0);
        }

        /** Reads what was released last. */
        @Arbiter
        public void rest(I_Result r) {
            r.r1 = records.isEmpty() ? (int) released : -1;
        }
    }

    /**
     * A receiver that finds nothing kept sees what was released, and what the reader did before.
     */
    @JCStressTest
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "still kept")
    @Outcome(id = "1, 12", expect = ACCEPTABLE, desc = "released, after it was read")
    @Outcome(expect = FORBIDDEN, desc = "released, and not seen so")
    @State
    public static class KeptAndReleased {
        private int read;
        private int released;
        private final KeptRecords records = new KeptRecords(end -> released = (int) end);
        private final Acknowledgeable message = records.add(2);

        /** Reads and acknowledges. */
        @Actor
        public void worker() {
            read = 10;
            message.acknowledge(0);
        }

        /** Tests whether it was released. */
        @Actor
        public void receiver(II_Result r) {
            r.r1 = records.isEmpty() ? 1 : 0;
            r.r2 = r.r1 == 0 ? 0 : read + released;
        }
    }
}
