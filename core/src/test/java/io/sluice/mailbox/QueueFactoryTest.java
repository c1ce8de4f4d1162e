package io.sluice.mailbox;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.Ends;
import io.sluice.MailboxSpec;
import io.sluice.OverflowPolicy;
import java.util.ArrayList;
import java.util.List;
import org.jctools.queues.MessagePassingQueue;
import org.junit.jupiter.api.Test;

/** The table of queues of ADR 8, and what our own queues add to others'. */
class QueueFactoryTest {
    private static String queues(MailboxSpec spec) {
        List<String> names = new ArrayList<>();
        for (Ends senders : Ends.values()) {
            for (Ends receivers : Ends.values()) {
                MessagePassingQueue<Object> queue =
                        QueueFactory.create(spec.senders(senders).receivers(receivers));
                names.add(queue.getClass().getSimpleName().replaceAll("VarHandle|Queue", ""));
            }
        }
        return String.join(" ", names);
    }

    @Test
    void eachSpecificationGetsTheQueueOfTheTable() {
        MailboxSpec four = MailboxSpec.bounded(4);
        assertEquals("SpscArray SpmcArray MpscArray MpmcArray", queues(four));
        assertEquals(
                "SpscArray SpmcArray MpscArray MpmcArray",
                queues(four.overflow(OverflowPolicy.DROP_NEWEST)));
        String exact = "ExactSpsc ExactSpmc ExactMpsc ExactMpmc";
        assertEquals(exact, queues(MailboxSpec.bounded(9)));
        assertEquals("ExactSpsc SpmcArray MpscArray ExactMpmc", queues(MailboxSpec.bounded(1)));
        assertEquals("ExactSpsc SpmcArray MpscArray MpmcArray", queues(MailboxSpec.bounded(2)));
        assertEquals(
                "SpscUnboundedArray Linked MpscUnboundedArray Linked",
                queues(MailboxSpec.unbounded()));
        assertEquals(
                "ConflatingSlot ConflatingSlot ConflatingSlot ConflatingSlot",
                queues(MailboxSpec.bounded(1).overflow(OverflowPolicy.CONFLATE)));
    }

    /** A sender that drops the oldest message polls as well, next to the receiver. */
    @Test
    void dropOldestGetsAMultiConsumerQueue() {
        assertEquals(
                "SpmcArray SpmcArray MpmcArray MpmcArray",
                queues(MailboxSpec.bounded(4).overflow(OverflowPolicy.DROP_OLDEST)));
    }

    @Test
    void theMethodsOfMessagePassingQueueWorkOnOurs() {
        for (MailboxSpec spec :
                List.of(
                        MailboxSpec.unbounded(),
                        MailboxSpec.bounded(3),
                        MailboxSpec.bounded(1).overflow(OverflowPolicy.CONFLATE))) {
            MessagePassingQueue<Integer> queue = QueueFactory.create(spec);
            int room = spec.capacity() == 1 ? 1 : 3;
            int[] next = {0};
            assertEquals(room, queue.fill(() -> next[0]++, 3));
            assertEquals(0, queue.relaxedPeek());
            List<Integer> got = new ArrayList<>();
            assertEquals(room, queue.drain(got::add, 5));
            assertEquals(room, got.size());
            assertEquals(0, queue.drain(got::add));
            assertEquals(0, queue.size());
        }
    }
}
