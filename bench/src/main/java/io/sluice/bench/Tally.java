package io.sluice.bench;

import io.sluice.memory.PaddedLongs;

/**
 * The messages of a receiver: checks that they are in sequence, and keeps a sum so that the
 * compiler cannot eliminate reading them. On its own cache lines.
 */
final class Tally {
    private static final int EXPECTED = 0;
    private static final int SUM = 1;
    private static final int LOST = 2;

    private final PaddedLongs words = new PaddedLongs();
    private final boolean lossy;

    /** Creates a tally of which no message may be missing. */
    Tally() {
        this(false);
    }

    /**
     * Creates a tally.
     *
     * @param lossy whether messages may be missing; they are counted
     */
    Tally(boolean lossy) {
        this.lossy = lossy;
    }

    /** Records a message. Throws if it is not the next one, or of a lossy tally an earlier one. */
    void accept(long sequence, long sum) {
        long expected = words.get(EXPECTED);
        if (sequence != expected) {
            skip(expected, sequence);
        }
        words.set(EXPECTED, sequence + 1);
        words.set(SUM, words.get(SUM) + sum);
    }

    private void skip(long expected, long sequence) {
        if (!lossy || sequence < expected) {
            throw new IllegalStateException(
                    "message " + sequence + " came where " + expected + " was due");
        }
        words.set(LOST, words.get(LOST) + sequence - expected);
    }

    /** Returns the number of messages received. */
    long received() {
        return words.get(EXPECTED) - words.get(LOST);
    }

    /** Returns the number of messages missing before the last one received. */
    long lost() {
        return words.get(LOST);
    }
}
