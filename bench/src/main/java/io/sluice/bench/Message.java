package io.sluice.bench;

/** The preallocated message objects, more of them than any channel holds. */
final class Message {
    /**
     * The number of messages of each sender; a message's number is its sequence number modulo this.
     */
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

    /** A message outside the sequence: nothing is sent after it. */
    static final Message LAST = new Message(0, -1);

    final int sender;
    final int number;

    private Message(int sender, int number) {
        this.sender = sender;
        this.number = number;
    }

    /** Returns the first sender's message with this sequence number. */
    static Message of(long sequence) {
        return of(0, sequence);
    }

    static Message of(int sender, long sequence) {
        return ALL[sender][(int) sequence & COUNT - 1];
    }

    /** Returns a sender's messages, each at the index that is its number. */
    static Message[] ofSender(int sender) {
        return ALL[sender];
    }

    /** Records a message; the tally's next sequence number must be this one's. */
    void receive(Tally tally) {
        long expected = tally.received();
        tally.accept(expected + ((number - expected) & COUNT - 1), number);
    }
}
