package io.sluice.bench;

/**
 * The messages of one receiver. If it is the only receiver, each sender's messages must be in
 * sequence; if several receivers share them, it only counts.
 */
final class ObjectTally {
    private final Tally[] bySender;
    private final boolean oneReceiver;

    ObjectTally(Topology topology) {
        oneReceiver = topology.oneReceiver();
        bySender = new Tally[topology.senders()];
        for (int i = 0; i < bySender.length; i++) {
            bySender[i] = new Tally();
        }
    }

    /** Records a message. Throws if it is not the next one of its sender. */
    void accept(Message message) {
        Tally tally = bySender[message.sender];
        if (oneReceiver) {
            message.receive(tally);
        } else {
            tally.accept(tally.received(), message.number);
        }
    }

    /** Records a message of bytes. Throws if it is not the next one of its sender. */
    void accept(int sender, long sequence, long sum) {
        Tally tally = bySender[sender];
        tally.accept(oneReceiver ? sequence : tally.received(), sum);
    }

    /** Returns the number of received messages. */
    long received() {
        long received = 0;
        for (Tally tally : bySender) {
            received += tally.received();
        }
        return received;
    }
}
