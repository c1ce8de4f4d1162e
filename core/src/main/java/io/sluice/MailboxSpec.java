package io.sluice;

import java.util.Objects;

/**
 * What a mailbox is made for: its capacity, how many senders and receivers it may have at the same
 * time, and what sending does when it is full. Immutable; every method that changes something
 * returns a new specification.
 *
 * <pre>{@code
 * MailboxSpec.bounded(1024).senders(Ends.MANY).receivers(Ends.ONE)
 * }</pre>
 */
public final class MailboxSpec {
    /** The capacity of an unbounded mailbox: no number of messages fills it, memory may. */
    public static final int UNBOUNDED = Integer.MAX_VALUE;

    private static final int MAX_CAPACITY = 1 << 30;

    private final int capacity;
    private final Ends senders;
    private final Ends receivers;
    private final Overflow overflow;

    private MailboxSpec(int capacity, Ends senders, Ends receivers, Overflow overflow) {
        this.capacity = capacity;
        this.senders = Objects.requireNonNull(senders, "senders");
        this.receivers = Objects.requireNonNull(receivers, "receivers");
        this.overflow = Objects.requireNonNull(overflow, "overflow");
    }

    /**
     * A bounded mailbox for many senders and many receivers.
     *
     * @param capacity how many messages it holds, 1 to 2<sup>30</sup>; a power of two, from 4 on,
     *     makes the fastest
     * @return the specification
     * @throws IllegalArgumentException if the capacity is outside of its range
     */
    public static MailboxSpec bounded(int capacity) {
        if (capacity < 1 || capacity > MAX_CAPACITY) {
            throw new IllegalArgumentException(
                    "capacity=" + capacity + " is not in 1.." + MAX_CAPACITY);
        }
        return new MailboxSpec(capacity, Ends.MANY, Ends.MANY, Overflow.WAIT);
    }

    /**
     * A mailbox that is never full, for many senders and many receivers. It grows while messages
     * come faster than they are received: a mailbox that must not use up the memory is bounded.
     *
     * @return the specification
     */
    public static MailboxSpec unbounded() {
        return new MailboxSpec(UNBOUNDED, Ends.MANY, Ends.MANY, Overflow.WAIT);
    }

    /**
     * A mailbox that holds nothing, for many senders and many receivers: each message passes from a
     * sender that waits to a receiver that comes, or the other way round.
     *
     * @return the specification
     */
    public static MailboxSpec rendezvous() {
        return new MailboxSpec(0, Ends.MANY, Ends.MANY, Overflow.WAIT);
    }

    /**
     * The same with another number of senders.
     *
     * @param ends how many may be open at the same time
     * @return a new specification
     */
    public MailboxSpec senders(Ends ends) {
        return new MailboxSpec(capacity, ends, receivers, overflow);
    }

    /**
     * The same with another number of receivers.
     *
     * @param ends how many may be open at the same time
     * @return a new specification
     */
    public MailboxSpec receivers(Ends ends) {
        return new MailboxSpec(capacity, senders, ends, overflow);
    }

    /**
     * The same with another choice for a full mailbox.
     *
     * @param choice what sending does then
     * @return a new specification
     * @throws IllegalArgumentException if something may be dropped and the mailbox is not bounded,
     *     or if {@link Overflow#KEEP_LATEST} and the capacity is not 1
     */
    public MailboxSpec overflow(Overflow choice) {
        boolean bounded = capacity > 0 && capacity < UNBOUNDED;
        if (choice != Overflow.WAIT && !bounded) {
            throw new IllegalArgumentException(
                    "overflow=" + choice + " is for bounded mailboxes only, and this is " + this);
        }
        if (choice == Overflow.KEEP_LATEST && capacity != 1) {
            throw new IllegalArgumentException(
                    "overflow=KEEP_LATEST keeps one message: use bounded(1), not bounded("
                            + capacity
                            + ")");
        }
        return new MailboxSpec(capacity, senders, receivers, choice);
    }

    /**
     * The capacity that was asked for.
     *
     * @return messages, 1 to 2<sup>30</sup>; 0 for a rendezvous; {@link #UNBOUNDED}
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

    /**
     * What sending does when the mailbox is full.
     *
     * @return the choice
     */
    public Overflow overflow() {
        return overflow;
    }

    @Override
    public String toString() {
        return "MailboxSpec[capacity="
                + (capacity == UNBOUNDED ? "unbounded" : capacity)
                + ", senders="
                + senders
                + ", receivers="
                + receivers
                + ", overflow="
                + overflow
                + "]";
    }
}
