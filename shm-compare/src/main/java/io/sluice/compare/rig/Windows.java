package io.sluice.compare.rig;

import io.sluice.compare.result.Window;
import io.sluice.compare.stats.Percentiles;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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
        Arrays.setAll(slices, i -> Conversation.histogram());
    }

    /** Resets, and begins the first slice. */
    void begin() {
        Stream.of(slices).forEach(Histogram::reset);
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
        Stream.of(slices).forEach(all::add);
        return all;
    }

    List<Window> list() {
        return IntStream.range(0, SLICES)
                .filter(i -> slices[i].getTotalCount() > 0)
                .mapToObj(this::window)
                .toList();
    }

    private Window window(int i) {
        double p99 = Percentiles.at(slices[i], 99);
        return new Window(
                starts[i] - starts[0],
                slices[i].getTotalCount(),
                slices[i].getValueAtPercentile(50),
                Double.isNaN(p99) ? null : p99,
                slices[i].getMaxValue());
    }
}
