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
 * stream is lost, and begins there where all before is known to be recorded: what was read live may
 * not be, and is sent again if the archive was killed, perhaps in other frames.
 *
 * <p>One thread at a time.
 */
final class RecordingReader implements AutoCloseable {
    /** An archive that has just been started takes a while to answer. */
    private static final long MIN_TIMEOUT_NANOS = 2_000_000_000;

    private final BridgeLink link;
    private final ControlledFragmentHandler handler;
    private final LongUnaryOperator begin;
    private Aeron aeron;
    private long recording;
    private PersistentSubscription subscription;
    private boolean isLiveLost;

    /** Whether the archive refused the last position: the machine there has lost what it had. */
    private boolean isAnew;

    private volatile long identity;
    private volatile String problem;

    /**
     * Creates a reader that is not open.
     *
     * @param handler the handler of frames, whole ones
     * @param begin is called before it begins with a recording: returns, for the identity of that,
     *     where the last frame before was delivered and recorded; 0 if none was
     */
    RecordingReader(BridgeLink link, ControlledFragmentHandler handler, LongUnaryOperator begin) {
        this.link = link;
        this.handler = handler;
        this.begin = begin;
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
        Recording found;
        try (AeronArchive requests = connect(link, aeron, response(link.messages()))) {
            found = Recording.find(requests, link.messages(), link.messageStream());
        }
        if (found == null) {
            throw new IllegalStateException(
                    "the archive at %s has no recording of %s yet"
                            .formatted(link.archive(), link.messages()));
        }
        this.aeron = aeron;
        recording = found.id();
        identity = found.identity();
        subscribe();
    }

    private void subscribe() {
        String response = response(link.messages());
        long last = begin.applyAsLong(identity);
        long start = isAnew ? 0 : last;
        isLiveLost = false;
        problem = null;
        subscription =
                PersistentSubscription.create(
                        new PersistentSubscription.Context()
                                .aeron(aeron)
                                .ownsAeronClient(false)
                                .recordingId(recording)
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
                                            public void onLiveLeft() {
                                                isLiveLost = true;
                                            }

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
        if (isLiveLost) {
            close();
            subscribe();
        }
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
