package io.sluice.compare.rig;

import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;

/** One sender, several receivers on a link each: every message is sent to each of them. */
final class FanOutPattern implements Traffic {
    private static final int CHUNK = 64;
    private static final long MIN_MESSAGES = 1000;

    private final List<Conversation> talks;

    FanOutPattern(List<Conversation> talks) {
        this.talks = talks;
    }

    @Override
    public long warmUp() throws IOException {
        for (int i = 0; i < CHUNK; i++) {
            for (Conversation talk : talks) {
                talk.send();
            }
        }
        return (long) CHUNK * talks.size();
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
        for (Conversation talk : talks) {
            talk.exchange(Marker.CONSUMED);
        }
        long duration = System.nanoTime() - start;
        long sent = done;
        return () -> BlockResult.of(sent, duration).withMean(duration / (double) sent);
    }
}
