package io.sluice.compare.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compare.result.Audit;
import io.sluice.compare.result.Results;
import io.sluice.compare.result.ResultsBuilder;
import io.sluice.compare.result.Waiting;
import io.sluice.compare.stats.SyntheticResults;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CallAuditTest {
    private static final Map<String, String> PIPE =
            Map.of("calls to send", "write", "calls to receive", "read");
    private static final Map<String, String> SHARED = Map.of("copies", "0");

    @Test
    void aWriteAndAReadForEachMessage() {
        CallAudit.ExpectedCalls expectedCalls = CallAudit.ExpectedCalls.of(PIPE, Waiting.BLOCK);
        assertEquals("read\u00a01.00, write\u00a01.00", expectedCalls.words());
        assertEquals(
                List.of(),
                expectedCalls.mismatches(Map.of("read", 1.003, "write", 1.0), Audit.RARE));
        assertEquals(
                List.of("write 0.50"),
                expectedCalls.mismatches(Map.of("read", 1.0, "write", 0.5), Audit.RARE));
        assertEquals(
                List.of("read 1.50"),
                expectedCalls.mismatches(Map.of("read", 1.5, "write", 1.0), Audit.RARE));
        assertEquals(
                List.of("poll 0.10, not promised"),
                expectedCalls.mismatches(
                        Map.of("read", 1.0, "write", 1.0, "poll", 0.1), Audit.RARE));
        assertEquals(
                List.of(),
                expectedCalls.mismatches(
                        Map.of("read", 1.0, "write", 1.0, "fcntl", 0.0001), Audit.RARE));
    }

    @Test
    void spinningExpectsNoCallsAndIsChecked() {
        Map<String, String> alive = Map.of("other calls", "Once in a millisecond, fcntl.");
        CallAudit.ExpectedCalls expectedCalls = CallAudit.ExpectedCalls.of(alive, Waiting.SPIN);
        assertTrue(expectedCalls.isChecked());
        assertEquals("0.00", expectedCalls.words());
        assertEquals(List.of(), expectedCalls.mismatches(Map.of("fcntl", 0.0001), Audit.RARE));
        assertEquals(
                List.of("futex 0.20, not promised"),
                expectedCalls.mismatches(Map.of("futex", 0.2), Audit.RARE));
    }

    @Test
    void theVirtualMachinesCallsAreNotHeldAgainstAMechanism() {
        CallAudit.ExpectedCalls expectedCalls = CallAudit.ExpectedCalls.of(PIPE, Waiting.BLOCK);
        Map<String, Double> seen = Map.of("read", 1.0, "write", 1.0, "futex", 0.19);
        assertEquals(List.of(), expectedCalls.mismatches(seen, 0.5));
        Map<String, Double> hidden = Map.of("futex", 0.98);
        assertEquals(
                List.of("futex 0.98, not promised"),
                CallAudit.ExpectedCalls.of(SHARED, Waiting.SPIN).mismatches(hidden, 0.5));
    }

    @Test
    void occasionalCallsAreNotCheckedByNumber() {
        CallAudit.ExpectedCalls sleeper = CallAudit.ExpectedCalls.of(SHARED, Waiting.FUTEX);
        assertFalse(sleeper.isChecked());
        assertEquals("no number: it calls at times", sleeper.words());
        assertEquals(List.of(), sleeper.mismatches(Map.of("futex", 1.72), Audit.RARE));
        Map<String, String> asking =
                Map.of(
                        "calls to send", "write",
                        "calls to receive", "read",
                        "other calls", "A read for every look that finds nothing.");
        CallAudit.ExpectedCalls again = CallAudit.ExpectedCalls.of(asking, Waiting.NONBLOCK);
        assertEquals("at least read\u00a01.00, write\u00a01.00", again.words());
        assertEquals(List.of(), again.mismatches(Map.of("read", 35.0, "write", 1.0), Audit.RARE));
        assertEquals(
                List.of("read 0.20"),
                again.mismatches(Map.of("read", 0.2, "write", 1.0), Audit.RARE));
    }

    @Test
    void thePageSaysWhetherExpectedAndCountedCallsAgree() {
        String page = page(new Audit("pipe", Waiting.BLOCK, 1000, calls(1000), "strace"));
        assertTrue(page.contains("Promised and counted agree for all 2 that promise"), page);
        assertTrue(page.contains("✓\u00a0agrees"));
        String broken = page(new Audit("pipe", Waiting.BLOCK, 1000, calls(400), "strace"));
        assertTrue(broken.contains("1 of 2 that promise a number did not keep it"), broken);
        assertTrue(broken.contains("✗ strace: write 0.40"), broken);
    }

    @Test
    void anAuditOfAnotherWayToWaitIsNotTaken() {
        String page = page(new Audit("pipe", Waiting.NONBLOCK, 1000, calls(400), "strace"));
        assertFalse(page.contains("write 0.40"), page);
        assertTrue(page.contains("not audited"), page);
    }

    @Test
    void withoutAnAuditThePageNamesTheCounter() {
        assertTrue(page().contains("Only the ends themselves counted in this run"));
    }

    @Test
    void uncountedCallsAreNoZero() {
        String page = HtmlReport.render(UncountedResults.results());
        String row = row(page, "Unix socket, Java NIO");
        assertTrue(row.contains(">not counted<"), row);
        assertTrue(row.matches("(?s).*trip</td>\\s*<td>not counted</td>\\s*<td>–</td>.*"), row);
        page =
                HtmlReport.render(
                        UncountedResults.results(
                                new Audit(
                                        "nio.uds",
                                        Waiting.BLOCK,
                                        1000,
                                        Map.of("read", 1000L, "write", 1100L),
                                        "strace")));
        row = row(page, "Unix socket, Java NIO");
        assertTrue(row.contains(">2.10 (strace)<"), row);
        assertTrue(row.contains("read\u00a01.00, write\u00a01.10"), row);
    }

    private static String row(String page, String name) {
        String table = page.substring(page.indexOf("<caption>System calls, switches and faults"));
        table = table.substring(table.indexOf(name));
        return table.substring(0, table.indexOf("</tr>"));
    }

    private static Map<String, Long> calls(long writes) {
        return Map.of("read", 1000L, "write", writes, "mprotect", 3L);
    }

    /** Returns the part of the page. */
    private static String page(Audit... audits) {
        Results r =
                new SyntheticResults()
                        .rtt("pipe", Waiting.BLOCK, 64, 12_000)
                        .rtt("sluice", Waiting.SPIN, 64, 450)
                        .build();
        Results all =
                ResultsBuilder.builder(r)
                        .floorPairs(null)
                        .attribution(null)
                        .traits(Map.of("pipe", PIPE, "sluice", SHARED))
                        .audit(List.of(audits))
                        .notMeasured(null)
                        .flags(null)
                        .build();
        String page = HtmlReport.render(all);
        int begin = page.indexOf("Do they call as often as they say?");
        return page.substring(begin, page.indexOf("</details>", begin));
    }
}
