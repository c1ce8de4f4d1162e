package io.sluice.compare.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compare.result.Factors;
import io.sluice.compare.result.FactorsBuilder;
import io.sluice.compare.result.Fork;
import io.sluice.compare.result.ForkBuilder;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.result.Results;
import io.sluice.compare.result.Touch;
import io.sluice.compare.result.Waiting;
import io.sluice.compare.stats.SyntheticResults;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Measurements that differ from the ordinary ones in touch, rate, batch or placement. */
class UnusualMeasurementsTest {
    private static final Measurement SPIN = measurement("sluice", Waiting.SPIN, 450);
    private static final Measurement PIPE = measurement("pipe", Waiting.BLOCK, 12_000);

    @Test
    void theHeadlineIsOfWholeUnpacedMessagesInTheMainPlacement() {
        Measurement quick = measurement("sluice", Waiting.SPIN, 77);
        Measurement slow = measurement("pipe", Waiting.BLOCK, 91_000);
        SyntheticResults run = new SyntheticResults();
        run.measurement(with(quick, Touch.NONE, null, 1))
                .measurement(with(slow, Touch.FULL, 1e3, 1));
        run.measurement(SyntheticResults.in("one-cpu", slow))
                .measurement(SyntheticResults.in("one-cpu", quick));
        ReportModel model = new ReportModel(run.measurement(PIPE).measurement(SPIN).build());
        String said = new Verdict(model).headline();
        assertTrue(said.contains("12.0\u00a0µs") && said.contains("45"), said);
        assertEquals(SyntheticResults.PLACEMENT, model.headline().orElseThrow().placement());
    }

    @Test
    void stepsAreNoPartOfAPipeThatHasNoNumber() {
        SyntheticResults run = new SyntheticResults().measurement(SPIN);
        run.without("pipe", Waiting.BLOCK, 64, Measurement.FAILED, "exit 134");
        String page = HtmlReport.render(run.build());
        assertTrue(page.contains("of the longest round trip that is drawn here."));
        assertFalse(page.contains("of a round trip through a blocking pipe."));
    }

    @Test
    void roundTripsAtARateStandWhereResponseAndServiceTimeDo() {
        Measurement paced = with(PIPE, Touch.FULL, 1e3, 1);
        Results results =
                new SyntheticResults()
                        .measurement(PIPE)
                        .measurement(SPIN)
                        .measurement(paced)
                        .build();
        ReportModel model = new ReportModel(results);
        assertEquals(2, model.rows(Pattern.RTT).size());
        assertEquals(1, model.attributions.size());
        String page = HtmlReport.render(results);
        String load = page.substring(page.indexOf("id=\"load\""));
        load = load.substring(0, load.indexOf("id=\"gap\""));
        assertTrue(load.contains("Pipe, 64\u00a0B, round trips"), load);
        String latency =
                page.substring(page.indexOf("id=\"latency\""), page.indexOf("id=\"load\""));
        assertFalse(latency.contains(", round trips"), latency);
    }

    @Test
    void aReferenceHasTheSameTouchAndBatch() {
        Measurement untouched = with(SPIN, Touch.NONE, null, 1);
        SyntheticResults run =
                new SyntheticResults().measurement(untouched).measurement(SPIN).measurement(PIPE);
        String row = row(HtmlReport.render(run.build()), PIPE.id());
        assertFalse(row.contains("none"), row);
        SyntheticResults batched =
                new SyntheticResults()
                        .measurement(with(SPIN, Touch.FULL, null, 256))
                        .measurement(PIPE);
        row = row(HtmlReport.render(batched.build()), PIPE.id());
        assertTrue(row.contains("✗ up to 1 against up to 256 messages a call"), row);
        batched.measurement(SPIN);
        row = row(HtmlReport.render(batched.build()), PIPE.id());
        assertFalse(row.contains("a call against"), row);
        SyntheticResults paced =
                new SyntheticResults()
                        .measurement(with(SPIN, Touch.FULL, 1e3, 1))
                        .measurement(PIPE);
        assertTrue(HtmlReport.render(paced.build()).contains("No pair to check"));
    }

    @Test
    void whatNioAddsStandsBesideTheSystemCallsOfTheSameObject() {
        SyntheticResults run =
                new SyntheticResults()
                        .measurement(PIPE)
                        .measurement(SPIN)
                        .measurement(measurement("nio.uds", Waiting.BLOCK, 16_000));
        String title = "What Java’s NIO adds to a median round trip, messages of 64\u00a0B, ";
        assertFalse(HtmlReport.render(run.build()).contains(title), "there is nothing to subtract");
        run.measurement(measurement("uds.stream", Waiting.BLOCK, 14_000));
        String page = HtmlReport.render(run.build());
        String table = page.substring(page.indexOf(title));
        table = table.substring(0, table.indexOf("</table>"));
        assertTrue(table.contains("Example 3000"), "it says of which machine it is");
        assertTrue(table.matches("(?s).*14\\.0.µs.*16\\.0.µs.*2\\.00.µs.*"), table);
    }

    @Test
    void theMethodSaysWhatThisRunDid() {
        String page = HtmlReport.render(new SyntheticResults().measurement(PIPE).build());
        assertTrue(page.contains("the receiver reads every byte and checks it."), "all touched");
        assertTrue(
                page.contains("was measured before and after the measurements. Each block"),
                "no floor beside a block");
        Measurement header = with(SPIN, Touch.HEADER, null, 1);
        page =
                HtmlReport.render(
                        new SyntheticResults()
                                .floor(null)
                                .measurement(PIPE)
                                .measurement(header)
                                .floors(140, 150)
                                .build());
        assertTrue(
                page.contains("In measurements of “touch header” the first 64 bytes are written"));
        assertTrue(page.contains("but in measurements whose names say otherwise"));
        assertTrue(page.contains("was measured by the ends of 2 of 12 blocks"));
        page = HtmlReport.render(new SyntheticResults().floor(null).measurement(PIPE).build());
        assertTrue(page.contains("a cache line passed between two CPUs, was not measured"));
    }

    private static String row(String page, String id) {
        String table =
                page.substring(
                        page.indexOf(
                                "Each measurement against spinning shared memory of the same"));
        table = table.substring(table.indexOf(">" + id + "<"));
        return table.substring(0, table.indexOf("</tr>"));
    }

    private static Measurement measurement(String mechanism, Waiting wait, double medianNs) {
        return new SyntheticResults()
                .rtt(mechanism, wait, 64, medianNs)
                .build()
                .measurements()
                .get(0);
    }

    private static Measurement with(Measurement measurement, Touch touch, Double rate, int batch) {
        Factors f = measurement.factors();
        Factors odd =
                FactorsBuilder.builder(f).touch(touch).batch(batch).ratePerSecond(rate).build();
        List<Fork> forks = measurement.forks();
        if (rate != null) {
            forks = forks.stream().map(UnusualMeasurementsTest::paced).toList();
        }
        String id = measurement.id() + "/" + touch + "/" + rate + "/" + batch;
        return new Measurement(id, odd, Measurement.OK, null, null, forks);
    }

    private static Fork paced(Fork fork) {
        return ForkBuilder.builder(fork)
                .meanUntimedNs(0)
                .lineRoundTripNs(0)
                .service(fork.hdr())
                .response(fork.hdr())
                .build();
    }
}
