package io.sluice.compare.rig;

import io.sluice.compare.result.Numbers;
import io.sluice.compare.transport.Payload;
import java.io.IOException;

/**
 * One end sends until it is killed; the other receives until a call fails. When that was, and how
 * many messages it received, is the result.
 */
final class PeerDeath {
    /** The shared word with the number of messages whose sending has returned. */
    private static final int SENT = 7;

    /** When the survivor noticed, as nanoTime, which all processes of this machine share. */
    static final String NOTICED_AT = "noticedAt";

    private PeerDeath() {}

    static EndpointResult run(EndTask task, Conversation talk) throws IOException {
        return task.initiates() ? send(talk) : awaitPeerDeath(talk);
    }

    /** Sends until the end of this process. */
    private static EndpointResult send(Conversation talk) throws IOException {
        for (long i = 0; ; i++) {
            talk.link.send(talk.outgoing, i);
            talk.words.set(SENT, i + 1);
        }
    }

    /** Receives until the other end is gone. */
    private static EndpointResult awaitPeerDeath(Conversation talk) {
        Payload payload = talk.incoming;
        try {
            while (true) {
                talk.link.receive(payload, 1);
            }
        } catch (IOException e) {
            // What was waited for.
        }
        double noticedAt = System.nanoTime();
        double lost = Math.max(0, talk.words.get(SENT) - payload.expected());
        return EndpointResult.of(payload.expected(), 0)
                .countedBy(payload)
                .number(NOTICED_AT, noticedAt)
                .number(Numbers.MESSAGES_LOST, lost);
    }
}
