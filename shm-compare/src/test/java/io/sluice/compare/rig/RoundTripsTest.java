package io.sluice.compare.rig;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compare.result.Pattern;
import io.sluice.compare.transport.Link;
import io.sluice.compare.transport.Payload;
import io.sluice.compare.transport.SharedWords;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("alone")
class RoundTripsTest {
    private static final long QUICK_NS = 5_000;
    private static final long SLOW_NS = 500_000;

    @TempDir Path directory;

    /** Replies at once in the first third of the block, and a hundred times later after it. */
    private static final class SlowingLink implements Link {
        private final long slowFrom;

        SlowingLink(long slowFrom) {
            this.slowFrom = slowFrom;
        }

        @Override
        public void send(Payload payload, long sequence) {}

        @Override
        public void receive(Payload payload, int limit) {
            long now = System.nanoTime();
            Pause.until(now + (now - slowFrom < 0 ? QUICK_NS : SLOW_NS));
        }

        @Override
        public void close() {}
    }

    /** The first third was not timed: what changed while a block ran was called the timing's. */
    @Test
    void whatIsNotTimedIsMeasuredAmongWhatIs() throws Exception {
        long block = TimeUnit.MILLISECONDS.toNanos(600);
        Workload workload = Workload.of(Pattern.RTT, 64);
        PairPlan plan =
                new PairPlan(
                        "pipe",
                        List.of(workload),
                        new Placement("two", List.of(0, 1)),
                        new ForkDurations(block, block, 0),
                        1,
                        null);
        Link link = new SlowingLink(System.nanoTime() + block / 3);
        SharedWords.create(directory.resolve(CacheLineFloor.FILE));
        EndTask.Place place = new EndTask.Place(directory.toString(), "", List.of());
        Conversation talk = new Conversation(link, place, plan);
        Windows windows = new Windows();
        EndpointResult result =
                new RoundTrips(talk, Conversation.histogram(), windows)
                        .measure(0, plan.durations())
                        .get();
        assertTrue(
                result.meanUntimedNs > 2 * QUICK_NS,
                result.meanUntimedNs + " ns, timed " + windows.all().getMean());
    }
}
