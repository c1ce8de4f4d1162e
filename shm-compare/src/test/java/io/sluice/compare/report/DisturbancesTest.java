package io.sluice.compare.report;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compare.result.Details;
import io.sluice.compare.result.EndCounters;
import io.sluice.compare.result.EndCountersBuilder;
import io.sluice.compare.result.Environment;
import io.sluice.compare.result.EnvironmentBuilder;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.FloorReading;
import io.sluice.compare.result.Fork;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Numbers;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.result.Records;
import io.sluice.compare.result.Results;
import io.sluice.compare.result.SystemCounters;
import io.sluice.compare.result.Waiting;
import io.sluice.compare.stats.SyntheticResults;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What was recorded beside the times is shown. */
class DisturbancesTest {
    @Test
    void disturbancesAreShown() {
        Results results = new SyntheticResults().measurement(lived(Pattern.RTT, 100)).build();
        String page = HtmlReport.render(results);
        String table = page.substring(page.indexOf("<caption>What happened inside the blocks: "));
        table = table.substring(0, table.indexOf("</details>"));
        for (String part :
                List.of(
                        "<td>10.0\u00a0ns<",
                        "<td>20.0\u00a0ns<",
                        "<td>0.90<",
                        "<td>0.01<",
                        "<td>6<",
                        "<td>2<",
                        "<td>14\u00a0ms<",
                        "<td>1 of 2<",
                        "<td>2.90 to 3.10<",
                        "<td>100\u00a0ns<")) {
            assertTrue(table.contains(part), part + "\n" + table);
        }
        assertFalse(page.contains("Read times one way with care"), "round trips have one clock");
    }

    @Test
    void aTimeOneWayThatTheClocksCouldHaveMadeIsWarnedOf() {
        assertTrue(
                HtmlReport.render(
                                new SyntheticResults()
                                        .measurement(lived(Pattern.ONEWAY, 100))
                                        .build())
                        .contains("is partly theirs: odd/oneway."));
        assertFalse(
                HtmlReport.render(
                                new SyntheticResults()
                                        .measurement(lived(Pattern.ONEWAY, 1))
                                        .build())
                        .contains("is partly theirs"));
    }

    @Test
    void aSampledBoundarySaysByHowMuchItMayBeOff() {
        Results plain = new SyntheticResults().rtt("pipe", Waiting.BLOCK, 64, 12_000).build();
        assertTrue(HtmlReport.render(plain).contains("<td>–<"));
        String page = HtmlReport.render(ticking(plain));
        assertTrue(page.contains("sampled here by the clock tick"));
        assertTrue(page.contains("<td>±\u00a0"));
    }

    @Test
    void theStepsOfTheFloorAreATable() {
        FloorReading floorReading =
                new FloorReading(
                        24,
                        6,
                        210,
                        380,
                        610,
                        1,
                        Map.of(4096, 90.0),
                        Map.of(4096, 480.0),
                        Map.of("pipe", Map.of(64, 700.0)),
                        5200,
                        1300,
                        List.of(new FloorReading.Jitter(1, 1_000_000, 4, 20_000, 9_000)),
                        2.9);
        String page = HtmlReport.render(new SyntheticResults().floor(floorReading).build());
        String table =
                page.substring(page.indexOf("<caption>The steps by themselves, on the pair"));
        table = table.substring(0, table.indexOf("</table>"));
        for (String part :
                List.of(
                        "copying 4\u00a0KiB from this CPU’s cache",
                        "480\u00a0ns",
                        "one thread writes and reads its own pipe, 64\u00a0B",
                        "waking a sleeper through a futex, one way",
                        "5.20\u00a0µs",
                        "two threads of one CPU yield",
                        "taken from a thread that spins on CPU 1",
                        "2.0\u00a0%")) {
            assertTrue(table.contains(part), part + "\n" + table);
        }
        assertFalse(
                HtmlReport.render(new SyntheticResults().floor(null).build())
                        .contains("What nothing can beat"));
    }

    @Test
    void mechanismsThatDifferInSeveralFactorsStandBesideTheFour() {
        SyntheticResults run =
                new SyntheticResults()
                        .rtt("pipe", Waiting.BLOCK, 64, 12_000)
                        .rtt("pipe.nonblock", Waiting.NONBLOCK, 64, 3_000)
                        .rtt("sluice.offer", Waiting.SPIN, 64, 500)
                        .rtt("sluice", Waiting.SPIN, 64, 450);
        String page = HtmlReport.render(run.build());
        String table = page.substring(page.indexOf("<caption>Beside these four"));
        table = table.substring(0, table.indexOf("</table>"));
        assertTrue(table.contains("Pipe, polled"), table);
        assertTrue(table.contains("lock contention included"), table);
        assertTrue(table.contains("one copy"), table);
    }

    @Test
    void severalEndsAreShownAsFarAsTheyWereTried() {
        Measurement one = lived(Pattern.FANIN, 1);
        Factors f = one.factors();
        Factors pipe =
                Records.factors(
                        "eventfd", Waiting.EVENTFD, Pattern.FANIN, 64, f.touch(), "x", null, 0);
        Measurement other =
                new Measurement(
                        "e", pipe, Measurement.NOT_AVAILABLE, "it has one sender", null, List.of());
        String page =
                HtmlReport.render(
                        new SyntheticResults().measurement(one).measurement(other).build());
        String table = page.substring(page.indexOf("<caption>Several ends, and losses"));
        table = table.substring(0, table.indexOf("</table>"));
        assertTrue(table.contains("<td>yes, measured<"), table);
        assertTrue(table.contains("not available here: it has one sender"), table);
        assertTrue(table.contains("<td>not tried in this run<"), table);
        assertTrue(table.contains("<td>none<"), table);
        Results plain = new SyntheticResults().rtt("pipe", Waiting.BLOCK, 64, 9_000).build();
        assertFalse(HtmlReport.render(plain).contains("Several ends, and losses"));
    }

    /** Two forks, of which one had warmed up. */
    static Measurement lived(Pattern pattern, double clocksApartNs) {
        Results plain = new SyntheticResults().rtt("odd", Waiting.SPIN, 64, 450).build();
        Measurement measurement = plain.measurements().get(0);
        Factors f = measurement.factors();
        Factors factors =
                Records.factors(
                        f.mechanism(),
                        f.waiting(),
                        pattern,
                        f.size(),
                        f.touch(),
                        f.placement(),
                        f.cpus(),
                        0);
        String hdr = measurement.forks().get(0).hdr();
        boolean answered = pattern == Pattern.RTT;
        List<Fork> forks =
                List.of(1.0, 0.0).stream()
                        .map(
                                steady ->
                                        new Fork(
                                                steady.intValue(),
                                                500,
                                                450_000,
                                                answered ? hdr : null,
                                                0,
                                                Map.of(
                                                        Fork.INITIATOR,
                                                        end(10_000, 1),
                                                        Fork.RESPONDER,
                                                        end(20_000, 0)),
                                                0,
                                                answered ? null : hdr,
                                                answered ? null : hdr,
                                                new SystemCounters(450_000, 0L, 0L, 900L, 10L),
                                                null,
                                                Map.of(
                                                        Numbers.STEADY,
                                                        steady,
                                                        Numbers.GHZ_BEFORE,
                                                        2.9,
                                                        Numbers.GHZ_AFTER,
                                                        3.1,
                                                        Numbers.CLOCK_OFFSET_NS,
                                                        -clocksApartNs)))
                        .toList();
        return new Measurement("odd/" + pattern, factors, Measurement.OK, null, null, forks);
    }

    private static EndCounters end(long cpuNs, long collections) {
        return EndCountersBuilder.builder()
                .cpuNs(cpuNs)
                .userNs(cpuNs)
                .messages(500)
                .migrations(3 - 3 * collections)
                .collections(collections)
                .compilationMs(7 * collections)
                .safepointNs(2_000_000L * collections)
                .build();
    }

    private static Results ticking(Results r) {
        Environment e = r.environment();
        Environment ticking =
                EnvironmentBuilder.builder(e)
                        .loadBefore(0)
                        .loadAfter(0)
                        .notes(null)
                        .limits(null)
                        .details(
                                Map.of(
                                        Details.KERNEL,
                                        Map.of("cputime accounting", "tick", "hz", "250")))
                        .libraries(null)
                        .build();
        return Records.results(
                r.schema(),
                r.tool(),
                r.run(),
                ticking,
                r.floorBefore(),
                r.floorAfter(),
                r.measurements());
    }
}
