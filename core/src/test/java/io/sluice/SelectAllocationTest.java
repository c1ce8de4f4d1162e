package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A select allocates nothing, even if it finds nothing. */
class SelectAllocationTest {
    private static final int ROUNDS = Proof.size(20_000, 100_000);
    private static final Object MESSAGE = new Object();

    private final Mailbox<Object> mailbox =
            Mailbox.create(MailboxSpec.bounded(64).receivers(Ends.MANY));
    private final Receiver<Object> nothing =
            Mailbox.create(MailboxSpec.bounded(64).receivers(Ends.MANY)).receiver();
    private int received;

    @Test
    void aSelectAllocatesNothing() throws InterruptedException {
        Select select =
                Select.builder()
                        .receive(nothing, message -> received++)
                        .send(mailbox.sender(), () -> MESSAGE)
                        .receive(mailbox.receiver(), message -> received++)
                        .build();
        run(select);
        long before = Allocation.bytes();
        run(select);
        long allocated = Allocation.bytes() - before;
        assertTrue(allocated < ROUNDS / 10, allocated + " bytes for " + 5 * ROUNDS);
        assertEquals(4 * ROUNDS, received);
    }

    @Test
    void aSelectOverPipesAllocatesNothing() throws Exception {
        try (Pipe pipe = Pipe.anonymous(PipeSpec.bounded(4096).senders(1));
                Pipe empty = Pipe.anonymous(PipeSpec.bounded(4096));
                PipeReceiver fromEmpty = empty.receiver();
                PipeReceiver receiver = pipe.receiver();
                PipeSender sender = pipe.sender()) {
            byte[] message = new byte[8];
            Select select =
                    Select.builder()
                            .receive(fromEmpty, (memory, offset, length) -> received++)
                            .send(sender, () -> message, () -> received++)
                            .receive(receiver, (memory, offset, length) -> received++)
                            .build();
            run(select);
            long before = Allocation.bytes();
            run(select);
            long allocated = Allocation.bytes() - before;
            assertTrue(allocated < ROUNDS / 10, allocated + " bytes for " + 5 * ROUNDS);
            assertEquals(8 * ROUNDS, received);
        }
    }

    private void run(Select select) throws InterruptedException {
        for (int i = 0; i < ROUNDS; i++) {
            select.select(); // They take turns: one sends, one receives.
            select.select();
            select.trySelect();
            select.select(Duration.ZERO);
            select.disable(1);
            assertEquals(Select.NONE, select.select(Duration.ZERO));
            select.enable(1);
        }
    }
}
