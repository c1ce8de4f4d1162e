package io.sluice.bench;

/** What is passed: made beforehand, more of them than any channel holds. */
final class Message {
    /** How many each sender has; a message's number is that of its first passing, modulo this. */
    static final int COUNT = 1 << 17;

    private static final int SENDERS = 2;
    private static final Message[][] ALL = new Message[SENDERS][COUNT];

    static {
        for (int sender = 0; sender < SENDERS; sender++) {
            for (int i = 0; i < COUNT; i++) {
                ALL[sender][i] = new Message(sender, i);
            }
        }
    }

    /** One that is none of them: nothing comes after it. */
    static final Message LAST = new Message(0, -1);

    final int sender;
    final int number;

    private Message(int sender, int number) {
        this.sender = sender;
        this.number = number;
    }

    /** The first sender's message with this sequence number. */
    static Message of(long sequence) {
        return of(0, sequence);
    }

    static Message of(int sender, long sequence) {
        return ALL[sender][(int) sequence & COUNT - 1];
    }

    /** Takes note of a message; the tally's next sequence must be this one's. */
    void receive(Tally tally) {
        long expected = tally.received();
        tally.accept(expected + ((number - expected) & COUNT - 1), number);
    }
}
