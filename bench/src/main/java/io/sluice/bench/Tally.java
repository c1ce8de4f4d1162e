package io.sluice.bench;

import io.sluice.memory.PaddedLongs;

/**
 * The messages of a receiver: checks that they are in sequence, and keeps a sum so that the
 * compiler cannot eliminate reading them. On its own cache lines.
 */
final class Tally {
    private static final int EXPECTED = 0;
    private static final int SUM = 1;

    private final PaddedLongs words = new PaddedLongs();

    /** Records a message. Throws if it is not the next one. */
    void accept(long sequence, long sum) {
        long expected = words.get(EXPECTED);
        if (sequence != expected) {
            throw new IllegalStateException(
                    "message " + sequence + " came where " + expected + " was due");
        }
        words.set(EXPECTED, sequence + 1);
        words.set(SUM, words.get(SUM) + sum);
    }

    long received() {
        return words.get(EXPECTED);
    }
}
