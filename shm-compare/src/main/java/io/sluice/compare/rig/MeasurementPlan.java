package io.sluice.compare.rig;

import io.sluice.compare.result.Pattern;
import io.sluice.compare.transport.Transport;
import java.util.List;
import java.util.Optional;

/**
 * A measurement to measure.
 *
 * @param transport the mechanism
 * @param workload what the ends do
 * @param placement where they run; null for the pair of the run
 */
public record MeasurementPlan(Transport transport, Workload workload, Placement placement) {
    /** Mechanisms whose calls transfer one message have no batches. */
    public MeasurementPlan {
        workload = transport.supportsBatches() ? workload : workload.with(w -> w.batch = 1);
    }

    /**
     * Creates one with the default number of messages per call, every byte touched, on the run's
     * CPUs.
     */
    public MeasurementPlan(Transport transport, Pattern pattern, int size) {
        this(transport, Workload.of(pattern, size), null);
    }

    /**
     * Returns the measurement's name in results.
     *
     * @return mechanism, waiting, pattern, size, and what else is unusual
     */
    public String id() {
        String id =
                transport.id()
                        + "/"
                        + transport.waiting()
                        + "/"
                        + workload.id(transport.supportsBatches() ? Workload.DEFAULT_BATCH : 1);
        return placement == null ? id : id + "/" + placement.name();
    }

    /** Returns how messages are exchanged. */
    public Pattern pattern() {
        return workload.pattern();
    }

    /** Returns how long messages are, in bytes. */
    public int size() {
        return workload.size();
    }

    /** Returns why it cannot be measured, if that is known before it is tried. */
    Optional<Impossible> impossible() {
        Optional<Impossible> unavailable =
                transport.unavailable().map(why -> new Impossible(List.of(), why));
        return unavailable.isPresent() ? unavailable : unfit();
    }

    /** Returns why its mechanism, if that is available, cannot do what is to be measured. */
    Optional<Impossible> unfit() {
        Optional<Impossible> tooLarge =
                transport.tooLarge(size()).map(why -> new Impossible(List.of("V12"), why));
        if (tooLarge.isPresent()) {
            return tooLarge;
        }
        return pattern() == Pattern.FANIN && !transport.supportsFanIn()
                ? Optional.of(
                        new Impossible(
                                List.of(),
                                "fan-in is not implemented for " + transport.name() + " here"))
                : Optional.empty();
    }

    /**
     * A reason.
     *
     * @param flags the validity rules that apply
     * @param reason in words
     */
    record Impossible(List<String> flags, String reason) {}
}
