package io.sluice.aeron;

import io.aeron.Aeron;
import io.aeron.ChannelUri;
import io.aeron.archive.client.AeronArchive;
import io.aeron.archive.client.PersistentSubscription;
import io.aeron.archive.client.PersistentSubscriptionListener;
import io.aeron.exceptions.TimeoutException;
import io.aeron.logbuffer.ControlledFragmentHandler;
import java.util.function.LongUnaryOperator;
import org.agrona.CloseHelper;

/**
 * The stream of a bridge as the receiving half reads it from the archive of the other machine: what
 * is recorded first, and then what is sent live. It returns to the recording whenever the live
 * stream is lost.
 *
 * <p>One thread at a time.
 */
final class RecordingReader implements AutoCloseable {
    /** An archive that has just been started takes a while to answer. */
    private static final long MIN_TIMEOUT_NANOS = 2_000_000_000;

    private final BridgeLink link;
    private final ControlledFragmentHandler handler;
    private final LongUnaryOperator delivered;
    private PersistentSubscription subscription;

    /**
     * Whether to begin at the start: the archive refused the last position. What was read live and
     * not recorded when the archive ended is sent again, perhaps in other frames, so that position
     * may be beyond the recording, or within a frame. What was delivered is known.
     */
    private boolean isAnew;

    private volatile long identity;
    private volatile String problem;

    /**
     * Creates a reader that is not open.
     *
     * @param handler the handler of frames, whole ones
     * @param delivered returns, for the identity of a recording, the position up to which it was
     *     delivered; 0 if nothing of it was
     */
    RecordingReader(
            BridgeLink link, ControlledFragmentHandler handler, LongUnaryOperator delivered) {
        this.link = link;
        this.handler = handler;
        this.delivered = delivered;
    }

    /** Returns the channel, at the same host, for answers of an archive: any port. */
    static String response(String channel) {
        String endpoint = ChannelUri.parse(channel).get("endpoint");
        return "aeron:udp?endpoint=" + endpoint.substring(0, endpoint.lastIndexOf(':')) + ":0";
    }

    /** Returns how to send requests to the archive. */
    private static AeronArchive.Context requests(BridgeLink link, Aeron aeron, String response) {
        return new AeronArchive.Context()
                .aeron(aeron)
                .ownsAeronClient(false)
                .controlRequestChannel(link.archive())
                .controlResponseChannel(response)
                .messageTimeoutNs(Math.max(link.timeout().toNanos(), MIN_TIMEOUT_NANOS));
    }

    /**
     * Connects to the archive.
     *
     * @throws IllegalStateException if none answers
     */
    static AeronArchive connect(BridgeLink link, Aeron aeron, String response) {
        try {
            return AeronArchive.connect(requests(link, aeron, response));
        } catch (TimeoutException e) {
            throw new IllegalStateException(
                    "no archive answers at "
                            + link.archive()
                            + ": it is started with the sending half, or by you on its media driver",
                    e);
        }
    }

    /**
     * Opens the stream.
     *
     * @throws RuntimeException if the archive cannot be reached now, or has no recording yet
     */
    void open(Aeron aeron) {
        String response = response(link.messages());
        Recording recording;
        try (AeronArchive requests = connect(link, aeron, response)) {
            recording = Recording.find(requests, link.messages(), link.messageStream());
        }
        if (recording == null) {
            throw new IllegalStateException(
                    "the archive at %s has no recording of %s yet"
                            .formatted(link.archive(), link.messages()));
        }
        identity = recording.identity();
        long start = isAnew ? 0 : delivered.applyAsLong(identity);
        problem = null;
        subscription =
                PersistentSubscription.create(
                        new PersistentSubscription.Context()
                                .aeron(aeron)
                                .ownsAeronClient(false)
                                .recordingId(recording.id())
                                .startPosition(
                                        start == 0 ? PersistentSubscription.FROM_START : start)
                                .liveChannel(link.messages())
                                .liveStreamId(link.messageStream())
                                .replayChannel(response)
                                .replayStreamId(link.messageStream())
                                .aeronArchiveContext(requests(link, aeron, response))
                                .listener(
                                        new PersistentSubscriptionListener() {
                                            @Override
                                            public void onLiveJoined() {
                                                problem = null;
                                            }

                                            @Override
                                            public void onLiveLeft() {}

                                            @Override
                                            public void onError(Exception e) {
                                                problem = e.getMessage();
                                            }
                                        }));
    }

    boolean isOpen() {
        return subscription != null && !subscription.hasFailed();
    }

    int poll(int limit) {
        return subscription.controlledPoll(handler, limit);
    }

    /** Returns the identity of the recording that is read. */
    long identity() {
        return identity;
    }

    /** Returns what it reads, and what it waits for, for people. */
    String state() {
        String last = problem;
        return last == null ? "" : "; " + last;
    }

    @Override
    public void close() {
        if (subscription != null) {
            isAnew = subscription.hasFailed();
        }
        CloseHelper.quietClose(subscription);
        subscription = null;
    }
}
