package io.sluice.compare.result;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * One combination of factors and what its forks measured.
 *
 * @param id names the measurement within the run
 * @param factors the combination
 * @param status {@link #OK}, {@link #INVALID}, {@link #NOT_AVAILABLE} or {@link #FAILED}
 * @param reason why the status is not {@link #OK}; otherwise null
 * @param flags the ids of the validity rules that fired, "V06" for instance
 * @param forks one for each fresh pair of processes
 * @param flaggedForks of the rules that look at each fork: in how many forks each fired, by its id
 * @param repeated what disturbed forks that were measured again, one text for each; they are not
 *     among the forks. Decided by what others used of the CPUs, never by the result
 */
public record Measurement(
        String id,
        Factors factors,
        String status,
        String reason,
        List<String> flags,
        List<Fork> forks,
        Map<String, Integer> flaggedForks,
        List<String> repeated) {

    /** Measured, and nothing forbids the use of the numbers. */
    public static final String OK = "ok";

    /** Measured, but the numbers must not be used: see the reason. */
    public static final String INVALID = "invalid";

    /** This machine or mechanism cannot do it: see the reason. */
    public static final String NOT_AVAILABLE = "na";

    /** It was tried and failed: see the reason. */
    public static final String FAILED = "failed";

    /** Copies the lists; absent factors become blank ones. */
    public Measurement {
        factors = factors != null ? factors : FactorsBuilder.builder().build();
        flags = Copies.of(flags);
        forks = Copies.of(forks);
        flaggedForks = Copies.of(flaggedForks);
        repeated = Copies.of(repeated);
    }

    /** Creates one of which no fork was flagged or repeated. */
    public Measurement(
            String id,
            Factors factors,
            String status,
            String reason,
            List<String> flags,
            List<Fork> forks) {
        this(id, factors, status, reason, flags, forks, null, null);
    }

    /**
     * Returns in how many of its forks a rule fired, where that is not in all of them.
     *
     * @param flag the rule's id
     * @return "1 of 3 forks"; an empty text if the rule fired in all forks or in none, or looks at
     *     the whole measurement
     */
    public String share(String flag) {
        Integer fired = flaggedForks.get(flag);
        return fired == null || fired == forks.size()
                ? ""
                : fired + " of " + forks.size() + " forks";
    }

    /** Returns what the ends of all forks counted. */
    public Stream<EndCounters> ends() {
        return forks.stream().flatMap(fork -> fork.ends().values().stream());
    }

    /** Tests whether the numbers may be used: status {@link #OK} and at least one fork. */
    public boolean usable() {
        return OK.equals(status) && !forks.isEmpty();
    }
}
