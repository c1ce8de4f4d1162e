package io.sluice.compare.result;

import java.util.List;

/**
 * One combination of factors and what its forks measured.
 *
 * @param id names the measurement within the run
 * @param factors the combination
 * @param status {@link #OK}, {@link #INVALID}, {@link #NOT_AVAILABLE} or {@link #FAILED}
 * @param reason why the status is not {@link #OK}; otherwise null
 * @param flags the ids of the validity rules that fired, "V06" for instance
 * @param forks one for each fresh pair of processes
 */
public record Measurement(
        String id,
        Factors factors,
        String status,
        String reason,
        List<String> flags,
        List<Fork> forks) {

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
        factors = factors != null ? factors : new Factors(null, null, null, 0, null, null, null, 0);
        flags = Copies.of(flags);
        forks = Copies.of(forks);
    }

    /** Returns {@link #forks()}. */
    public List<Fork> launches() {
        return forks;
    }

    /** Tests whether the numbers may be used: status {@link #OK} and at least one fork. */
    public boolean usable() {
        return OK.equals(status) && !forks.isEmpty();
    }
}
