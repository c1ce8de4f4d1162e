package io.sluice.compare.cli;

import io.sluice.compare.result.Audit;
import io.sluice.compare.result.NotMeasured;
import io.sluice.compare.result.Results;
import io.sluice.compare.transport.Transport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Adds an outside observer's counts to results. */
final class AuditRuns {
    private AuditRuns() {}

    /** Counts the system calls of one mechanism. */
    interface Counter {
        Audit count(Transport transport) throws IOException;
    }

    /**
     * Adds the calls of each mechanism. A mechanism that cannot be observed, or an observer that is
     * stopped, does not discard the measured results: it is listed as not measured.
     *
     * @param results what was measured
     * @param transports its mechanisms
     * @param counter the observer, if there is one here
     * @return the same with audits
     */
    static Results addTo(Results results, List<Transport> transports, Optional<Counter> counter) {
        List<Audit> audits = new ArrayList<>(results.audit());
        List<NotMeasured> missing = new ArrayList<>(results.notMeasured());
        if (counter.isEmpty()) {
            missing.add(new NotMeasured("system calls under strace", "strace is not in PATH"));
        }
        for (Transport transport : counter.isEmpty() ? List.<Transport>of() : transports) {
            try {
                if (transport.unavailable().isEmpty()) {
                    audits.add(counter.get().count(transport));
                }
            } catch (IOException e) {
                String what = "system calls of " + transport.name() + " under strace";
                missing.add(new NotMeasured(what, e.getMessage()));
            }
        }
        return results.withAudit(audits).withNotMeasured(missing);
    }
}
