package io.sluice.bench;

/** The receiving end of a subject. */
interface SubjectReceiver {
    /** The largest number of messages to receive in one call. */
    int BATCH = 256;

    /**
     * Receives up to the given number of messages. For a blocking subject, 0 means that the sender
     * has closed. The receiving thread only.
     */
    int poll(int limit);

    /** Closes this end. The receiving thread only. */
    default void detach() {}

    /** Receives the given number of messages, unless one of the senders fails. */
    default void receive(int messages, Counterpart... senders) {
        int received = 0;
        int idle = 0;
        while (received < messages) {
            int count = poll(Math.min(BATCH, messages - received));
            received += count;
            if (count == 0) {
                Thread.onSpinWait();
                if (++idle % (1 << 16) == 0) {
                    for (Counterpart sender : senders) {
                        sender.check();
                    }
                }
            }
        }
    }
}
