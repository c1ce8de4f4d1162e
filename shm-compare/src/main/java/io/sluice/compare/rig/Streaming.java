package io.sluice.compare.rig;

import java.io.IOException;
import java.util.function.Supplier;

/** Messages in one direction, as many as possible. Ends when the last was consumed. */
final class Streaming implements Traffic {
    private static final int CHUNK = 200;
    private static final long MIN_MESSAGES = 1000;

    private final Conversation talk;

    Streaming(Conversation talk) {
        this.talk = talk;
    }

    @Override
    public long warmUp() throws IOException {
        for (int i = 0; i < CHUNK; i++) {
            talk.send();
        }
        return CHUNK;
    }

    @Override
    public boolean isPaced() {
        return false;
    }

    @Override
    public Supplier<BlockResult> measure(double perNs, ForkDurations forkDurations)
            throws IOException {
        long start = System.nanoTime();
        long done = 0;
        long now;
        do {
            done += warmUp(); // the same code that was warmed up
            now = System.nanoTime();
        } while (now - start < forkDurations.blockNs()
                || done < MIN_MESSAGES && now - start < forkDurations.limitNs());
        talk.exchange(Marker.CONSUMED);
        long duration = System.nanoTime() - start;
        long sent = done;
        return () -> BlockResult.of(sent, duration).withMean(duration / (double) sent);
    }
}
