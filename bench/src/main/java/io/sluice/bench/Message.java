package io.sluice.bench;

/** What is passed: made beforehand, more of them than any channel holds. */
final class Message {
    /** How many there are; a message's number is that of its first passing, modulo this. */
    static final int COUNT = 1 << 17;

    private static final Message[] ALL = new Message[COUNT];

    static {
        for (int i = 0; i < COUNT; i++) {
            ALL[i] = new Message(i);
        }
    }

    final int number;

    private Message(int number) {
        this.number = number;
    }

    static Message of(long sequence) {
        return ALL[(int) sequence & COUNT - 1];
    }

    /** Takes note of a message; the tally's next sequence must be this one's. */
    void receive(Tally tally) {
        long expected = tally.received();
        tally.accept(expected + ((number - expected) & COUNT - 1), number);
    }
}
