package io.sluice.heap;

import io.sluice.Mailbox;
import io.sluice.MailboxSpec;
import java.util.Objects;
import java.util.function.Consumer;

/** Makes mailboxes. */
public final class Mailboxes {
    private Mailboxes() {}

    /**
     * A mailbox without ends.
     *
     * @param spec capacity, topology, and what happens when it is full
     * @param onUndelivered gets what was sent and will not be received
     * @param <E> the messages' type
     * @return the mailbox
     */
    public static <E> Mailbox<E> create(MailboxSpec spec, Consumer<? super E> onUndelivered) {
        Objects.requireNonNull(onUndelivered, "onUndelivered");
        return spec.capacity() == 0
                ? new RendezvousMailbox<>(spec)
                : new QueueMailbox<>(spec, onUndelivered);
    }
}
