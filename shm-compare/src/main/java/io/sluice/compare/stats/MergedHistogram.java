package io.sluice.compare.stats;

import io.sluice.compare.result.Hdr;
import io.sluice.compare.result.Measurement;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * The histograms of a measurement's forks: together, and each by itself. Nothing is left out as an
 * outlier.
 */
public final class MergedHistogram {
    private final List<Histogram> forks;
    private final Histogram all = new Histogram(3);

    private MergedHistogram(List<Histogram> forks) {
        this.forks = forks;
        forks.forEach(all::add);
    }

    /**
     * Reads the histograms of a measurement; forks without one are skipped.
     *
     * @throws IllegalArgumentException if one cannot be decoded
     */
    public static MergedHistogram of(Measurement measurement) {
        List<Histogram> forks = new ArrayList<>();
        measurement.forks().stream()
                .filter(l -> l.hdr() != null)
                .forEach(l -> forks.add(Hdr.decode(l.hdr())));
        return new MergedHistogram(forks);
    }

    /** Returns how many samples there are. */
    public long count() {
        return all.getTotalCount();
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
        double lo =
                forks.stream()
                        .mapToDouble(h -> h.getValueAtPercentile(percentile))
                        .min()
                        .orElse(value);
        double hi =
                forks.stream()
                        .mapToDouble(h -> h.getValueAtPercentile(percentile))
                        .max()
                        .orElse(value);
        return new Estimate(value, lo, hi);
    }
}
