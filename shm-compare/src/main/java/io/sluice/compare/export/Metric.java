package io.sluice.compare.export;

import static io.sluice.compare.stats.Samples.percentile;

import io.sluice.compare.result.EndCounters;
import io.sluice.compare.result.Fork;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Numbers;
import io.sluice.compare.result.SystemCounters;
import io.sluice.compare.stats.Bootstrap;
import io.sluice.compare.stats.CpuAtRate;
import io.sluice.compare.stats.Estimate;
import io.sluice.compare.stats.Samples;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import java.util.function.ToDoubleBiFunction;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/**
 * A number of a measurement, the median over its forks: one head, one unit and one definition for
 * tables, charts, comparisons and the CSV.
 */
public enum Metric implements DataTable.Column<Metric.MetricValues> {
    P50_NS("p50", Units::time, f -> percentile(f.hdr(), 50)),
    P90_NS("p90", Units::time, f -> percentile(f.hdr(), 90)),
    P99_NS("p99", Units::time, f -> percentile(f.hdr(), 99)),
    P999_NS("p99.9", Units::time, f -> percentile(f.hdr(), 99.9)),
    P9999_NS("p99.99", Units::time, f -> percentile(f.hdr(), 99.99)),
    MAX_NS("largest, median over forks", Units::time, Samples::max),
    MEAN_NS("mean, untimed", Units::time, Samples::mean),
    MESSAGES_PER_S("messages/s", Units::rate, (m, f) -> Samples.messagesPerSecond(m, f)),
    BYTES_PER_S("payload", Units::bytesPerSecond, Metric::bytesPerSecond),
    CPU_NS_PER_MESSAGE("CPU a message", Units::time, Samples::cpuPerMessage),
    USER_NS_PER_MESSAGE("in the program", Units::time, time(EndCounters::userNs)),
    SYSTEM_NS_PER_MESSAGE("in the kernel", Units::time, time(EndCounters::systemNs)),
    CPUS_BUSY("CPUs busy", Units::hundredths, f -> Samples.cpusBusy(f, f.ends().values())),
    SYSTEM_CALLS_PER_MESSAGE(
            "system calls a message", Units::hundredths, each(EndCounters::allCalls)),
    VOLUNTARY_SWITCHES_PER_MESSAGE(
            "Went to sleep", Units::hundredths, each(EndCounters::voluntarySwitches)),
    INVOLUNTARY_SWITCHES_PER_MESSAGE(
            "Pre-empted", Units::hundredths, each(EndCounters::involuntarySwitches)),
    SERVICE_P50_NS("service p50", Units::time, f -> percentile(f.service(), 50)),
    RESPONSE_P50_NS("response p50", Units::time, f -> percentile(f.response(), 50)),
    SERVICE_P99_NS("service p99", Units::time, f -> percentile(f.service(), 99)),
    RESPONSE_P99_NS("response p99", Units::time, f -> percentile(f.response(), 99)),
    SERVICE_P999_NS("service p99.9", Units::time, f -> percentile(f.service(), 99.9)),
    RESPONSE_P999_NS("response p99.9", Units::time, f -> percentile(f.response(), 99.9)),
    SERVICE_P9999_NS("service p99.99", Units::time, f -> percentile(f.service(), 99.99)),
    RESPONSE_P9999_NS("response p99.99", Units::time, f -> percentile(f.response(), 99.99)),
    INITIATOR_CPU_NS_PER_MESSAGE("CPU of the initiator", Units::time, cpu(Fork.INITIATOR)),
    RESPONDER_CPU_NS_PER_MESSAGE("CPU of the responder", Units::time, cpu(Fork.RESPONDER)),
    BYSTANDER_CPU_NS_PER_MESSAGE(
            "rest of the machine", Units::time, machine(SystemCounters::otherCpuNs)),
    FAILED_CALLS_PER_MESSAGE("did nothing", Units::hundredths, each(EndCounters::allFailedCalls)),
    SHORT_TRANSFERS_PER_MESSAGE(
            "short transfers", Units::hundredths, each(EndCounters::shortTransfers)),
    PAGE_FAULTS_PER_MESSAGE("Page faults", Units::hundredths, each(EndCounters::pageFaults)),
    RUN_DELAY_NS_PER_MESSAGE("Ready, but no CPU", Units::time, each(e -> orNaN(e.runDelayNs()))),
    WAKE_UP_INTERRUPTS_PER_MESSAGE(
            "wake-up interrupts", Units::hundredths, machine(SystemCounters::rescheduleInterrupts)),
    CALL_INTERRUPTS_PER_MESSAGE(
            "call interrupts", Units::hundredths, machine(SystemCounters::functionCallInterrupts)),
    OBSERVER_EFFECT("timing added", Units::exactPercent, Samples::observerEffect),
    CLOCK_OFFSET_NS(
            "clocks apart", ns -> Units.time(Math.abs(ns)), number(Numbers.CLOCK_OFFSET_NS)),
    WARM_UP_MESSAGES("messages to warm up", Units::whole, number(Numbers.WARM_UP_MESSAGES)),
    GHZ_BEFORE("GHz before", Units::hundredths, number(Numbers.GHZ_BEFORE)),
    GHZ_AFTER("GHz after", Units::hundredths, number(Numbers.GHZ_AFTER)),
    LINE_ROUND_TRIP_NS("cache line there and back", Units::time, Metric::line),

    // The CSV does not have these.
    TIMES_ITS_FLOOR("times its own floor", Units::times, Samples::timesItsFloor),
    RECEIVER_CPUS("receiver, CPUs", Units::cpus, CpuAtRate::receiver),
    BOTH_ENDS_CPUS("both ends, CPUs", Units::cpus, CpuAtRate::bothEnds),
    TARGET_RATE("offered", Units::rate, number(Numbers.TARGET_RATE)),
    ACHIEVED_RATE("reached", Units::rate, number(Numbers.ACHIEVED_RATE)),
    CREATE("make", Units::time, number(Numbers.CREATE_NS)),
    ATTACH("attach", Units::time, number(Numbers.ATTACH_NS)),
    FIRST_MESSAGE("first round trip", Units::time, number(Numbers.FIRST_MESSAGE_NS)),
    CLOSE("close", Units::time, number(Numbers.CLOSE_NS)),
    RESIDENT("resident memory", n -> Units.bytes((long) n), number(Numbers.RESIDENT_BYTES)),
    NOTICED("the survivor knows after", Units::time, number(Numbers.NOTICED_NS)),
    MESSAGES_LOST("messages lost", Units::whole, number(Numbers.MESSAGES_LOST)),
    LEFTOVERS("left behind", Units::whole, number(Numbers.LEFTOVERS)),
    FAIRNESS("fairness of the senders", Units::hundredths, number(Numbers.FAIRNESS)),
    BURST("burst, time a message", Units::time, number(Numbers.BURST_NS_PER_MESSAGE)),
    PAIRS("pairs", Units::whole, number(Numbers.PAIRS)),
    CPUS("on CPUs", Units::whole, number(Numbers.CPUS));

    /** A median does not depend on the seed. */
    private static final Bootstrap MEDIANS = new Bootstrap(0);

    private final String head;
    private final DoubleFunction<String> unit;
    private final ToDoubleBiFunction<Measurement, Fork> sample;

    Metric(String head, DoubleFunction<String> unit, ToDoubleFunction<Fork> sample) {
        this(head, unit, (measurement, fork) -> sample.applyAsDouble(fork));
    }

    Metric(String head, DoubleFunction<String> unit, ToDoubleBiFunction<Measurement, Fork> sample) {
        this.head = head;
        this.unit = unit;
        this.sample = sample;
    }

    /** Something that has numbers, such as a measurement with its name. */
    public interface MetricValues {
        /** Returns what it is called. */
        String name();

        /** Returns a number; it may be unknown. */
        Estimate get(Metric metric);

        /** Returns a number with its unit, or a dash. */
        default String text(Metric metric) {
            return Units.value(get(metric), metric.unit);
        }

        /** Returns a number and its interval. */
        default String both(Metric metric) {
            return Units.both(get(metric), metric.unit);
        }
    }

    /** Returns all numbers of a measurement. */
    public static Map<Metric, Estimate> all(Measurement measurement) {
        Map<Metric, Estimate> numbers = new EnumMap<>(Metric.class);
        for (Metric metric : values()) {
            numbers.put(metric, MEDIANS.median(metric.samples(measurement)));
        }
        return numbers;
    }

    /** Returns the number of each fork; NaN where one does not have it. */
    public double[] samples(Measurement measurement) {
        return Samples.each(measurement, fork -> sample.applyAsDouble(measurement, fork));
    }

    @Override
    public String head() {
        return head;
    }

    @Override
    public DoubleFunction<String> unit() {
        return unit;
    }

    @Override
    public Estimate of(MetricValues measured) {
        return measured.get(this);
    }

    /** Returns the name of its column in the CSV. */
    String column() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Tests whether more is better. */
    public boolean isHigherBetter() {
        return this == MESSAGES_PER_S || this == BYTES_PER_S;
    }

    private static double bytesPerSecond(Measurement measurement, Fork fork) {
        return Samples.messagesPerSecond(measurement, fork) * measurement.factors().size();
    }

    private static ToDoubleBiFunction<Measurement, Fork> each(
            ToDoubleFunction<EndCounters> counter) {
        return (m, fork) -> Samples.perMessage(m, fork, counter);
    }

    private static ToDoubleBiFunction<Measurement, Fork> time(ToLongFunction<EndCounters> counter) {
        return (m, fork) -> Samples.perMessage(m, fork, Samples.ofMessages(fork, counter));
    }

    private static ToDoubleBiFunction<Measurement, Fork> cpu(String side) {
        return (m, fork) ->
                Samples.perMessage(m, fork, side, Samples.ofMessages(fork, EndCounters::cpuNs));
    }

    private static ToDoubleBiFunction<Measurement, Fork> machine(
            Function<SystemCounters, Long> counter) {
        return (m, fork) -> Samples.ofMachine(m, fork, counter);
    }

    private static ToDoubleFunction<Fork> number(String name) {
        return fork -> fork.number(name, Double.NaN);
    }

    static double orNaN(Long counted) {
        return counted == null ? Double.NaN : counted;
    }

    private static double line(Fork fork) {
        return fork.lineRoundTripNs() > 0 ? fork.lineRoundTripNs() : Double.NaN;
    }
}
