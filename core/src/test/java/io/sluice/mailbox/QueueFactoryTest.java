package io.sluice.mailbox;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.Ends;
import io.sluice.MailboxSpec;
import io.sluice.OverflowPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

/** The table of queues of ADR 8. */
class QueueFactoryTest {
    private static String queues(MailboxSpec spec) {
        List<String> names = new ArrayList<>();
        for (Ends senders : Ends.values()) {
            for (Ends receivers : Ends.values()) {
                Queue<Object> queue =
                        QueueFactory.create(spec.senders(senders).receivers(receivers));
                names.add(queue.getClass().getSimpleName().replaceAll("VarHandle|Queue", ""));
            }
        }
        return String.join(" ", names);
    }

    @Test
    void eachSpecificationGetsTheQueueOfTheTable() {
        MailboxSpec four = MailboxSpec.bounded(4).receivers(Ends.MANY);
        assertEquals("SpscArray SpmcArray MpscArray MpmcArray", queues(four));
        assertEquals(
                "SpscArray SpmcArray MpscArray MpmcArray",
                queues(four.overflow(OverflowPolicy.DROP_NEWEST)));
        String exact = "ExactSpsc ExactSpmc ExactMpsc ExactMpmc";
        assertEquals(exact, queues(MailboxSpec.bounded(9).receivers(Ends.MANY)));
        assertEquals(
                "ExactSpsc SpmcArray MpscArray ExactMpmc",
                queues(MailboxSpec.bounded(1).receivers(Ends.MANY)));
        assertEquals(
                "ExactSpsc SpmcArray MpscArray MpmcArray",
                queues(MailboxSpec.bounded(2).receivers(Ends.MANY)));
        assertEquals(
                "SpscUnboundedArray ConcurrentLinked MpscUnboundedArray ConcurrentLinked",
                queues(MailboxSpec.unbounded().receivers(Ends.MANY)));
        assertEquals(
                "ConflatingSlot ConflatingSlot ConflatingSlot ConflatingSlot",
                queues(
                        MailboxSpec.bounded(1)
                                .receivers(Ends.MANY)
                                .overflow(OverflowPolicy.CONFLATE)));
    }

    /** A sender that drops the oldest message polls as well, next to the receiver. */
    @Test
    void dropOldestGetsAMultiConsumerQueue() {
        assertEquals(
                "SpmcArray SpmcArray MpmcArray MpmcArray",
                queues(
                        MailboxSpec.bounded(4)
                                .receivers(Ends.MANY)
                                .overflow(OverflowPolicy.DROP_OLDEST)));
    }
}
