package io.sluice.bench;

/**
 * What one receiver has got. If it is the only one, each sender's messages must come in sequence;
 * if it shares them with others, it has nothing to compare a message with, and only counts.
 */
final class ObjectTally {
    private final Tally[] bySender;
    private final boolean alone;

    ObjectTally(Topology topology) {
        alone = topology.oneReceiver();
        bySender = new Tally[topology.senders()];
        for (int i = 0; i < bySender.length; i++) {
            bySender[i] = new Tally();
        }
    }

    /** Takes note of a message. Throws if it is not the next one of its sender. */
    void accept(Message message) {
        Tally tally = bySender[message.sender];
        if (alone) {
            message.receive(tally);
        } else {
            tally.accept(tally.received(), message.number);
        }
    }

    /** How many came. */
    long received() {
        long received = 0;
        for (Tally tally : bySender) {
            received += tally.received();
        }
        return received;
    }
}
