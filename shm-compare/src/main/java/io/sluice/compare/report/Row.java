package io.sluice.compare.report;

import io.sluice.compare.export.DataTable;
import io.sluice.compare.export.Metric;
import io.sluice.compare.export.Units;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Fork;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Waiting;
import io.sluice.compare.stats.Estimate;
import io.sluice.compare.stats.Measurements;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** A measurement whose numbers may be used: a row of charts and tables. */
record Row(Measurement measurement, Series series, Map<Metric, Estimate> numbers)
        implements Metric.MetricValues {
    @Override
    public Estimate get(Metric metric) {
        return numbers.get(metric);
    }

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
    boolean is(String mechanism, Waiting waiting) {
        return isOf(mechanism) && waiting.equals(factors().waiting());
    }

    /** Tests whether it is a ring of any capacity whose ends spin. */
    boolean isSpinningRing() {
        return Measurements.isRing(factors()) && Waiting.SPIN.equals(factors().waiting());
    }

    /** Returns what fits in one direction, in words. */
    String capacity() {
        Factors f = factors();
        String messages = f.capacityMessages() == null ? "" : f.capacityMessages() + " messages";
        if (f.capacityBytes() <= 0) {
            return messages.isEmpty() ? "not known" : messages;
        }
        boolean counts = !messages.isEmpty() && f.capacityMessages() < f.capacityBytes() / f.size();
        return Units.bytes(f.capacityBytes()) + (counts ? ", " + messages : "");
    }

    /** Tests whether its ends ran where a placement's name says; the name may be null. */
    boolean isAt(String placement) {
        return Objects.equals(placement, factors().placement());
    }

    @Override
    public String name() {
        return series.name();
    }

    Stream<Fork> forks() {
        return measurement.forks().stream();
    }

    /** Tests whether its ends counted what they did. */
    boolean hasEnds() {
        return measurement.ends().findAny().isPresent();
    }

    /** Returns a mark of its series for its size of messages. */
    RowChart.Mark mark(Metric metric) {
        return new RowChart.Mark(series, Units.bytes(size()), get(metric));
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
