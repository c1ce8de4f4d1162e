package io.sluice.compare.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compare.report.CompleteResults;
import io.sluice.compare.result.Audit;
import io.sluice.compare.result.NotMeasured;
import io.sluice.compare.result.Results;
import io.sluice.compare.transport.Transport;
import io.sluice.compare.transport.Transports;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AuditRunsTest {
    private static final Results MEASURED = CompleteResults.build();

    private static Audit failing(Transport transport) throws IOException {
        if (transport.id().equals("pipe")) {
            throw new IOException("strace broke");
        }
        return new Audit(transport.id(), transport.waiting(), 10, Map.of("read", 10L), "strace");
    }

    @Test
    void oneThatCannotBeObservedIsListedAndTheRunIsKept() {
        List<Transport> both = List.of(Transports.of("pipe"), Transports.of("fifo"));
        Results audited = AuditRuns.addTo(MEASURED, both, Optional.of(AuditRunsTest::failing));
        assertEquals(MEASURED.measurements(), audited.measurements());
        assertEquals(MEASURED.audit().size() + 1, audited.audit().size());
        assertTrue(
                audited.notMeasured()
                        .contains(
                                new NotMeasured(
                                        "system calls of pipe/block under strace", "strace broke")),
                audited.notMeasured().toString());
    }

    @Test
    void withoutAnObserverThatIsListed() {
        Results audited =
                AuditRuns.addTo(MEASURED, List.of(Transports.of("pipe")), Optional.empty());
        assertEquals(MEASURED.audit(), audited.audit());
        assertTrue(
                audited.notMeasured().toString().contains("strace is not in PATH"),
                audited.notMeasured().toString());
    }
}
