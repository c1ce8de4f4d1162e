package io.sluice;

/** What a sender does when its part of an unbounded pipe has reached the quota. */
public enum AtQuota {
    /** It waits for room, as in a bounded pipe. */
    WAIT,
    /** Sends that would wait throw {@link PipeFullException}; those that try say false. */
    REFUSE,
    /**
     * It drops its oldest messages that no receiver has taken, about a ring of them at a time, and
     * counts them ({@link PipeStatistics.Lane#dropped}). A ring in which a receiver has a message
     * stays until that is done, with nothing but that message in it; of a receiver that has died,
     * until another end that finds nothing to do notices that. If that takes so long that the
     * sender has gone through hundreds of other rings meanwhile, it keeps no more than one ring of
     * messages until then. It waits only for a message in its newest ring that a receiver has, once
     * the rest of that ring is full.
     */
    DROP_OLDEST
}
