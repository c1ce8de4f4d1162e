package io.sluice.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.sluice.Pipe;
import io.sluice.PipeView;

/**
 * The meters of a pipe, tagged with its path. A registry reads the pipe's files when it is asked
 * for values, at most four times per second, and slows no end down.
 *
 * <pre>{@code
 * try (PipeMetrics metrics = new PipeMetrics(pipe)) {
 *     metrics.bindTo(registry);
 *     …
 * }
 * }</pre>
 *
 * <p>Once the pipe is closed or deleted, gauges are not a number, and counters keep their values.
 */
@SuppressWarnings("exports") // Micrometer is for those who have it: module-info.
public final class PipeMetrics extends BoundMeters {
    private static final String SIDE = "side";
    private static final String SENDER = "sender";
    private static final String RECEIVER = "receiver";

    private final PipeNumbers numbers;

    /**
     * Creates the meters of a pipe.
     *
     * @param pipe the pipe, which is open for as long as the meters are bound
     */
    public PipeMetrics(Pipe pipe) {
        this(pipe, Tags.empty());
    }

    /**
     * Creates the meters of a pipe.
     *
     * @param pipe the pipe, which is open for as long as the meters are bound
     * @param tags further tags
     */
    public PipeMetrics(Pipe pipe, Iterable<Tag> tags) {
        this(new PipeNumbers(pipe.path(), pipe::statistics, PipeNumbers.MAX_AGE), tags);
    }

    /**
     * Creates the meters of a pipe of which this process needs no end.
     *
     * @param view the view, which is open for as long as the meters are bound, and only used by
     *     them
     * @param tags further tags
     */
    public PipeMetrics(PipeView view, Iterable<Tag> tags) {
        this(new PipeNumbers(view.path(), view::statistics, PipeNumbers.MAX_AGE), tags);
    }

    PipeMetrics(PipeNumbers numbers, Iterable<Tag> tags) {
        super(Tag.of("pipe", numbers.getPath()), tags);
        this.numbers = numbers;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        gauge(
                registry,
                "sluice.pipe.messages",
                MESSAGES,
                "Messages that are stored or being received",
                numbers::getMessages);
        gauge(
                registry,
                "sluice.pipe.in.flight",
                MESSAGES,
                "Messages that receivers which share lanes have taken and not finished",
                numbers::getMessagesInFlight);
        gauge(
                registry,
                "sluice.pipe.depth",
                BYTES,
                "Bytes that are stored or being received",
                numbers::getDepthBytes);
        gauge(
                registry,
                "sluice.pipe.allocated",
                BYTES,
                "Space of the rings",
                numbers::getAllocatedBytes);
        counter(registry, "sluice.pipe.sent", BYTES, "Bytes sent", numbers::getSentBytes);
        counter(
                registry,
                "sluice.pipe.received",
                BYTES,
                "Bytes received",
                numbers::getReceivedBytes);
        counter(
                registry,
                "sluice.pipe.dropped",
                MESSAGES,
                "Messages that senders have dropped at the quota",
                numbers::getDroppedMessages);
        counter(
                registry,
                "sluice.pipe.redelivered",
                MESSAGES,
                "Messages recovered from dead receivers which shared a lane",
                numbers::getRedeliveredMessages);
        gauge(
                registry,
                "sluice.pipe.corrupt",
                "lanes",
                "Lanes that a receiver has found corrupt",
                numbers::getCorruptLanes);
        String ends = "sluice.pipe.ends";
        String alive = "Ends that are attached and alive";
        gauge(registry, ends, "ends", alive, numbers::getSenders, SIDE, SENDER);
        gauge(registry, ends, "ends", alive, numbers::getReceivers, SIDE, RECEIVER);
        String waits = "sluice.pipe.waits";
        String blocked = "How often ends have blocked in the kernel";
        counter(registry, waits, "waits", blocked, numbers::getSenderWaits, SIDE, SENDER);
        counter(registry, waits, "waits", blocked, numbers::getReceiverWaits, SIDE, RECEIVER);
    }
}
