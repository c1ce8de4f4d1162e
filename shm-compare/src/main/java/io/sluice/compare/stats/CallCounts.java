package io.sluice.compare.stats;

import io.sluice.compare.result.Audit;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.result.Results;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The source of a measurement's system-call counts. The ends count the calls that they make
 * themselves; they cannot count those inside a library, and a 0 then means unknown. An audited run
 * also has the counts of an outside observer.
 */
public final class CallCounts {
    /** What mechanisms declare, and the page says, of calls that the ends cannot see. */
    public static final String NOT_COUNTED = "not counted";

    private final Results results;

    /** Makes one for the measurements of these results. */
    public CallCounts(Results results) {
        this.results = results;
    }

    /** Returns the traits of the measurement's mechanism, by name; empty if there are none. */
    public Map<String, String> traits(Measurement measurement) {
        Factors f = measurement.factors();
        return Stream.of(f.mechanism() + "/" + f.waiting(), String.valueOf(f.mechanism()))
                .map(results.traits()::get)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(Map.of());
    }

    /** Tests whether the ends' own counts hold all calls of their mechanism. */
    public boolean countedByEnds(Measurement measurement) {
        return !traits(measurement).getOrDefault("other calls", "").contains(NOT_COUNTED);
    }

    /** Returns the ends' own counts of each call for a message. */
    public static Map<String, Double> byName(Measurement measurement) {
        Map<String, Double> calls = new TreeMap<>();
        measurement
                .ends()
                .flatMap(end -> end.systemCalls().keySet().stream())
                .forEach(name -> calls.computeIfAbsent(name, each -> calls(measurement, each)));
        return calls;
    }

    private static double calls(Measurement measurement, String name) {
        double[] forks =
                Samples.perMessage(measurement, end -> end.systemCalls().getOrDefault(name, 0L));
        return new Bootstrap(0).median(forks).value();
    }

    /** Returns an outside observer's counts for the measurement's mechanism and way to wait. */
    public Optional<Audit> audit(Measurement measurement) {
        Factors f = measurement.factors();
        return results.audit().stream()
                .filter(audit -> Objects.equals(audit.mechanism(), f.mechanism()))
                .filter(audit -> audit.waiting() == null || audit.waiting().equals(f.waiting()))
                .filter(audit -> audit.messages() > 0)
                .findFirst();
    }

    /**
     * Returns the calls for each message in one direction as the observer counted them, those of
     * the virtual machine among them; {@link Estimate#NONE} if there was none. Only round trips are
     * audited.
     */
    public Estimate audited(Measurement measurement) {
        return audit(measurement)
                .filter(audit -> measurement.factors().pattern() == Pattern.RTT)
                .map(audit -> audit.perMessage().values().stream().mapToDouble(n -> n).sum())
                .map(sum -> new Estimate(sum, Double.NaN, Double.NaN))
                .orElse(Estimate.NONE);
    }
}
