package io.sluice;

/**
 * The policy of a channel that has no room for a message. Not every channel has every policy, and a
 * specification refuses one that its channel does not have:
 *
 * <table>
 * <caption>The policies of each channel</caption>
 * <tr><th>channel</th><th>policies</th></tr>
 * <tr><td>bounded mailbox</td><td>all but {@link #FAIL}; {@link #CONFLATE} for capacity 1</td></tr>
 * <tr><td>unbounded pipe, at its quota</td>
 *     <td>{@link #BLOCK}, {@link #FAIL}, {@link #DROP_OLDEST}</td></tr>
 * <tr><td>any other</td><td>{@link #BLOCK}</td></tr>
 * </table>
 */
public enum OverflowPolicy {
    /** Sends block, or return {@code false}. No message is dropped. The default. */
    BLOCK,

    /**
     * Sends that would block throw {@link QuotaExceededException}; non-blocking ones return {@code
     * false}.
     */
    FAIL,

    /** A send drops its own message, and does not block: the stored messages stay, in order. */
    DROP_NEWEST,

    /**
     * A send drops the oldest message, and stores its own.
     *
     * <p>In a mailbox, a receiver may find one message less than the capacity between these two
     * steps, or none if the capacity is 1.
     *
     * <p>In an unbounded pipe, a sender at its quota drops its oldest messages that no receiver has
     * taken, about a ring of them at a time, and counts them ({@link PipeStatistics.Lane#dropped}).
     * A ring with a message that a receiver has taken is kept until the receiver has finished it,
     * but retains no other messages; if that receiver has died, until another end that has nothing
     * else to do detects that. If that takes so long that the sender has gone through hundreds of
     * other rings meanwhile, at most one ring of messages is kept until then. A send blocks only
     * for a message that a receiver has taken in the sender's newest ring, once the rest of that
     * ring is full.
     */
    DROP_OLDEST,

    /**
     * A send replaces the stored message by its own, atomically, and does not block: a mailbox of
     * capacity 1 that holds the latest message until a receiver takes it.
     */
    CONFLATE
}
