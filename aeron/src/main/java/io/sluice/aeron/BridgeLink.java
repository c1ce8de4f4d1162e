package io.sluice.aeron;

import io.aeron.ChannelUri;
import io.sluice.Delivery;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * How the two halves of a bridge reach each other: two channels of Aeron, one for messages and one
 * for confirmations in the other direction. Both halves are given the same channels, streams and
 * delivery; a {@link NodeBridge} the channel to the other machine, and the one from it. Immutable:
 * each method returns another specification.
 *
 * <pre>{@code
 * BridgeLink link = BridgeLink.of(
 *         "aeron:udp?endpoint=there:40123",   // where the receiving half listens
 *         "aeron:udp?endpoint=here:40124");   // where the sending half listens
 * }</pre>
 */
public final class BridgeLink {
    private static final int DEFAULT_STREAM = 1001;
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration MIN_TIMEOUT = Duration.ofMillis(100);

    private final Values values;

    /** What a link has. */
    private static final class Values {
        private String messages;
        private String confirmations;
        private int stream = DEFAULT_STREAM;
        private Delivery delivery = Delivery.AT_LEAST_ONCE;
        private Duration timeout = DEFAULT_TIMEOUT;
        private Path mediaDriver;
        private String archive;
        private Path recordings;

        private Values() {}

        private Values(Values other) {
            messages = other.messages;
            confirmations = other.confirmations;
            stream = other.stream;
            delivery = other.delivery;
            timeout = other.timeout;
            mediaDriver = other.mediaDriver;
            archive = other.archive;
            recordings = other.recordings;
        }
    }

    private BridgeLink(Values values) {
        this.values = values;
    }

    /** Returns this link with a change. */
    private BridgeLink with(Consumer<Values> change) {
        Values changed = new Values(values);
        change.accept(changed);
        return new BridgeLink(changed);
    }

    /**
     * Returns a link that delivers at least once, over streams 1001 and 1002, with a media driver
     * embedded in each half, and a timeout of five seconds.
     *
     * @param messages the channel of messages: as Aeron writes it, lossless, so unicast, IPC, or
     *     multicast with {@code fc=min}
     * @param confirmations the channel of confirmations, in the other direction
     * @return the link
     */
    public static BridgeLink of(String messages, String confirmations) {
        Values values = new Values();
        values.messages = Objects.requireNonNull(messages, "messages");
        values.confirmations = Objects.requireNonNull(confirmations, "confirmations");
        return new BridgeLink(values);
    }

    /**
     * Returns this link with other streams: that of messages, and the next one for confirmations.
     *
     * @param stream the number of the stream of messages
     * @return the link, otherwise unchanged
     */
    public BridgeLink stream(int stream) {
        return with(v -> v.stream = stream);
    }

    /**
     * Returns this link with another promise about what is on its way when a half, a media driver
     * or the network fails.
     *
     * @param delivery {@link Delivery#AT_LEAST_ONCE}: it is sent again, and what arrives twice is
     *     cut, so that each message is delivered once; the pipe here keeps a message until the
     *     other half has put it into the pipe there. {@link Delivery#AT_MOST_ONCE}: it is lost, and
     *     counted where it is noticed; nothing waits for the other half
     * @return the link, otherwise unchanged
     * @throws IllegalArgumentException if it is at most once, and the link has an archive
     */
    public BridgeLink delivery(Delivery delivery) {
        Objects.requireNonNull(delivery, "delivery");
        if (values.archive != null) {
            checkArchive(delivery);
        }
        return with(v -> v.delivery = delivery);
    }

    /**
     * Returns this link with another time after which a silent peer or media driver counts as lost,
     * and a connection is made anew.
     *
     * @param timeout the time, at least 100 milliseconds
     * @return the link, otherwise unchanged
     * @throws IllegalArgumentException if it is shorter
     */
    public BridgeLink timeout(Duration timeout) {
        if (timeout.compareTo(MIN_TIMEOUT) < 0) {
            throw new IllegalArgumentException(
                    "timeout=" + timeout + " is less than " + MIN_TIMEOUT);
        }
        return with(v -> v.timeout = timeout);
    }

    /**
     * Returns this link with an external media driver on this machine, which may be started, killed
     * and started again at any time.
     *
     * @param directory the directory of the media driver, its {@code aeron.dir}
     * @return the link, otherwise unchanged
     */
    public BridgeLink mediaDriver(Path directory) {
        Objects.requireNonNull(directory, "directory");
        return with(v -> v.mediaDriver = directory);
    }

    /**
     * Returns this link with an archive on the machine of the sending half, which records what is
     * sent: the pipe here gives a message's space back when it is recorded, also while the other
     * machine is not there. The receiving half reads the recording from where it was. What it has
     * is deleted, a file at a time.
     *
     * <p>The archive is embedded in the sending half, unless that is given a media driver: then it
     * is an external one on that media driver, which may be killed and started again.
     *
     * @param requests the UDP channel on which the archive takes requests, the same in both halves
     * @return the link, otherwise unchanged
     * @throws IllegalArgumentException if the channel, or that of messages, is not UDP with an
     *     endpoint, or the link is at most once
     */
    public BridgeLink archive(String requests) {
        for (String channel : List.of(requests, values.messages)) {
            ChannelUri uri = ChannelUri.parse(channel);
            if (!uri.isUdp() || uri.get("endpoint") == null) {
                throw new IllegalArgumentException(
                        channel + " has no UDP endpoint, which an archive needs");
            }
        }
        checkArchive(values.delivery);
        return with(v -> v.archive = requests);
    }

    /**
     * Returns this link with another directory of the embedded archive: by default it is beside the
     * pipe, so usually in memory.
     *
     * @param directory the directory, of this bridge only; deleted after the end of the stream
     * @return the link, otherwise unchanged
     */
    public BridgeLink recordings(Path directory) {
        Objects.requireNonNull(directory, "directory");
        return with(v -> v.recordings = directory);
    }

    private static void checkArchive(Delivery delivery) {
        if (delivery != Delivery.AT_LEAST_ONCE) {
            throw new IllegalArgumentException(
                    delivery + " repeats nothing, so it needs no archive: leave one out");
        }
    }

    String messages() {
        return values.messages;
    }

    String confirmations() {
        return values.confirmations;
    }

    int messageStream() {
        return values.stream;
    }

    int confirmationStream() {
        return values.stream + 1;
    }

    boolean isConfirmed() {
        return values.delivery == Delivery.AT_LEAST_ONCE;
    }

    Duration timeout() {
        return values.timeout;
    }

    /** Returns the directory of the external media driver; null if each half embeds one. */
    Path mediaDriver() {
        return values.mediaDriver;
    }

    /** Returns where the archive takes requests; null if there is none. */
    String archive() {
        return values.archive;
    }

    /** Returns the directory of the embedded archive; null if it is beside the pipe. */
    Path recordings() {
        return values.recordings;
    }

    @Override
    public String toString() {
        return "BridgeLink[%s, confirmations=%s, streams=%s and %s, %s%s%s]"
                .formatted(
                        values.messages,
                        values.confirmations,
                        messageStream(),
                        confirmationStream(),
                        values.delivery,
                        values.mediaDriver == null ? "" : ", media driver at " + values.mediaDriver,
                        values.archive == null ? "" : ", archive at " + values.archive);
    }
}
