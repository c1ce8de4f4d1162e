package io.sluice;

import java.util.Objects;

/**
 * The specification of a mailbox: its capacity, how many senders and receivers it may have at the
 * same time, and its policy when it is full. Immutable; every method that changes something returns
 * a new specification.
 *
 * <pre>{@code
 * MailboxSpec.bounded(1024).senders(Ends.ONE).receivers(Ends.MANY)
 * }</pre>
 *
 * <p>By default a mailbox is for many senders and one receiver, as a pipe is.
 */
public final class MailboxSpec {
    /** The capacity of an unbounded mailbox, which only the available memory limits. */
    public static final int UNBOUNDED = Integer.MAX_VALUE;

    private static final int MAX_CAPACITY = 1 << 30;
    private static final int MAX_BROADCAST_CAPACITY = 1 << 28;

    private final int capacity;
    private final Ends senders;
    private final Ends receivers;
    private final OverflowPolicy overflow;
    private final boolean broadcast;

    private MailboxSpec(int capacity, Ends senders, Ends receivers, OverflowPolicy overflow) {
        this(capacity, senders, receivers, overflow, false);
    }

    private MailboxSpec(
            int capacity,
            Ends senders,
            Ends receivers,
            OverflowPolicy overflow,
            boolean broadcast) {
        this.broadcast = broadcast;
        this.capacity = capacity;
        this.senders = Objects.requireNonNull(senders, "senders");
        this.receivers = Objects.requireNonNull(receivers, "receivers");
        this.overflow = Objects.requireNonNull(overflow, "overflow");
    }

    /**
     * Returns a bounded mailbox for many senders and one receiver.
     *
     * @param capacity the number of messages it holds, 1 to 2<sup>30</sup>; powers of two of at
     *     least 4 are fastest
     * @return the specification
     * @throws IllegalArgumentException if the capacity is out of range
     */
    public static MailboxSpec bounded(int capacity) {
        if (capacity < 1 || capacity > MAX_CAPACITY) {
            throw new IllegalArgumentException(
                    "capacity=" + capacity + " is not in 1.." + MAX_CAPACITY);
        }
        return new MailboxSpec(capacity, Ends.MANY, Ends.ONE, OverflowPolicy.BLOCK);
    }

    /**
     * Returns an unbounded mailbox for many senders and one receiver. It is never full, and grows
     * while messages are sent faster than they are received: use a bounded mailbox to limit memory.
     *
     * @return the specification
     */
    public static MailboxSpec unbounded() {
        return new MailboxSpec(UNBOUNDED, Ends.MANY, Ends.ONE, OverflowPolicy.BLOCK);
    }

    /**
     * Returns a rendezvous mailbox for many senders and one receiver. It stores no messages: each
     * one passes directly from a sender to a receiver, of which either may wait for the other.
     *
     * @return the specification
     */
    public static MailboxSpec rendezvous() {
        return new MailboxSpec(0, Ends.MANY, Ends.ONE, OverflowPolicy.BLOCK);
    }

    /**
     * Returns a broadcast for many senders and receivers: a bounded mailbox of which every receiver
     * gets every message.
     *
     * <p>Each receiver chooses how it is treated when it is slower than the senders. A
     * <em>gated</em> receiver, of {@link Mailbox#receiver()}, loses nothing: senders wait for it. A
     * <em>lossy</em> one, of {@link Mailbox#lossyReceiver()}, does not hold a sender up, and learns
     * exactly how many messages it has lost.
     *
     * <p>Before the first receiver is opened, messages are stored for it, up to the capacity. Each
     * later receiver gets what is sent after it was opened. While no open receiver is gated, the
     * mailbox always has room. It references up to four times as many messages as its capacity,
     * also received ones, until they are overwritten; and a callback for undelivered messages gets
     * none.
     *
     * @param capacity the number of messages it holds for its slowest gated receiver, and the least
     *     number that it keeps for a lossy one, 1 to 2<sup>28</sup>
     * @return the specification
     * @throws IllegalArgumentException if the capacity is out of range
     */
    public static MailboxSpec broadcast(int capacity) {
        if (capacity < 1 || capacity > MAX_BROADCAST_CAPACITY) {
            throw new IllegalArgumentException(
                    "capacity=" + capacity + " is not in 1.." + MAX_BROADCAST_CAPACITY);
        }
        return new MailboxSpec(capacity, Ends.MANY, Ends.MANY, OverflowPolicy.BLOCK, true);
    }

    /**
     * Returns this specification with another number of senders.
     *
     * @param ends the number that may be open at the same time
     * @return a new specification
     */
    public MailboxSpec senders(Ends ends) {
        return new MailboxSpec(capacity, ends, receivers, overflow, broadcast);
    }

    /**
     * Returns this specification with another number of receivers.
     *
     * @param ends the number that may be open at the same time
     * @return a new specification
     */
    public MailboxSpec receivers(Ends ends) {
        return new MailboxSpec(capacity, senders, ends, overflow, broadcast);
    }

    /**
     * Returns this specification with another policy for a full mailbox.
     *
     * @param policy the policy: {@link OverflowPolicy#BLOCK}; of a bounded mailbox also {@link
     *     OverflowPolicy#DROP_NEWEST} and {@link OverflowPolicy#DROP_OLDEST}, and {@link
     *     OverflowPolicy#CONFLATE} if its capacity is 1
     * @return a new specification
     * @throws IllegalArgumentException if this mailbox cannot have the policy
     */
    public MailboxSpec overflow(OverflowPolicy policy) {
        boolean bounded = capacity > 0 && capacity < UNBOUNDED && !broadcast;
        boolean possible =
                switch (Objects.requireNonNull(policy, "policy")) {
                    case BLOCK -> true;
                    case DROP_NEWEST, DROP_OLDEST -> bounded;
                    case CONFLATE -> capacity == 1;
                    case FAIL -> false;
                };
        if (!possible) {
            String remedy =
                    bounded
                            ? "BLOCK, DROP_NEWEST and DROP_OLDEST are possible, and CONFLATE with capacity=1"
                            : "only BLOCK is possible; DROP_NEWEST, DROP_OLDEST and CONFLATE need a bounded mailbox that is no broadcast";
            throw new IllegalArgumentException(
                    "overflow=" + policy + " of " + this + ": " + remedy);
        }
        return new MailboxSpec(capacity, senders, receivers, policy, broadcast);
    }

    /**
     * Returns the capacity.
     *
     * @return the number of messages, 1 to 2<sup>30</sup>; 0 for a rendezvous; or {@link
     *     #UNBOUNDED}
     */
    public int capacity() {
        return capacity;
    }

    /**
     * Tests whether every receiver gets every message.
     *
     * @return whether this is a {@linkplain #broadcast broadcast}
     */
    public boolean isBroadcast() {
        return broadcast;
    }

    /**
     * Returns how many senders may be open at the same time.
     *
     * @return one or many
     */
    public Ends senders() {
        return senders;
    }

    /**
     * Returns how many receivers may be open at the same time.
     *
     * @return one or many
     */
    public Ends receivers() {
        return receivers;
    }

    /**
     * Returns the policy of a full mailbox.
     *
     * @return the policy
     */
    public OverflowPolicy overflow() {
        return overflow;
    }

    @Override
    public String toString() {
        Object size = capacity == UNBOUNDED ? "unbounded" : capacity;
        return "MailboxSpec[%scapacity=%s, senders=%s, receivers=%s, overflow=%s]"
                .formatted(broadcast ? "broadcast, " : "", size, senders, receivers, overflow);
    }
}
