package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Unless the specification says otherwise, a channel is for many senders and one receiver. */
@Timeout(60)
class DefaultTopologyTest {
    @Test
    void aMailboxTakesManySendersAndOneReceiver() {
        for (MailboxSpec spec :
                List.of(
                        MailboxSpec.bounded(8),
                        MailboxSpec.unbounded(),
                        MailboxSpec.rendezvous())) {
            assertEquals(Ends.MANY, spec.senders());
            assertEquals(Ends.ONE, spec.receivers());
        }
        for (Mailbox<Integer> mailbox :
                List.of(
                        Mailbox.<Integer>bounded(8),
                        Mailbox.<Integer>unbounded(),
                        Mailbox.<Integer>rendezvous())) {
            try (Sender<Integer> one = mailbox.sender();
                    Sender<Integer> other = mailbox.sender();
                    Receiver<Integer> receiver = mailbox.receiver()) {
                assertRefused(mailbox::receiver);
                assertEquals(one.trySend(1), other.trySend(2));
                assertEquals(mailbox.size(), receiver.poll(m -> {}, 8));
            }
        }
    }

    @Test
    void aPipeTakesManySendersAndOneReceiver() throws Exception {
        for (PipeSpec spec :
                List.of(
                        PipeSpec.bounded(4096),
                        PipeSpec.unbounded(1 << 20),
                        PipeSpec.rendezvous(100))) {
            try (Pipe pipe = Pipe.anonymous(spec);
                    PipeSender one = pipe.sender();
                    PipeSender other = pipe.sender();
                    PipeReceiver receiver = pipe.receiver()) {
                assertRefused(pipe::receiver);
                if (one.trySend(new byte[8]) && other.trySend(new byte[8])) {
                    assertEquals(2, receiver.poll((memory, offset, length) -> {}, 8));
                }
            }
        }
    }

    private static void assertRefused(org.junit.jupiter.api.function.Executable second) {
        String message = assertThrows(IllegalStateException.class, second).getMessage();
        assertTrue(message.contains("receivers(Ends.MANY)"), message);
    }
}
