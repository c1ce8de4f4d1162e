package io.sluice.compare.rig;

import io.sluice.compare.result.Pattern;
import io.sluice.compare.result.Schedule;
import io.sluice.compare.result.Touch;
import io.sluice.compare.transport.Payload;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the two ends do, independent of the mechanism.
 *
 * @param pattern how messages are exchanged
 * @param size how long they are, in bytes, a multiple of 8
 * @param touch how much of a message both ends touch
 * @param batch how many messages a call may transfer where the mechanism supports it, at least 1
 * @param ratePerSecond patterns oneway and rtt: messages to be sent each second; 0 for as many as
 *     possible
 * @param load pattern oneway: the rate as a part of what the mechanism can carry, 0 to 1, found
 *     while warming up; 0 if {@code ratePerSecond} is given
 * @param schedule pattern oneway: which times are between messages
 * @param gapNs pattern gap: the idle time before each message; pattern burst: the time from burst
 *     to burst
 * @param burst pattern burst: messages in a burst
 */
@RecordBuilder
public record Workload(
        Pattern pattern,
        int size,
        Touch touch,
        int batch,
        double ratePerSecond,
        double load,
        Schedule schedule,
        long gapNs,
        int burst)
        implements WorkloadBuilder.With {
    /**
     * The default batch: the largest number of messages per call unless a measurement varies it.
     */
    static final int DEFAULT_BATCH = 256;

    private static final int BURST = 100;
    private static final long BURST_PERIOD_NS = 1_000_000;
    private static final int OVERSUBSCRIBED_PAIRS = 3;
    private static final int MANY = 2;

    /**
     * Returns a workload of one message at a time, in bursts, or as many as possible, every byte
     * touched.
     */
    public static Workload of(Pattern pattern, int size) {
        boolean bursts = pattern == Pattern.BURST;
        int batch = bursts || pattern.isFlood() ? DEFAULT_BATCH : 1;
        long period = bursts ? BURST_PERIOD_NS : 0;
        int burst = bursts ? BURST : 1;
        return new Workload(pattern, size, Touch.FULL, batch, 0, 0, Schedule.FIXED, period, burst);
    }

    /** Returns how many bytes of a message are written and read. */
    int touchedBytes() {
        return switch (touch) {
            case HEADER -> Math.min(size, 64);
            case NONE -> Long.BYTES;
            default -> size;
        };
    }

    /** Returns a new payload of its messages. */
    Payload payload() {
        return new Payload(size, touchedBytes());
    }

    /** Returns how many ends send, or how many pairs there are. */
    int producers() {
        return pattern == Pattern.FANIN ? MANY : pairs();
    }

    /** Returns how many ends receive, or how many pairs there are. */
    int consumers() {
        return pattern == Pattern.FANOUT ? MANY : pairs();
    }

    private int pairs() {
        return pattern == Pattern.OVERSUB ? OVERSUBSCRIBED_PAIRS : 1;
    }

    /**
     * Returns what distinguishes this workload from others, for a measurement's name.
     *
     * @param usualBatch the batch that is not worth mentioning
     */
    String id(int usualBatch) {
        Stream<String> parts =
                Stream.of(
                        pattern.id(),
                        ratePerSecond > 0 ? "-" + Math.round(ratePerSecond) : "",
                        load > 0 ? "-" + Math.round(load * 100) + "%" : "",
                        schedule == Schedule.EXPONENTIAL ? "-exponential" : "",
                        gapNs > 0 ? "-" + gapNs / 1000 + "us" : "",
                        pattern == Pattern.BURST ? "-" + burst : "",
                        pattern == Pattern.STREAM && batch != usualBatch ? "-batch" + batch : "",
                        producers() + consumers() > 2 ? "-" + producers() + "to" + consumers() : "",
                        "/" + size,
                        touch == Touch.FULL ? "" : "/" + touch);
        return parts.collect(Collectors.joining());
    }
}
