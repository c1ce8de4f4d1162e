package io.sluice.compare.rig;

import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;

/** One sender, several receivers on a link each: every message is sent to each of them. */
final class FanOut implements Traffic {
    private static final int CHUNK = 64;
    private static final long LEAST = 1000;

    private final List<Conversation> talks;

    FanOut(List<Conversation> talks) {
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
    public Supplier<Measurement> measure(double perNs, Effort effort) throws IOException {
        long start = System.nanoTime();
        long done = 0;
        long now;
        do {
            done += warmUp(); // the same code that was warmed up
            now = System.nanoTime();
        } while (now - start < effort.blockNs() || done < LEAST && now - start < effort.limitNs());
        for (Conversation talk : talks) {
            talk.exchange(Marker.CONSUMED);
        }
        long duration = System.nanoTime() - start;
        long sent = done;
        return () -> Measurement.of(sent, duration).withMean(duration / (double) sent);
    }
}
