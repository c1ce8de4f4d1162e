package io.sluice.bench;

/** What a receiver has got from several senders: each one's messages in sequence. */
final class FanInTally {
    private final Tally[] bySender = new Tally[FanInSubject.SENDERS];

    FanInTally() {
        for (int i = 0; i < bySender.length; i++) {
            bySender[i] = new Tally();
        }
    }

    /** A message's first word. */
    static long word(int sender, long sequence) {
        return sequence * FanInSubject.SENDERS + sender;
    }

    /** Takes note of a message. Throws if it is not the next one of its sender. */
    void accept(long word, long sum) {
        int sender = (int) (word % FanInSubject.SENDERS);
        bySender[sender].accept(word / FanInSubject.SENDERS, sum);
    }

    /** How many came from one sender. */
    long received(int sender) {
        return bySender[sender].received();
    }
}
