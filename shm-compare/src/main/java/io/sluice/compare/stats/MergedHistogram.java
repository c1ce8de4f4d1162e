package io.sluice.compare.stats;

import io.sluice.compare.result.Fork;
import io.sluice.compare.result.Hdr;
import io.sluice.compare.result.Measurement;
import java.util.List;
import java.util.Objects;
import org.HdrHistogram.Histogram;

/**
 * The histograms of a measurement's forks: together, and each by itself. Nothing is left out as an
 * outlier.
 */
public final class MergedHistogram {
    private final List<Histogram> forks;
    private final Histogram all = new Histogram(3);

    /**
     * Reads the histograms of a measurement; forks without one are skipped.
     *
     * @throws IllegalArgumentException if one cannot be decoded
     */
    public MergedHistogram(Measurement measurement) {
        forks =
                measurement.forks().stream()
                        .map(Fork::hdr)
                        .filter(Objects::nonNull)
                        .map(Hdr::decode)
                        .toList();
        forks.forEach(all::add);
    }

    /**
     * Returns a percentile of all forks together, with the smallest and the largest of any single
     * fork: a range, not an interval. {@link Estimate#NONE} if too few samples support it.
     */
    public Estimate at(double percentile) {
        double value = Percentiles.at(all, percentile);
        if (Double.isNaN(value)) {
            return Estimate.NONE;
        }
        var each = forks.stream().mapToDouble(fork -> fork.getValueAtPercentile(percentile));
        var range = each.summaryStatistics();
        return new Estimate(value, range.getMin(), range.getMax());
    }
}
