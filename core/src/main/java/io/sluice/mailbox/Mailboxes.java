package io.sluice.mailbox;

import io.sluice.Mailbox;
import io.sluice.MailboxSpec;
import java.util.Objects;
import java.util.function.Consumer;

/** Factory of mailboxes. */
public final class Mailboxes {
    private Mailboxes() {}

    /**
     * Creates a mailbox without ends.
     *
     * @param spec capacity, topology and overflow policy
     * @param onUndelivered callback for messages that were sent and will not be received
     * @param <E> the type of the messages
     * @return the mailbox
     */
    public static <E> Mailbox<E> create(MailboxSpec spec, Consumer<? super E> onUndelivered) {
        Objects.requireNonNull(onUndelivered, "onUndelivered");
        if (spec.isBroadcast()) {
            return new BroadcastMailbox<>(spec);
        }
        return spec.capacity() == 0
                ? new RendezvousMailbox<>(spec)
                : new QueueMailbox<>(spec, onUndelivered);
    }
}
