package io.sluice.compare.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Fork;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.result.Records;
import io.sluice.compare.result.Results;
import io.sluice.compare.result.Touch;
import io.sluice.compare.result.Waiting;
import io.sluice.compare.stats.SyntheticResults;
import io.sluice.compare.transport.Transport;
import io.sluice.compare.transport.Transports;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MechanismNamesTest {
    private static final java.util.regex.Pattern WORDS =
            java.util.regex.Pattern.compile(
                    "<text class=\"name\"[^>]*>([^<]*)</text>(\\s*<text class=\"detail\""
                            + " x=\"0\"[^>]*>([^<]*)<)?");

    @Test
    void whatCanBeMeasuredHasANameOfItsOwn() {
        Set<String> names = new HashSet<>();
        for (Transport transport : Transports.all()) {
            Series series = Series.of(factors(transport), List.of());
            assertFalse(series.name().startsWith(transport.id()), transport.id() + " has no name");
            assertTrue(names.add(series.name()), series.name());
        }
        assertTrue(names.size() > 30, names.toString());
    }

    @Test
    void whatIsNotKnownKeepsItsIdAndItsWaiting() {
        Factors factors =
                Records.factors(
                        "other",
                        Waiting.SPIN,
                        Pattern.RTT,
                        64,
                        Touch.FULL,
                        "same-llc",
                        List.of(),
                        0);
        assertEquals("other, spinning", Series.of(factors, List.of()).name());
    }

    @Test
    void aMechanismHasOneNameOnTheWholePage() {
        String page = CompleteResults.page();
        assertFalse(page.contains(" · blocking") || page.contains("Shared memory, futex"));
        String outside =
                page.replaceAll("(?s)<table.*?</table>|<script.*?</script>|<pre.*?</pre>", "");
        for (String id : List.of("pipe.hint", "uds.stream", "sluice ")) {
            // Measurements have ids in warnings, with slashes.
            assertFalse(outside.contains(id) && !outside.contains(id + "/"), id);
        }
    }

    @Test
    void noTwoRowsOfAChartHaveOneName() {
        List<Fork> forks =
                new SyntheticResults()
                        .rtt("pipe", Waiting.BLOCK, 64, 1000)
                        .build()
                        .measurements()
                        .get(0)
                        .forks();
        SyntheticResults all = new SyntheticResults();
        for (Transport transport : Transports.all()) {
            Factors factors = factors(transport);
            all.measurement(
                    new Measurement(
                            transport.name(), factors, Measurement.OK, null, List.of(), forks));
            all.stream(transport.id(), transport.waiting(), 64, 1e6);
        }
        for (Results results : List.of(all.build(), CompleteResults.build())) {
            int seen = 0;
            for (String picture : HtmlReport.render(results).split("<svg ")) {
                Set<String> names = new HashSet<>();
                // A second line distinguishes, too.
                var words = WORDS.matcher(picture.split("</svg>")[0]);
                while (words.find()) {
                    seen++;
                    assertFalse(words.group(1).endsWith("…"), words.group());
                    assertTrue(
                            names.add(words.group(1) + words.group(3)),
                            words.group() + " in " + names);
                }
            }
            assertTrue(seen > 40, "names seen: " + seen);
        }
    }

    private static Factors factors(Transport transport) {
        return Records.factors(
                transport.id(),
                transport.waiting(),
                Pattern.RTT,
                64,
                Touch.FULL,
                "same-llc",
                List.of(),
                0);
    }
}
