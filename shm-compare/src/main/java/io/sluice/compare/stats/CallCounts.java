package io.sluice.compare.stats;

import io.sluice.compare.result.Audit;
import io.sluice.compare.result.Cell;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Results;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Who counted the system calls of a cell. The ends count those that they make themselves; what a
 * library calls inside of it they cannot see, and its 0 is no number. Then there is what an outside
 * observer counted, if one did.
 */
public final class CallCounts {
    /** Mechanisms say so of themselves, in words. */
    private static final String NOT_COUNTED = "not counted";

    private final Results results;

    /** Makes one for the cells of these results. */
    public CallCounts(Results results) {
        this.results = results;
    }

    /** Returns what the cell's mechanism says of itself, by the traits' names; empty if nothing. */
    public Map<String, String> traits(Cell cell) {
        Factors f = cell.factors();
        Map<String, Map<String, String>> all = results.traits();
        Map<String, String> own = all.get(f.mechanism() + "/" + f.waiting());
        own = own != null ? own : f.mechanism() == null ? null : all.get(f.mechanism());
        return own != null ? own : Map.of();
    }

    /** Whether the ends' own counts hold all calls of their mechanism. */
    public boolean byTheEnds(Cell cell) {
        return !traits(cell).getOrDefault("other calls", "").contains(NOT_COUNTED);
    }

    /** Returns what somebody else counted of the cell's mechanism and way to wait. */
    public Optional<Audit> audit(Cell cell) {
        Factors f = cell.factors();
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
    public Estimate audited(Cell cell) {
        return Factors.RTT.equals(cell.factors().pattern())
                ? audit(cell)
                        .map(a -> a.perMessage().values().stream().mapToDouble(n -> n).sum())
                        .map(sum -> new Estimate(sum, Double.NaN, Double.NaN))
                        .orElse(Estimate.NONE)
                : Estimate.NONE;
    }
}
