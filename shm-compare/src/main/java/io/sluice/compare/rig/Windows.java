package io.sluice.compare.rig;

import io.sluice.compare.result.Window;
import io.sluice.compare.stats.Percentiles;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * A histogram by slices of time. All memory is allocated before and all results are computed
 * afterwards, so that the measurement only records.
 */
final class Windows {
    private static final int SLICES = 10;

    private final Histogram[] slices = new Histogram[SLICES];
    private final long[] starts = new long[SLICES];
    private int current;

    Windows() {
        for (int i = 0; i < SLICES; i++) {
            slices[i] = Conversation.histogram();
        }
    }

    /** Resets, and begins the first slice. */
    void begin() {
        for (Histogram slice : slices) {
            slice.reset();
        }
        current = 0;
        starts[0] = System.nanoTime();
    }

    /**
     * Begins the next slice if its share of the total has been recorded; the last slice takes the
     * rest.
     */
    void cutAfter(long done, long all) {
        if (current < SLICES - 1 && done * SLICES >= all * (current + 1)) {
            starts[++current] = System.nanoTime();
        }
    }

    void record(long nanos) {
        Conversation.record(slices[current], nanos);
    }

    /** Returns the slice that is open, to record in. */
    Histogram currentSlice() {
        return slices[current];
    }

    Histogram all() {
        Histogram all = Conversation.histogram();
        for (Histogram slice : slices) {
            all.add(slice);
        }
        return all;
    }

    List<Window> list() {
        List<Window> windows = new ArrayList<>();
        for (int i = 0; i < SLICES; i++) {
            Histogram slice = slices[i];
            if (slice.getTotalCount() > 0) {
                double p99 = Percentiles.at(slice, 99);
                windows.add(
                        new Window(
                                starts[i] - starts[0],
                                slice.getTotalCount(),
                                slice.getValueAtPercentile(50),
                                Double.isNaN(p99) ? null : p99,
                                slice.getMaxValue()));
            }
        }
        return windows;
    }
}
