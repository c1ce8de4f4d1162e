package io.sluice.compare.result;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;

/**
 * What was requested.
 *
 * @param id names this run
 * @param startedUtc when it began, ISO 8601 in UTC
 * @param finishedUtc when it ended, ISO 8601 in UTC; null if it did not
 * @param suite which preset of measurements was run
 * @param seed orders the forks
 * @param forks how many rounds are complete: fresh pairs of processes for each measurement; 1 also
 *     if none is
 * @param argv the command line, to run it again
 * @param order the id of each fork's measurement, also of those that failed, in the order they were
 *     run
 * @param interrupted whether it was stopped before its end: some forks are missing then
 * @param redacted whether names of host and user, paths and serial numbers were removed
 * @param grade how far the numbers may be used; null if not judged
 * @param warmUpNs the longest warm-up of a fork; 0 if not recorded
 * @param blockNs how long a fork measured; 0 if not recorded
 * @param pauseNs the pause injected in each fork; 0 if there was none
 */
@RecordBuilder
public record Run(
        String id,
        String startedUtc,
        String finishedUtc,
        String suite,
        long seed,
        int forks,
        List<String> argv,
        List<String> order,
        boolean interrupted,
        boolean redacted,
        Grade grade,
        long warmUpNs,
        long blockNs,
        long pauseNs)
        implements RunBuilder.With {

    /** Copies the lists. */
    public Run {
        argv = Copies.of(argv);
        order = Copies.of(order);
    }
}
