package io.sluice.compare.report;

import io.sluice.compare.result.Audit;
import io.sluice.compare.result.EndCounters;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.FactorsBuilder;
import io.sluice.compare.result.FloorReading;
import io.sluice.compare.result.Fork;
import io.sluice.compare.result.ForkBuilder;
import io.sluice.compare.result.Hdr;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.NotMeasured;
import io.sluice.compare.result.Numbers;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.result.Records;
import io.sluice.compare.result.Results;
import io.sluice.compare.result.ResultsBuilder;
import io.sluice.compare.result.Schedule;
import io.sluice.compare.result.SystemCounters;
import io.sluice.compare.result.Touch;
import io.sluice.compare.result.Waiting;
import io.sluice.compare.result.Window;
import io.sluice.compare.stats.SyntheticResults;
import io.sluice.compare.stats.TwoByTwo;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.HdrHistogram.Histogram;

/** Synthetic results, with something in every part of the page. */
public final class CompleteResults {
    private static final String MOVED = "one-cpu";

    private static final class Once {
        private static final Results RESULTS = make();
    }

    private static final class CompletePage {
        private static final String HTML = HtmlReport.render(build());
    }

    private CompleteResults() {}

    /** Returns them: the same each time, and built once, since that takes long. */
    public static Results build() {
        return Once.RESULTS;
    }

    /** Returns their page. */
    static String page() {
        return CompletePage.HTML;
    }

    private static Results make() {
        SyntheticResults synthetic = new SyntheticResults();
        SyntheticResults.typical()
                .measurements()
                .forEach(measurement -> synthetic.measurement(lived(measurement)));
        synthetic
                .rtt("sluice", Waiting.FUTEX, 64, 9_000)
                .rtt("uds.dgram", Waiting.BLOCK, 64, 13_000)
                .rtt("mq.sysv", Waiting.BLOCK, 64, 12_500)
                .rtt("tcp", Waiting.BLOCK, 64, 24_000)
                .rtt("nio.pipe", Waiting.BLOCK, 64, 14_000);
        for (int size : new int[] {256, 16_384, 65_536}) {
            synthetic.stream("pipe", Waiting.BLOCK, size, 1_100_000.0 / (1 + size / 4096.0));
            synthetic.stream("uds.stream", Waiting.BLOCK, size, 800_000.0 / (1 + size / 8192.0));
            synthetic.stream("sluice", Waiting.SPIN, size, 25e6 / (1 + size / 100.0));
        }
        SyntheticResults.typical().measurements().stream()
                .filter(measurement -> measurement.factors().size() == 64 && measurement.usable())
                .filter(measurement -> measurement.factors().pattern() == Pattern.RTT)
                .forEach(measurement -> synthetic.measurement(moved(measurement)));
        for (String[] each : new String[][] {{"pipe", "block"}, {"sluice", "spin"}}) {
            boolean spins = each[1].equals("spin");
            for (double rate : new double[] {1e3, 1e4, 1e5}) {
                double service = spins ? 400 : 7_000;
                double response = service * (1 + rate / (spins ? 1e6 : 3e4));
                Factors f = factors(each, Pattern.ONEWAY, rate, null);
                synthetic.measurement(oneway(f, service, response));
            }
            for (long gap : new long[] {0, 10_000, 100_000, 1_000_000, 10_000_000}) {
                double time = spins ? 450 : 12_000 + Math.sqrt(gap) * 8;
                synthetic.measurement(plain(factors(each, Pattern.GAP, null, gap), time, Map.of()));
            }
            synthetic.measurement(
                    plain(
                            factors(each, Pattern.LIFECYCLE, null, null),
                            0,
                            Map.of(
                                    Numbers.CREATE_NS, 40_000.0,
                                    Numbers.ATTACH_NS, 90_000.0,
                                    Numbers.FIRST_MESSAGE_NS, 30_000.0,
                                    Numbers.CLOSE_NS, 9_000.0,
                                    Numbers.RESIDENT_BYTES, 65_536.0)));
            synthetic.measurement(
                    plain(
                            factors(each, Pattern.PEERDEATH, null, null),
                            0,
                            Map.of(
                                    Numbers.NOTICED_NS, 300_000.0,
                                    Numbers.MESSAGES_LOST, 0.0,
                                    Numbers.LEFTOVERS, 0.0)));
        }
        Results r = synthetic.build();
        Results all =
                ResultsBuilder.builder(r)
                        .floorPairs(
                                List.of(
                                        new FloorReading.CpuPairLatency(
                                                0, 1, "same-llc", 380, true)))
                        .attribution(null)
                        .traits(Map.of("pipe", traits("write", "read"), "sluice", traits("", "")))
                        .audit(
                                List.of(
                                        new Audit(
                                                "pipe",
                                                Waiting.BLOCK,
                                                20_000,
                                                Map.of("read", 20_000L, "write", 20_003L),
                                                "strace")))
                        .notMeasured(List.of(new NotMeasured("energy", "no counters in a guest")))
                        .flags(List.of("V07"))
                        .build();
        return all.withAttribution(TwoByTwo.of(all));
    }

    /** Returns as long as real ones are. */
    private static Map<String, String> traits(String sends, String receives) {
        Map<String, String> traits = new LinkedHashMap<>();
        traits.put("description", "something that carries messages, with a word in parentheses");
        traits.put("boundaries", "none: a stream of bytes");
        traits.put("longest message", "65520 bytes: a ring of 65536 bytes, less a header");
        traits.put("capacity", "65536 bytes");
        traits.put("when full", "The writer sleeps. The kernel counts its own bookkeeping.");
        traits.put("copies", "2");
        traits.put("calls to send", sends);
        traits.put("calls to receive", receives);
        traits.put("other calls", sends.isEmpty() ? "Once in a millisecond, fcntl." : "");
        traits.put("when a peer dies", "A sender gets BrokenChannelException.");
        traits.put("left behind", "Its files, in the run's directory, which the user removes.");
        traits.put("messages are kept", "As long as its files, but not beyond the machine's end.");
        return traits;
    }

    /** Returns the same with windows of time, and with others on the machine. */
    private static Measurement lived(Measurement measurement) {
        List<Fork> forks = new ArrayList<>();
        for (Fork l : measurement.forks()) {
            List<Window> windows = new ArrayList<>();
            SplittableRandom random = new SplittableRandom(l.n());
            for (int i = 0; l.hdr() != null && i < 9; i++) {
                double p50 = l.meanUntimedNs() * (0.95 + 0.1 * random.nextDouble());
                windows.add(new Window(i * 100_000_000L, 10_000, p50, p50 * 1.6, p50 * 40));
            }
            forks.add(
                    ForkBuilder.builder(l)
                            .service(null)
                            .response(null)
                            .system(
                                    new SystemCounters(
                                            l.durationNs(),
                                            20_000_000L,
                                            l.durationNs() / 8,
                                            900L,
                                            40L))
                            .windows(windows)
                            .numbers(null)
                            .build());
        }
        return new Measurement(
                measurement.id(),
                measurement.factors(),
                measurement.status(),
                measurement.reason(),
                measurement.flags(),
                forks);
    }

    private static Measurement moved(Measurement measurement) {
        Factors f = measurement.factors();
        Factors factors =
                Records.factors(
                        f.mechanism(),
                        f.waiting(),
                        f.pattern(),
                        f.size(),
                        f.touch(),
                        MOVED,
                        List.of(0, 0),
                        f.capacityBytes());
        return new Measurement(
                measurement.id() + "/" + MOVED,
                factors,
                measurement.status(),
                measurement.reason(),
                List.of("V15"),
                measurement.forks());
    }

    private static Factors factors(String[] each, Pattern pattern, Double rate, Long gap) {
        return FactorsBuilder.builder()
                .mechanism(each[0])
                .waiting(new Waiting(each[1]))
                .pattern(pattern)
                .size(64)
                .touch(Touch.FULL)
                .placement(SyntheticResults.PLACEMENT)
                .cpus(List.of(0, 1))
                .capacityBytes(65536)
                .ratePerSecond(rate)
                .schedule(rate == null ? null : Schedule.FIXED)
                .gapNs(gap)
                .build();
    }

    private static Measurement oneway(Factors f, double service, double response) {
        List<Fork> forks = new ArrayList<>();
        long cpuNs = Waiting.SPIN.equals(f.waiting()) ? 1_000_000_000L : 100_000_000L;
        EndCounters end = Records.counters(cpuNs, 1, 1, 1, 0, 0, 20_000, Map.of(), 0, 0, 0);
        for (int n = 0; n < 3; n++) {
            forks.add(
                    ForkBuilder.builder()
                            .n(n)
                            .messages(20_000)
                            .durationNs(1_000_000_000L)
                            .ends(Map.of(Fork.RESPONDER, end))
                            .service(hdr(service * (1 + n / 50.0)))
                            .response(hdr(response * (1 + n / 50.0)))
                            .numbers(Map.of(Numbers.ACHIEVED_RATE, f.ratePerSecond() * 0.999))
                            .build());
        }
        return new Measurement(id(f) + f.ratePerSecond(), f, Measurement.OK, null, null, forks);
    }

    private static Measurement plain(Factors f, double medianNs, Map<String, Double> numbers) {
        List<Fork> forks = new ArrayList<>();
        EndCounters end = Records.counters(1000, 1, 1, 1, 0, 0, 20_000, Map.of(), 0, 0, 0);
        for (int n = 0; n < 3; n++) {
            forks.add(
                    ForkBuilder.builder()
                            .n(n)
                            .messages(20_000)
                            .durationNs(1_000_000_000L)
                            .hdr(medianNs > 0 ? hdr(medianNs * (1 + n / 50.0)) : null)
                            .ends(Map.of(Fork.INITIATOR, end))
                            .numbers(numbers)
                            .build());
        }
        return new Measurement(id(f) + f.gapNs(), f, Measurement.OK, null, null, forks);
    }

    private static String id(Factors f) {
        return f.mechanism() + "/" + f.waiting() + "/" + f.pattern() + "/" + f.size() + "/";
    }

    private static String hdr(double median) {
        SplittableRandom random = new SplittableRandom((long) median);
        Histogram histogram = new Histogram(3);
        for (int i = 0; i < 20_000; i++) {
            double tail = random.nextDouble() < 0.02 ? 3 : 1;
            histogram.recordValue((long) (median * tail * (0.9 + 0.2 * random.nextDouble())));
        }
        return Hdr.encode(histogram);
    }
}
