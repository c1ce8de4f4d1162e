package io.sluice.compare.rig;

import io.sluice.compare.result.EndCounters;
import io.sluice.compare.result.Numbers;
import io.sluice.compare.transport.Link;
import io.sluice.compare.transport.Payload;
import io.sluice.compare.transport.SharedWords;
import io.sluice.linux.Platform;
import java.io.IOException;
import java.util.Map;

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

    /** Sends until the end of this process. */
    static void send(Link link, SharedWords words, Workload workload) throws IOException {
        Payload payload = new Payload(workload.size(), workload.touchedBytes());
        for (long i = 0; ; i++) {
            link.send(payload, i);
            words.set(SENT, i + 1);
        }
    }

    /** Receives until the other end is gone. */
    static EndpointResult awaitPeerDeath(Link link, SharedWords words, Workload workload) {
        Payload payload = new Payload(workload.size(), workload.touchedBytes());
        try {
            while (true) {
                link.receive(payload, 1);
            }
        } catch (IOException e) {
            // What was waited for.
        }
        double noticedAt = System.nanoTime();
        double lost = Math.max(0, words.get(SENT) - payload.expected());
        return new EndpointResult(
                BlockResult.of(payload.expected(), 0)
                        .withNumbers(Map.of(NOTICED_AT, noticedAt, Numbers.MESSAGES_LOST, lost)),
                EndCounters.of(
                        payload.expected(),
                        payload.lost(),
                        payload.duplicated(),
                        payload.corrupted()),
                null,
                0,
                Platform.currentCpu(),
                0,
                0);
    }
}
