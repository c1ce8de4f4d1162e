package io.sluice.compare.report;

import io.sluice.compare.export.DataTable;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.stats.Bootstrap;
import io.sluice.compare.stats.Estimate;
import io.sluice.compare.stats.Samples;
import io.sluice.compare.stats.Summary;
import java.util.Objects;
import java.util.function.Function;

/** A measurement whose numbers may be used: a row of charts and tables. */
record Row(Measurement measurement, Series series, Summary summary) {
    private static final Bootstrap MEDIANS = new Bootstrap(0);

    Factors factors() {
        return measurement.factors();
    }

    int size() {
        return factors().size();
    }

    boolean isOf(String mechanism) {
        return mechanism.equals(factors().mechanism());
    }

    /** Tests whether it is of this mechanism, and waits this way. */
    boolean is(String mechanism, String waiting) {
        return isOf(mechanism) && waiting.equals(factors().waiting());
    }

    /** Tests whether its ends ran where a placement's name says; the name may be null. */
    boolean isAt(String placement) {
        return Objects.equals(placement, factors().placement());
    }

    String name() {
        return series.name();
    }

    /** Tests whether its ends counted what they did. */
    boolean hasEnds() {
        return measurement.forks().stream().anyMatch(fork -> !fork.ends().isEmpty());
    }

    /** Returns the median over forks of one number a fork. */
    Estimate median(Function<Measurement, double[]> samples) {
        return MEDIANS.median(samples.apply(measurement));
    }

    /** Returns the median of what only some patterns measure, by its name. */
    Estimate number(String name) {
        return median(m -> Samples.number(m, name));
    }

    /**
     * Returns how many times the floor a round trip takes: of each fork its median over a cache
     * line between its own two CPUs; not known where a fork has no floor.
     */
    Estimate overFloor() {
        double[] ratios = Samples.percentile(measurement, 50);
        for (int i = 0; i < ratios.length; i++) {
            double line = measurement.forks().get(i).lineRoundTripNs();
            ratios[i] = line > 0 ? ratios[i] / line : Double.NaN;
        }
        return MEDIANS.median(ratios);
    }

    /** Returns a mark of its series for its size of messages. */
    RowChart.Mark mark(Estimate value) {
        return new RowChart.Mark(series, Units.bytes(size()), value);
    }

    /** Returns a table of rows, whose first column has their names. */
    static DataTable.Columns<Row> table() {
        return new DataTable.Columns<Row>().text("Mechanism", Row::name);
    }

    /** Returns the same with the size of the messages. */
    static DataTable.Columns<Row> tableBySize() {
        return table().text("Message", row -> Units.bytes(row.size()));
    }
}
