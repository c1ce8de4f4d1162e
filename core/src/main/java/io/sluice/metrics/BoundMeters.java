package io.sluice.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * The meters of one object, until they are closed. They keep that object reachable: a meter would
 * otherwise be without a value once its user has dropped this binder.
 *
 * <p>Any thread.
 */
abstract class BoundMeters implements MeterBinder, AutoCloseable {
    static final String BYTES = "bytes";
    static final String MESSAGES = "messages";

    private record BoundMeter(MeterRegistry registry, Meter meter) {}

    private final Tags tags;
    private final List<BoundMeter> bound = new ArrayList<>(); // Guarded by itself.

    BoundMeters(Tag own, Iterable<Tag> others) {
        this.tags = Tags.of(others).and(own);
    }

    /** Registers a number that goes up and down; it is not a number while it cannot be read. */
    final void gauge(
            MeterRegistry registry,
            String name,
            String unit,
            String description,
            LongSupplier number,
            String... furtherTags) {
        add(
                registry,
                Gauge.builder(name, () -> read(number, Double.NaN))
                        .baseUnit(unit)
                        .description(description)
                        .tags(tags.and(furtherTags))
                        .register(registry));
    }

    /** Registers a number that goes up; it keeps its last value while it cannot be read. */
    final void counter(
            MeterRegistry registry,
            String name,
            String unit,
            String description,
            LongSupplier number,
            String... furtherTags) {
        LastReading last = new LastReading(number);
        add(
                registry,
                // The function, not only the meter, refers to it: the meter does so weakly.
                FunctionCounter.builder(name, last, same -> last.read())
                        .baseUnit(unit)
                        .description(description)
                        .tags(tags.and(furtherTags))
                        .register(registry));
    }

    /** A number that goes up, and its last value. */
    private static final class LastReading {
        private final LongSupplier number;
        private double last;

        LastReading(LongSupplier number) {
            this.number = number;
        }

        synchronized double read() {
            last = BoundMeters.read(number, last);
            return last;
        }
    }

    private static double read(LongSupplier number, double otherwise) {
        try {
            return number.getAsLong();
        } catch (IllegalStateException e) {
            return otherwise;
        }
    }

    private void add(MeterRegistry registry, Meter meter) {
        synchronized (bound) {
            bound.add(new BoundMeter(registry, meter));
        }
    }

    /** Removes the meters from each registry that they are bound to. Does nothing a second time. */
    @Override
    public void close() {
        synchronized (bound) {
            bound.forEach(each -> each.registry.remove(each.meter));
            bound.clear();
        }
    }
}
