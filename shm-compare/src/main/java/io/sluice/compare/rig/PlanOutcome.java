package io.sluice.compare.rig;

import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Fork;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.NotMeasured;
import io.sluice.compare.rig.MeasurementPlan.Impossible;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What one measurement has so far. */
final class PlanOutcome {
    private static final Impossible INTERRUPTED =
            new Impossible(List.of(), "the run was interrupted before");

    /** Those that count. */
    final List<Fork> forks = new ArrayList<>();

    /** Why forks failed, and what makes their numbers invalid. */
    final List<String> failures = new ArrayList<>();

    /** What disturbed forks that were measured again. */
    final List<String> repeated = new ArrayList<>();

    /** How many forks it has had: those that count, and those that failed. */
    int tried;

    /** How many bytes may be in flight; 0 if not known. */
    long capacity;

    private final MeasurementPlan plan;
    private final Optional<Impossible> impossible;

    PlanOutcome(MeasurementPlan plan) {
        this.plan = plan;
        this.impossible = plan.impossible();
    }

    /**
     * Takes over what an earlier run measured, and why forks of it failed: what was invalid stays
     * so.
     *
     * @param earlier what it measured
     * @param order the measurement of each fork that it had, with those that failed
     */
    void resume(Measurement earlier, List<String> order) {
        tried = Collections.frequency(order, plan.id());
        if (tried > 0) {
            forks.addAll(earlier.forks());
            if (earlier.reason() != null) {
                failures.addAll(List.of(earlier.reason().split("; ")));
            }
            repeated.addAll(earlier.repeated());
            capacity = earlier.factors().capacityBytes();
        }
    }

    boolean isPossible() {
        return impossible.isEmpty();
    }

    boolean has(int n) {
        return n < tried;
    }

    /** Returns why there are no numbers, if it was not tried. */
    private Optional<Impossible> untried() {
        return forks.isEmpty() && failures.isEmpty()
                ? impossible.or(() -> Optional.of(INTERRUPTED))
                : Optional.empty();
    }

    Stream<NotMeasured> notMeasured() {
        return untried().map(why -> new NotMeasured(plan.id(), why.reason())).stream();
    }

    /** Returns the measurement, on that pair of CPUs unless it has others, as it is judged. */
    Measurement measurement(Placement pair, Validity validity) {
        Factors factors = plan.factors(pair, capacity);
        if (untried().isEmpty()) {
            return validity.evaluate(plan.id(), factors, forks, failures, repeated);
        }
        Impossible why = untried().get();
        return new Measurement(
                plan.id(),
                factors,
                Measurement.NOT_AVAILABLE,
                why.reason(),
                why.flags(),
                List.of());
    }
}
