package io.sluice;

/** What a sender does when its part of an unbounded pipe has reached the quota. */
public enum AtQuota {
    /** It waits for room, as in a bounded pipe. */
    WAIT,
    /** Sends that would wait throw {@link PipeFullException}; those that try say false. */
    REFUSE,
    /**
     * It drops its oldest messages that no receiver has taken, about a ring of them at a time, and
     * counts them ({@link PipeStatistics.Lane#dropped}). Only if receivers hold messages in every
     * ring it waits.
     */
    DROP_OLDEST
}
