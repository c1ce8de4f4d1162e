package io.sluice.compare.rig;

import io.sluice.compare.result.Window;
import io.sluice.compare.stats.Percentiles;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/** A histogram that is also kept by slices of time. */
final class Windows {
    private final Histogram all = Conversation.histogram();
    private final Histogram slice = Conversation.histogram();
    private final List<Window> closed = new ArrayList<>();
    private final long start;
    private long sliceStart;

    /** Begins now. */
    Windows() {
        start = System.nanoTime();
        sliceStart = start;
    }

    void record(long nanos) {
        Conversation.record(slice, nanos);
    }

    /** The slice that is open, to record in. */
    Histogram open() {
        return slice;
    }

    /** Ends a slice. */
    void cut() {
        long count = slice.getTotalCount();
        if (count > 0) {
            double p99 = Percentiles.at(slice, 99);
            closed.add(
                    new Window(
                            sliceStart - start,
                            count,
                            slice.getValueAtPercentile(50),
                            Double.isNaN(p99) ? null : p99,
                            slice.getMaxValue()));
            all.add(slice);
            slice.reset();
        }
        sliceStart = System.nanoTime();
    }

    /** All of it; cut before. */
    Histogram all() {
        return all;
    }

    List<Window> list() {
        return closed;
    }
}
