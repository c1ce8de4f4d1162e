package io.sluice;

import java.util.Objects;

/**
 * What a mailbox is made for: its capacity, and how many senders and receivers it may have at the
 * same time. Immutable; every method that changes something returns a new specification.
 *
 * <pre>{@code
 * MailboxSpec.bounded(1024).senders(Ends.MANY).receivers(Ends.ONE)
 * }</pre>
 */
public final class MailboxSpec {
    private static final int MAX_CAPACITY = 1 << 30;

    private final int capacity;
    private final Ends senders;
    private final Ends receivers;

    private MailboxSpec(int capacity, Ends senders, Ends receivers) {
        this.capacity = capacity;
        this.senders = Objects.requireNonNull(senders, "senders");
        this.receivers = Objects.requireNonNull(receivers, "receivers");
    }

    /**
     * A bounded mailbox for many senders and many receivers.
     *
     * @param capacity how many messages it holds at least, 1 to 2<sup>30</sup>, see {@link
     *     Mailbox#capacity()}
     * @return the specification
     * @throws IllegalArgumentException if the capacity is outside of its range
     */
    public static MailboxSpec bounded(int capacity) {
        if (capacity < 1 || capacity > MAX_CAPACITY) {
            throw new IllegalArgumentException(
                    "capacity=" + capacity + " is not in 1.." + MAX_CAPACITY);
        }
        return new MailboxSpec(capacity, Ends.MANY, Ends.MANY);
    }

    /**
     * The same with another number of senders.
     *
     * @param ends how many may be open at the same time
     * @return a new specification
     */
    public MailboxSpec senders(Ends ends) {
        return new MailboxSpec(capacity, ends, receivers);
    }

    /**
     * The same with another number of receivers.
     *
     * @param ends how many may be open at the same time
     * @return a new specification
     */
    public MailboxSpec receivers(Ends ends) {
        return new MailboxSpec(capacity, senders, ends);
    }

    /**
     * The capacity that was asked for.
     *
     * @return messages, 1 to 2<sup>30</sup>; {@link Mailbox#capacity()} may be larger
     */
    public int capacity() {
        return capacity;
    }

    /**
     * How many senders may be open at the same time.
     *
     * @return one or many
     */
    public Ends senders() {
        return senders;
    }

    /**
     * How many receivers may be open at the same time.
     *
     * @return one or many
     */
    public Ends receivers() {
        return receivers;
    }

    @Override
    public String toString() {
        return "MailboxSpec[capacity="
                + capacity
                + ", senders="
                + senders
                + ", receivers="
                + receivers
                + "]";
    }
}
