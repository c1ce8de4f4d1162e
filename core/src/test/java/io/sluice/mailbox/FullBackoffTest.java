package io.sluice.mailbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.Ends;
import io.sluice.MailboxSpec;
import java.util.Queue;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A sender backs off from a full queue once for each run of messages. */
class FullBackoffTest {
    private static Stream<MailboxSpec> bounded() {
        return Stream.of(64, 100)
                .map(MailboxSpec::bounded)
                .flatMap(spec -> Stream.of(Ends.values()).map(spec::senders))
                .flatMap(spec -> Stream.of(Ends.values()).map(spec::receivers));
    }

    @ParameterizedTest
    @MethodSource("bounded")
    void pausesOnceUntilAMessageIsSent(MailboxSpec spec) {
        Queue<Integer> queue = QueueFactory.create(spec);
        FullBackoff backoff = new FullBackoff(queue, spec.capacity());
        assertFalse(backoff.pause(), "nothing was sent");
        for (int i = 0; i < spec.capacity(); i++) {
            assertTrue(queue.offer(i));
        }
        assertTrue(backoff.pause());
        assertFalse(backoff.pause(), "nothing was sent since");
        assertEquals(0, queue.poll());
        assertFalse(backoff.pause(), "nothing was sent since");
        assertTrue(queue.offer(1));
        assertTrue(backoff.pause());
    }

    @ParameterizedTest
    @MethodSource("bounded")
    void aFullMailboxTakesAMessageForEachThatIsReceived(MailboxSpec spec) {
        QueueMailbox<Integer> mailbox = new QueueMailbox<>(spec, message -> {});
        try (var sender = mailbox.sender();
                var receiver = mailbox.receiver()) {
            int sent = 0;
            while (sender.trySend(sent)) {
                sent++;
            }
            assertEquals(spec.capacity(), sent);
            for (int received = 0; received < 3 * spec.capacity(); received++) {
                assertFalse(sender.trySend(sent));
                assertEquals(received, receiver.tryReceive());
                assertTrue(sender.trySend(sent++));
            }
        }
    }

    @Test
    void aSmallQueueAndAnUnboundedOneHaveNoPause() {
        for (MailboxSpec spec :
                new MailboxSpec[] {MailboxSpec.bounded(8), MailboxSpec.unbounded()}) {
            Queue<Integer> queue = QueueFactory.create(spec.receivers(Ends.MANY));
            assertTrue(queue.offer(1));
            assertFalse(new FullBackoff(queue, 8).pause(), spec.toString());
        }
    }
}
