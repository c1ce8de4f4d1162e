package io.sluice;

/** The policy of a sender whose part of an unbounded pipe has reached the quota. */
public enum AtQuota {
    /** Sends block until there is room, as in a bounded pipe. */
    WAIT,
    /**
     * Sends that would block throw {@link QuotaExceededException}; non-blocking ones return false.
     */
    REFUSE,
    /**
     * Drops the sender's oldest messages that no receiver has taken, about a ring of them at a
     * time, and counts them ({@link PipeStatistics.Lane#dropped}). A ring with a message that a
     * receiver has taken is kept until the receiver has finished it, but retains no other messages;
     * if that receiver has died, until another end that has nothing else to do detects that. If
     * that takes so long that the sender has gone through hundreds of other rings meanwhile, at
     * most one ring of messages is kept until then. A send blocks only for a message that a
     * receiver has taken in the sender's newest ring, once the rest of that ring is full.
     */
    DROP_OLDEST
}
