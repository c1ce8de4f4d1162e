package io.sluice.bench;

import io.sluice.memory.PrivateWords;

/**
 * What a receiver has got: checks that messages come in sequence, and keeps a sum so that reading
 * them cannot be left out. On cache lines of its own.
 */
final class Tally {
    private static final int EXPECTED = 0;
    private static final int SUM = 1;

    private final PrivateWords words = new PrivateWords();

    /** Takes note of a message. Throws if it is not the next one. */
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
