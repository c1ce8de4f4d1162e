package io.sluice.compare.rig;

import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;

/**
 * Messages in one direction, as many as possible; with several receivers, which have a link each,
 * every message goes to each of them. Ends when the last was consumed.
 */
record Streaming(List<Conversation> talks) implements Traffic {
    private static final int CHUNK = 200;
    private static final int FAN_OUT_CHUNK = 64;
    private static final long MIN_MESSAGES = 1000;

    @Override
    public long warmUp() throws IOException {
        return talks.size() == 1 ? sendChunk(talks.get(0)) : fanOut();
    }

    private static long sendChunk(Conversation talk) throws IOException {
        for (int i = 0; i < CHUNK; i++) {
            talk.send();
        }
        return CHUNK;
    }

    private long fanOut() throws IOException {
        for (int i = 0; i < FAN_OUT_CHUNK; i++) {
            for (Conversation talk : talks) {
                talk.send();
            }
        }
        return (long) FAN_OUT_CHUNK * talks.size();
    }

    @Override
    public boolean isPaced() {
        return false;
    }

    @Override
    public Supplier<EndpointResult> measure(double perNs, ForkDurations forkDurations)
            throws IOException {
        long start = System.nanoTime();
        long done = 0;
        long now;
        do {
            done += warmUp(); // the same code that was warmed up
            now = System.nanoTime();
        } while (now - start < forkDurations.blockNs()
                || done < MIN_MESSAGES && now - start < forkDurations.limitNs());
        for (Conversation each : talks) {
            each.exchange(Marker.CONSUMED);
        }
        EndpointResult result = EndpointResult.of(done, System.nanoTime() - start);
        return () -> result.mean(result.durationNs / (double) result.messages);
    }
}
