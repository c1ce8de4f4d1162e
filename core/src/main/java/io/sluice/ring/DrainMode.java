package io.sluice.ring;

/** How long a receiver backs off from lanes in which it has found nothing, after a batch. */
public enum DrainMode {
    /** No backoff: for the lowest latency, and for one lane among several. */
    NONE(0, 0, 2),

    /**
     * A few spins after a batch of several messages, and more while such batches continue: in a
     * stream messages accumulate meanwhile, and a message that arrives alone is not delayed.
     */
    ADAPTIVE(8, 64, 2),

    /** Longer, and after single messages too: cache lines fill, for the highest throughput. */
    LONG(64, 256, 1);

    /**
     * The first backoff, in spins of {@link Thread#onSpinWait}; it doubles with each further batch.
     */
    final int firstSpins;

    /** The longest backoff, in spins. */
    final int maxSpins;

    /** The smallest batch that is followed by a backoff, in messages. */
    final int smallestBatch;

    DrainMode(int first, int longest, int smallestBatch) {
        this.firstSpins = first;
        this.maxSpins = longest;
        this.smallestBatch = smallestBatch;
    }
}
