package io.sluice.bench;

/** Where the measured thread receives. */
interface ReceivingEnd {
    /** How many messages are asked for at once. */
    int BATCH = 256;

    /**
     * Receives up to so many messages. Where a subject waits, 0 says that the sender has left. The
     * receiving thread only.
     */
    int poll(int limit);

    /** Receives nothing any more. The receiving thread only. */
    default void leave() {}

    /** Receives so many messages, unless one of the senders fails. */
    default void receive(int messages, Stream... senders) {
        int received = 0;
        int idle = 0;
        while (received < messages) {
            int count = poll(Math.min(BATCH, messages - received));
            received += count;
            if (count == 0) {
                Thread.onSpinWait();
                if (++idle % (1 << 20) == 0) {
                    for (Stream sender : senders) {
                        sender.check();
                    }
                }
            }
        }
    }
}
