package io.sluice.metrics;

import io.sluice.Mailbox;
import java.util.Objects;

/**
 * The numbers of a mailbox.
 *
 * @param mailbox the mailbox
 * @param name what it is called
 */
record MailboxNumbers(Mailbox<?> mailbox, String name) implements MailboxMXBean {
    MailboxNumbers {
        Objects.requireNonNull(mailbox, "mailbox");
        Objects.requireNonNull(name, "name");
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public long getMessages() {
        return mailbox.size();
    }

    @Override
    public long getCapacity() {
        return mailbox.capacity();
    }

    @Override
    public long getDroppedMessages() {
        return mailbox.dropped();
    }

    @Override
    public String getState() {
        return mailbox.toString();
    }
}
