package io.sluice.compare.rig;

import io.sluice.compare.result.Factors;
import io.sluice.compare.result.FactorsBuilder;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.transport.Traits;
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
    /** How a message enters and leaves, by the number of copies. */
    private static final List<String> APIS = List.of("claim", "offer", "copy");

    /** Mechanisms whose calls transfer one message have no batches. */
    public MeasurementPlan {
        workload = transport.supportsBatches() ? workload : workload.withBatch(1);
    }

    /**
     * Returns the measurement's name in results.
     *
     * @return mechanism, waiting, pattern, size, and what else is unusual
     */
    public String id() {
        String workloadId = workload.id(transport.supportsBatches() ? Workload.DEFAULT_BATCH : 1);
        return transport.name()
                + "/"
                + workloadId
                + (placement == null ? "" : "/" + placement.name());
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
        return transport.unavailable().map(why -> new Impossible(List.of(), why)).or(this::unfit);
    }

    /** Returns why its mechanism, if that is available, cannot do what is to be measured. */
    Optional<Impossible> unfit() {
        return transport
                .tooLarge(size())
                .map(why -> new Impossible(List.of("V12"), why))
                .or(this::fanInMissing);
    }

    private Optional<Impossible> fanInMissing() {
        String why = "fan-in is not implemented for " + transport.name() + " here";
        return pattern() == Pattern.FANIN && !transport.supportsFanIn()
                ? Optional.of(new Impossible(List.of(), why))
                : Optional.empty();
    }

    /** Returns where the ends run, in a run on that pair of CPUs. */
    Placement place(Placement pair) {
        return placement == null ? pair : placement;
    }

    /**
     * Returns the factors of the measurement, for the results.
     *
     * @param pair the CPUs of the run
     * @param capacityBytes how many bytes may be in flight; 0 if not known
     */
    Factors factors(Placement pair, long capacityBytes) {
        Placement place = place(pair);
        Traits traits = transport.traits();
        long counted = traits.capacity().messages();
        long messages = counted > 0 ? counted : capacityBytes / size();
        boolean paced = workload.ratePerSecond() > 0 || workload.load() > 0;
        return FactorsBuilder.builder()
                .mechanism(transport.id())
                .waiting(transport.waiting())
                .pattern(pattern())
                .size(size())
                .touch(workload.touch())
                .placement(place.name())
                .cpus(place.cpus())
                .capacityBytes(capacityBytes)
                .api(APIS.get(Math.min(traits.cost().copies(), 2)))
                .producers(workload.producers())
                .consumers(workload.consumers())
                .batch(workload.batch())
                .ratePerSecond(workload.ratePerSecond() > 0 ? workload.ratePerSecond() : null)
                .schedule(paced ? workload.schedule() : null)
                .gapNs(workload.gapNs() > 0 ? workload.gapNs() : null)
                .capacityMessages(counted > 0 || capacityBytes > 0 ? messages : null)
                .load(workload.load() > 0 ? workload.load() : null)
                .build();
    }

    /**
     * A reason.
     *
     * @param flags the validity rules that apply
     * @param reason in words
     */
    record Impossible(List<String> flags, String reason) {}
}
