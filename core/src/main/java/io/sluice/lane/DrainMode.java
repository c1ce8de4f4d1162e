package io.sluice.lane;

/** How long a receiver stays away from lanes in which it has found nothing, after a batch. */
public enum DrainMode {
    /** Not at all: for the least delay, and for one lane among several. */
    NONE(0, 0, 2),

    /**
     * Some spins after a batch of several messages, and more while such batches go on: a stream
     * gets the time, and a message that comes alone is not delayed.
     */
    ADAPTIVE(8, 64, 2),

    /** Longer, and after single messages too: lines fill, for the most messages in a second. */
    LONG(64, 256, 1);

    /** The first time away, in spins of {@link Thread#onSpinWait}; it doubles while it pays. */
    final int first;

    /** The longest time away, in spins. */
    final int longest;

    /** From how many messages on a batch is followed by a time away. */
    final int smallestBatch;

    DrainMode(int first, int longest, int smallestBatch) {
        this.first = first;
        this.longest = longest;
        this.smallestBatch = smallestBatch;
    }
}
