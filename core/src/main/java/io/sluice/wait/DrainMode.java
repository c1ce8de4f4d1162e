package io.sluice.wait;

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

    private final int firstSpins;
    private final int maxSpins;
    private final int smallestBatch; // In messages.

    DrainMode(int first, int longest, int smallestBatch) {
        this.firstSpins = first;
        this.maxSpins = longest;
        this.smallestBatch = smallestBatch;
    }

    /**
     * Returns the next backoff after a batch that drained the lane: it doubles with each further
     * batch.
     *
     * @param count the number of messages in the batch
     * @param last the last backoff, in spins of {@link Thread#onSpinWait}; negative once it was
     *     spent
     * @return the backoff, in spins
     */
    public int nextSpins(int count, int last) {
        if (count >= smallestBatch) {
            return Math.min(Math.max(firstSpins, 2 * Math.abs(last)), maxSpins);
        }
        return Math.max(0, last); // A spent one gathered too few messages.
    }
}
