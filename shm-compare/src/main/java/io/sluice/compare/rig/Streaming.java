package io.sluice.compare.rig;

import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;

/** Messages in one direction, as many as possible. Ends when the last was consumed. */
class Streaming implements Traffic {
    private static final int CHUNK = 200;
    private static final long MIN_MESSAGES = 1000;

    final List<Conversation> talks;
    private final Conversation talk;

    Streaming(List<Conversation> talks) {
        this.talks = talks;
        this.talk = talks.get(0);
    }

    @Override
    public long warmUp() throws IOException {
        for (int i = 0; i < CHUNK; i++) {
            talk.send();
        }
        return CHUNK;
    }

    @Override
    public final boolean isPaced() {
        return false;
    }

    @Override
    public final Supplier<EndpointResult> measure(double perNs, ForkDurations forkDurations)
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
