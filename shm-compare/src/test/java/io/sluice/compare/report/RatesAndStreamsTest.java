package io.sluice.compare.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.compare.export.DataTable;
import io.sluice.compare.export.Metric;
import io.sluice.compare.result.EndCounters;
import io.sluice.compare.result.EndCountersBuilder;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.FactorsBuilder;
import io.sluice.compare.result.Fork;
import io.sluice.compare.result.ForkBuilder;
import io.sluice.compare.result.Hdr;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Numbers;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.result.Records;
import io.sluice.compare.result.Results;
import io.sluice.compare.result.Schedule;
import io.sluice.compare.result.Touch;
import io.sluice.compare.result.Waiting;
import io.sluice.compare.stats.StreamPair;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

/** The two headlines: CPU at a fixed rate, and throughput of like with like. */
class RatesAndStreamsTest {
    private static final long SECOND = 1_000_000_000;

    private static Factors factors(
            String mechanism, Waiting waiting, Pattern pattern, int batch, Double rate) {
        return FactorsBuilder.builder()
                .mechanism(mechanism)
                .waiting(waiting)
                .pattern(pattern)
                .size(64)
                .touch(Touch.FULL)
                .placement("two-cpus")
                .cpus(List.of(0, 1))
                .capacityBytes(65_536)
                .batch(batch)
                .ratePerSecond(rate)
                .schedule(rate == null ? null : Schedule.FIXED)
                .build();
    }

    private static EndCounters end(double cpus) {
        return Records.counters((long) (cpus * SECOND), 0, 0, 0, 0, 0, 0, Map.of(), 0, 0, 0);
    }

    private static Measurement measurement(
            Factors factors, long messages, double sender, double receiver, double sending) {
        Fork fork =
                ForkBuilder.builder()
                        .messages(messages)
                        .durationNs(SECOND)
                        .ends(Map.of(Fork.INITIATOR, end(sender), Fork.RESPONDER, end(receiver)))
                        .lineRoundTripNs(400)
                        .numbers(Map.of(Numbers.SENDING_NS, sending * SECOND))
                        .build();
        return new Measurement(
                factors.mechanism() + factors.pattern() + factors.batch() + factors.ratePerSecond(),
                factors,
                Measurement.OK,
                null,
                null,
                List.of(fork, fork, fork));
    }

    private static Results results(Measurement... measurements) {
        return Records.results(Results.SCHEMA, null, null, null, null, null, List.of(measurements));
    }

    /** No end said what it used: that is not known, and not nothing. */
    @Test
    void whatAReceiverDidNotCountIsNotKnown() {
        Factors factors = factors("pipe", Waiting.BLOCK, Pattern.ONEWAY, 1, 1_000.0);
        Fork fork =
                ForkBuilder.builder()
                        .messages(1_000)
                        .durationNs(SECOND)
                        .lineRoundTripNs(400)
                        .build();
        Measurement pipe =
                new Measurement("id", factors, Measurement.OK, null, null, List.of(fork));
        assertTrue(Double.isNaN(Metric.RECEIVER_CPUS.samples(pipe)[0]));
        assertFalse(HtmlReport.render(results(pipe)).contains("0.00 CPUs"));
    }

    /** It counts a little longer than the sender measures: 1.03 CPUs were said to be busy. */
    @Test
    void aReceiverThatSpinsKeepsOneCpuBusy() {
        assertOneCpuForEachEnd(103 * SECOND / 100, 103 * SECOND / 100);
        assertOneCpuForEachEnd(SECOND, SECOND * 97 / 100); // An end that had counted for less.
    }

    private static void assertOneCpuForEachEnd(long cpuNs, long wallNs) {
        var counted = Map.of("cpuNs", cpuNs, "userNs", cpuNs, "wallNs", wallNs);
        EndCounters end = new ObjectMapper().convertValue(counted, EndCounters.class);
        Factors factors = factors("sluice", Waiting.SPIN, Pattern.ONEWAY, 1, 1_000.0);
        Map<String, EndCounters> ends = Map.of(Fork.INITIATOR, end, Fork.RESPONDER, end);
        Fork fork =
                ForkBuilder.builder()
                        .messages(1_000)
                        .durationNs(SECOND)
                        .ends(ends)
                        .lineRoundTripNs(400)
                        .build();
        Measurement spins =
                new Measurement("id", factors, Measurement.OK, null, null, List.of(fork));
        assertEquals(1.0, Metric.RECEIVER_CPUS.samples(spins)[0]);
        assertEquals(2.0, Metric.CPUS_BUSY.samples(spins)[0]);
        double second = Metric.MESSAGES_PER_S.samples(spins)[0];
        assertEquals(2e9, second * Metric.CPU_NS_PER_MESSAGE.samples(spins)[0], 1);
        assertEquals(1e9, second * Metric.RESPONDER_CPU_NS_PER_MESSAGE.samples(spins)[0], 1);
        assertEquals(2e9, second * Metric.USER_NS_PER_MESSAGE.samples(spins)[0], 1);
    }

    /** A sender that keeps a schedule spins on the clock: that is no cost of the mechanism. */
    @Test
    void cpuAtARateIsTheReceiversAndTheTimeInCallsThatSend() {
        List<FixedRate.Reading> found =
                readings(
                        results(
                                measurement(
                                        factors(
                                                "sluice",
                                                Waiting.SPIN,
                                                Pattern.ONEWAY,
                                                1,
                                                30_000.0),
                                        30_000,
                                        1.0,
                                        1.0,
                                        0.01),
                                measurement(
                                        factors("pipe", Waiting.BLOCK, Pattern.ONEWAY, 1, 30_000.0),
                                        30_000,
                                        1.0,
                                        0.15,
                                        0.05),
                                measurement(
                                        factors("pipe", Waiting.BLOCK, Pattern.ONEWAY, 1, 1000.0),
                                        1000,
                                        0.4,
                                        0.02,
                                        0.01)));
        assertEquals(
                List.of(1000.0, 30_000.0, 30_000.0),
                found.stream().map(FixedRate.Reading::rate).toList());
        FixedRate.Reading spinning = found.get(1);
        FixedRate.Reading blocking = found.get(2);
        assertEquals("sluice", spinning.row().factors().mechanism());
        assertEquals(1.0, spinning.receiver().value(), 1e-9);
        assertEquals(0.15, blocking.receiver().value(), 1e-9);
        assertEquals(0.20, blocking.get(Metric.BOTH_ENDS_CPUS).value(), 1e-9);
    }

    private static List<FixedRate.Reading> readings(Results results) {
        return new FixedRate(new ReportModel(results)).readings();
    }

    /** Returns the first line of the table: messages, size, with a CPU to spare, and without. */
    private static List<String> choices(Measurement... measurements) {
        ReportModel model = new ReportModel(results(measurements));
        Section choose = new Decisions(model, new FixedRate(model)).screen();
        DataTable table = (DataTable) choose.parts().getFirst();
        return table.lines().getFirst().stream().map(DataTable.Field::text).toList();
    }

    private static Measurement paused(String id, Waiting waiting, double tripNs, double cpus) {
        Factors factors =
                FactorsBuilder.builder(factors(id, waiting, Pattern.GAP, 1, null))
                        .gapNs(SECOND / 1000)
                        .build();
        return timed(measurement(factors, 1000, cpus, cpus, 0.01), tripNs);
    }

    private static Measurement timed(Measurement made, double ns) {
        Histogram times = new Histogram(1, SECOND, 3);
        times.recordValueWithCount((long) ns, 1000);
        Fork fork = made.forks().getFirst();
        boolean paused = made.factors().pattern() == Pattern.GAP;
        Fork timed =
                ForkBuilder.builder(fork)
                        .hdr(paused ? Hdr.encode(times) : null)
                        .response(paused ? null : Hdr.encode(times))
                        .build();
        return with(made.factors(), List.of(timed, timed, timed), made);
    }

    /**
     * A pipe was recommended for a machine with a CPU to spare, where nothing that spins was tried.
     */
    @Test
    void whereNothingThatSpinsWasMeasuredTheChoiceSaysSo() {
        String none = "none that spins was measured at this rate";
        Measurement pipe = paused("pipe", Waiting.BLOCK, 22_000, 0.1);
        List<String> sleeping = choices(pipe);
        assertTrue(sleeping.get(2).contains(none), sleeping.get(2));
        assertEquals("under 1,000 a second (a pause after each answer)", sleeping.getFirst());
        List<String> both = choices(pipe, paused("sluice", Waiting.SPIN, 900, 1.0));
        assertFalse(both.get(2).contains(none), both.get(2));
    }

    /** One that was quicker, and by its range as cheap, fell out by noise. */
    @Test
    void whatMayBeAsCheapAsTheLeastIsAChoice() {
        Factors cheap = factors("pipe", Waiting.BLOCK, Pattern.ONEWAY, 1, 1000.0);
        Factors quick = factors("sluice", Waiting.FUTEX, Pattern.ONEWAY, 1, 1000.0);
        Measurement least = timed(measurement(cheap, 1000, 0.4, 0.009, 0.01), 82_000);
        Measurement above = timed(measurement(quick, 1000, 0.4, 0.014, 0.01), 60_000);
        Measurement below = timed(measurement(quick, 1000, 0.4, 0.008, 0.01), 60_000);
        Fork low = below.forks().getFirst();
        Fork high = above.forks().getFirst();
        Measurement wide = with(quick, List.of(low, high, high), above);
        assertTrue(choices(least, above).getLast().startsWith("Pipe"), "0.014 is no 0.009");
        assertTrue(choices(least, wide).getLast().startsWith("Shared"), "0.008 to 0.014 may be");
    }

    /** The headline compared one message a call in the kernel with 256 in the ring. */
    @Test
    void throughputComparesOneMessageACallWithOneAndBatchesWithBatches() {
        Results all =
                results(
                        stream("pipe", Waiting.BLOCK, 1, 1_000_000),
                        stream("uds.stream", Waiting.BLOCK, 1, 800_000),
                        stream("pipe.buffered", Waiting.BLOCK, 256, 10_000_000),
                        stream("sluice", Waiting.SPIN, 1, 9_000_000),
                        stream("sluice", Waiting.SPIN, 256, 30_000_000),
                        stream("aeron.ipc", Waiting.SPIN, 256, 90_000_000));
        List<StreamPair> pairs = StreamPair.of(all, 64);
        assertEquals(2, pairs.size());
        assertEquals(stream("pipe", Waiting.BLOCK, 1, 1_000_000), pairs.get(0).kernel());
        assertEquals(stream("sluice", Waiting.SPIN, 1, 9_000_000), pairs.get(0).ring());
        assertEquals("up to 1 message a call on both sides", pairs.get(0).batches());
        assertEquals(
                stream("pipe.buffered", Waiting.BLOCK, 256, 10_000_000), pairs.get(1).kernel());
        assertEquals(stream("sluice", Waiting.SPIN, 256, 30_000_000), pairs.get(1).ring());
        assertEquals("up to 256 messages a call on both sides", pairs.get(1).batches());
        Results unlike =
                results(
                        stream("pipe", Waiting.BLOCK, 1, 1_000_000),
                        stream("sluice", Waiting.SPIN, 256, 9e6));
        assertTrue(StreamPair.of(unlike, 64).isEmpty());
        Results otherBatch =
                results(
                        stream("pipe.buffered", Waiting.BLOCK, 256, 10_000_000),
                        stream("sluice", Waiting.SPIN, 16, 9e6));
        assertTrue(StreamPair.of(otherBatch, 64).isEmpty(), "256 messages a call and 16");
    }

    /** A socket of 208 KiB was paired with a ring of 64 KiB. */
    @Test
    void throughputComparesWhatHoldsAboutAsMuch() {
        Measurement socket = holding(212_992, stream("uds.stream", Waiting.BLOCK, 1, 2_000_000));
        Measurement pipe = stream("pipe", Waiting.BLOCK, 1, 1_000_000);
        Measurement ring = stream("sluice", Waiting.SPIN, 1, 9_000_000);
        assertEquals(List.of(), StreamPair.of(results(socket, ring), 64));
        assertEquals(
                List.of(new StreamPair(pipe, ring)),
                StreamPair.of(results(socket, pipe, ring), 64));
        Measurement larger = holding(262_144, stream("sluice.256k", Waiting.SPIN, 1, 8_000_000));
        assertEquals(
                List.of(new StreamPair(socket, larger)),
                StreamPair.of(results(socket, pipe, ring, larger), 64));
        ReportModel model = new ReportModel(results(socket, pipe, ring, larger));
        assertEquals(larger, model.shared(model.row(socket)).orElseThrow().measurement());
        assertEquals(ring, model.shared(model.row(pipe)).orElseThrow().measurement());
        String page = HtmlReport.render(model.results);
        assertTrue(!row(page, socket).contains("against 64"), row(page, socket));
        String unlike = row(HtmlReport.render(results(socket, ring)), socket);
        assertTrue(unlike.contains("✗ 208\u00a0KiB against 64\u00a0KiB"), unlike);
        Measurement twin = stream("uds.stream.64k", Waiting.BLOCK, 1, 1_500_000);
        String both = row(HtmlReport.render(results(socket, twin, ring)), socket);
        assertTrue(both.contains("✓ both shown"), both);
    }

    /** How much fits says nothing where it was never reached. */
    @Test
    void aCapacityThatNoMessageFoundFullIsNoDifference() {
        for (long longestNs : List.of(1_000_000L, 1_000_000_000L)) {
            Measurement queue = holding(81_920, onSchedule("mq.posix", Waiting.BLOCK, longestNs));
            Measurement ring = holding(262_144, onSchedule("sluice", Waiting.SPIN, longestNs));
            String row = row(HtmlReport.render(results(queue, ring)), queue);
            assertEquals(longestNs == 1_000_000, row.contains("✓ never full"), row);
            assertEquals(longestNs > 1_000_000, row.contains("✗ 80\u00a0KiB against"), row);
        }
    }

    /** Whether the memory of one was in huge pages. */
    @Test
    void pagesOfTwoSizesAreADifference() {
        Measurement small = inPages(0L, stream("sluice", Waiting.SPIN, 1, 9_000_000));
        Measurement huge = inPages(1L << 21, stream("sluice.huge", Waiting.SPIN, 1, 9_000_000));
        String row = row(HtmlReport.render(results(small, huge)), huge);
        assertTrue(row.contains("✗ shared memory in huge pages, other memory in small pages"), row);
        Measurement other = inPages(0L, stream("pipe", Waiting.BLOCK, 1, 1_000_000));
        String same = row(HtmlReport.render(results(small, other)), other);
        assertFalse(same.contains("✗ shared"), same);
    }

    private static String row(String page, Measurement of) {
        String table = page.substring(page.indexOf("Each measurement against spinning shared"));
        String row = table.substring(table.indexOf(">" + of.id() + "<"));
        return row.substring(0, row.indexOf("</tr>"));
    }

    private static Measurement holding(long bytes, Measurement stream) {
        return with(
                FactorsBuilder.builder(stream.factors()).capacityBytes(bytes).build(),
                stream.forks(),
                stream);
    }

    private static Measurement onSchedule(String id, Waiting waiting, long longestNs) {
        Measurement made =
                measurement(factors(id, waiting, Pattern.ONEWAY, 1, 1000.0), 1000, 1, 1, 0);
        Histogram times = new Histogram(60_000_000_000L, 3);
        times.recordValue(longestNs);
        ForkBuilder fork = ForkBuilder.builder(made.forks().getFirst());
        return with(made.factors(), List.of(fork.response(Hdr.encode(times)).build()), made);
    }

    private static Measurement inPages(Long sharedHugeBytes, Measurement stream) {
        EndCounters end =
                EndCountersBuilder.builder(end(1))
                        .sharedHugeBytes(sharedHugeBytes)
                        .ownHugeBytes(0L)
                        .build();
        Fork fork =
                ForkBuilder.builder(stream.forks().getFirst())
                        .ends(Map.of(Fork.INITIATOR, end, Fork.RESPONDER, end))
                        .build();
        return with(stream.factors(), List.of(fork), stream);
    }

    private static Measurement with(Factors factors, List<Fork> forks, Measurement of) {
        return new Measurement(of.id(), factors, Measurement.OK, null, null, forks);
    }

    private static Measurement stream(String id, Waiting waiting, int batch, double perSecond) {
        return measurement(
                factors(id, waiting, Pattern.STREAM, batch, null), (long) perSecond, 1, 1, 0);
    }
}
