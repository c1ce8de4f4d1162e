package io.sluice.metrics;

/** The statistics of a mailbox. */
public interface MailboxMXBean {
    /**
     * Returns the name.
     *
     * @return the name that it was registered with
     */
    String getName();

    /**
     * Returns how many messages are stored, as {@link io.sluice.Mailbox#size}.
     *
     * @return the number
     */
    long getMessages();

    /**
     * Returns the capacity, as {@link io.sluice.Mailbox#capacity}.
     *
     * @return the number of messages
     */
    long getCapacity();

    /**
     * Returns how many messages were dropped because the mailbox was full.
     *
     * @return the number since the mailbox was created
     */
    long getDroppedMessages();

    /**
     * Returns a description with the open and waiting ends.
     *
     * @return one line
     */
    String getState();
}
