package io.sluice.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.sluice.Mailbox;

/**
 * The meters of a mailbox, tagged with a name. The number of messages is what {@link Mailbox#size}
 * returns: an unbounded mailbox for many receivers counts them whenever a registry asks.
 */
@SuppressWarnings("exports") // Micrometer is for those who have it: module-info.
public final class MailboxMetrics extends BoundMeters {
    private final MailboxNumbers numbers;

    /**
     * Creates the meters of a mailbox.
     *
     * @param mailbox the mailbox
     * @param name what it is called, since a mailbox has no name
     */
    public MailboxMetrics(Mailbox<?> mailbox, String name) {
        this(mailbox, name, Tags.empty());
    }

    /**
     * Creates the meters of a mailbox.
     *
     * @param mailbox the mailbox
     * @param name what it is called, since a mailbox has no name
     * @param tags further tags
     */
    public MailboxMetrics(Mailbox<?> mailbox, String name, Iterable<Tag> tags) {
        super(Tag.of("mailbox", name), tags);
        this.numbers = new MailboxNumbers(mailbox, name);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        gauge(
                registry,
                "sluice.mailbox.messages",
                MESSAGES,
                "Messages that are stored",
                numbers::getMessages);
        gauge(
                registry,
                "sluice.mailbox.capacity",
                MESSAGES,
                "Messages that can be stored",
                numbers::getCapacity);
        counter(
                registry,
                "sluice.mailbox.dropped",
                MESSAGES,
                "Messages that were dropped because the mailbox was full",
                numbers::getDroppedMessages);
    }
}
