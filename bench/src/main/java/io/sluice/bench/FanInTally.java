package io.sluice.bench;

/**
 * The messages received from several senders: checks that each sender's messages are in sequence.
 */
final class FanInTally {
    private final Tally[] bySender = new Tally[FanInSubject.SENDERS];

    FanInTally() {
        for (int i = 0; i < bySender.length; i++) {
            bySender[i] = new Tally();
        }
    }

    /** Returns a message's first word. */
    static long word(int sender, long sequence) {
        return sequence * FanInSubject.SENDERS + sender;
    }

    /** Records a message. Throws if it is not the next one of its sender. */
    void accept(long word, long sum) {
        int sender = (int) (word % FanInSubject.SENDERS);
        bySender[sender].accept(word / FanInSubject.SENDERS, sum);
    }

    /** Returns the number of messages from one sender. */
    long received(int sender) {
        return bySender[sender].received();
    }
}
