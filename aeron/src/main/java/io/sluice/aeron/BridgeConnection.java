package io.sluice.aeron;

import io.aeron.Aeron;
import io.aeron.ControlledFragmentAssembler;
import io.aeron.ExclusivePublication;
import io.aeron.Publication;
import io.aeron.Subscription;
import io.aeron.driver.Configuration;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.aeron.exceptions.RegistrationException;
import io.aeron.logbuffer.ControlledFragmentHandler;
import io.aeron.logbuffer.FragmentHandler;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.SleepingMillisIdleStrategy;

/**
 * The connection of one half of a bridge: a stream out, a stream in, an Aeron client, and the media
 * driver unless that is external. What has failed is made anew by the next {@link #isOpen}: nothing
 * that was sent before may have arrived then, which {@link #epoch} tells.
 *
 * <p>One thread at a time.
 */
final class BridgeConnection implements AutoCloseable {
    /**
     * For the counters of an embedded driver, the least: a stream has some ten of 128 bytes each. A
     * driver writes to five times this before it runs.
     */
    static final int COUNTER_BYTES = Configuration.COUNTERS_VALUES_BUFFER_LENGTH_MIN;

    /** The pause after an attempt to connect has failed. */
    private static final long RETRY_NANOS = 50_000_000;

    /** The longest time that the end of a stream takes to be told, unless it is lost. */
    private static final long END_NANOS = 500_000_000;

    private static final long PAUSE_NANOS = 1_000_000;
    private static final long MAX_TIMER_NANOS = 100_000_000;
    private static final int FRAGMENTS = 64;
    private static final int KEEP_ALIVES = 10;

    private final BridgeLink link;
    private final Path directory;
    private final String outChannel;
    private final int outStream;
    private final String inChannel;
    private final int inStream;
    private final ControlledFragmentAssembler assembler;
    private final AtomicInteger images = new AtomicInteger();
    private final ConcurrentLinkedQueue<Integer> gone = new ConcurrentLinkedQueue<>();
    private final Recorder recorder; // Null unless it sends to an archive.
    private final RecordingReader reader; // Null unless it receives from one.
    private MediaDriver driver;
    private Aeron aeron;
    private ExclusivePublication publication;
    private Subscription subscription;
    private long failed;
    private boolean hasFailed;
    private volatile int session;
    private volatile long connections;
    private volatile String state = "connecting";

    private BridgeConnection(
            BridgeLink link,
            Path embedded,
            boolean sending,
            int outStream,
            int inStream,
            ControlledFragmentHandler handler,
            Recorder recorder,
            RecordingReader reader) {
        this.link = link;
        this.directory = link.mediaDriver() == null ? embedded : link.mediaDriver();
        this.outChannel = sending ? link.messages() : link.confirmations();
        this.outStream = outStream;
        this.inChannel = sending ? link.confirmations() : link.messages();
        this.inStream = inStream;
        this.assembler = new ControlledFragmentAssembler(handler, 0, true);
        this.recorder = recorder;
        this.reader = reader;
    }

    /**
     * Creates the connection of a half that sends messages; it is not open.
     *
     * @param link the channels
     * @param embedded the directory of an embedded media driver
     * @param handler the handler of confirmations
     * @param recorder what records the messages, or null
     */
    static BridgeConnection sending(
            BridgeLink link, Path embedded, FragmentHandler handler, Recorder recorder) {
        return new BridgeConnection(
                link,
                embedded,
                true,
                link.messageStream(),
                link.confirmationStream(),
                consuming(handler),
                recorder,
                null);
    }

    /**
     * Creates the connection of a half that receives messages; it is not open.
     *
     * @param link the channels
     * @param embedded the directory of an embedded media driver
     * @param handler the handler of messages
     * @param reader what reads them from an archive, with that handler; or null
     */
    static BridgeConnection receiving(
            BridgeLink link,
            Path embedded,
            ControlledFragmentHandler handler,
            RecordingReader reader) {
        return new BridgeConnection(
                link,
                embedded,
                false,
                link.confirmationStream(),
                link.messageStream(),
                handler,
                null,
                reader);
    }

    /**
     * Creates a connection that is the same at both ends, over the stream of messages; it is not
     * open. Its peer has the two channels in the other order.
     *
     * @param link the channels: the first to the peer, the second from it
     * @param embedded the directory of an embedded media driver
     * @param handler the handler of what comes in
     */
    static BridgeConnection symmetric(BridgeLink link, Path embedded, FragmentHandler handler) {
        return new BridgeConnection(
                link,
                embedded,
                true,
                link.messageStream(),
                link.messageStream(),
                consuming(handler),
                null,
                null);
    }

    /** Returns a handler that takes each frame whole. */
    private static ControlledFragmentHandler consuming(FragmentHandler handler) {
        return (buffer, offset, length, header) -> {
            handler.onFragment(buffer, offset, length, header);
            return ControlledFragmentHandler.Action.CONTINUE;
        };
    }

    /**
     * Tests whether the link is open, and opens it if not: one attempt, and none again before a
     * pause is over.
     *
     * @throws RegistrationException if the first media driver refuses a channel
     * @throws UncheckedIOException if the embedded archive cannot use its directory
     */
    boolean isOpen() {
        if (aeron != null) {
            if (isIntact()) {
                return true;
            }
            if (recorder != null || reader != null) { // The archive needs a while.
                fail("not connected to the archive at " + link.archive());
            }
        }
        if (hasFailed && System.nanoTime() - failed < RETRY_NANOS) {
            return false;
        }
        closeClient();
        try {
            open();
            return true;
        } catch (RuntimeException e) {
            if (connections == 0
                    && (e instanceof RegistrationException || e instanceof UncheckedIOException)) {
                closeClient();
                throw e;
            }
            fail(e);
            return false;
        }
    }

    private boolean isIntact() {
        return !publication.isClosed()
                && (reader != null ? reader.isOpen() : !subscription.isClosed())
                && (recorder == null || recorder.isActive());
    }

    private void fail(RuntimeException e) {
        fail("not connected, by the media driver at " + directory + ": " + e.getMessage());
    }

    /** Closes the client after a failure; another one is connected after a pause. */
    private void fail(String reason) {
        closeClient();
        hasFailed = true;
        failed = System.nanoTime();
        state = reason;
    }

    private void open() {
        if (link.mediaDriver() == null && driver == null) {
            driver = MediaDriver.launch(embeddedDriver());
        }
        if (recorder != null && driver != null) {
            recorder.launch(driver);
        }
        long nanos = link.timeout().toNanos();
        aeron =
                Aeron.connect(
                        new Aeron.Context()
                                .aeronDirectoryName(directory.toString())
                                .driverTimeoutMs(link.timeout().toMillis())
                                .keepAliveIntervalNs(nanos / KEEP_ALIVES)
                                .idleStrategy(new SleepingMillisIdleStrategy(2))
                                .resourceLingerDurationNs(nanos)
                                .errorHandler(this::onError)
                                .subscriberErrorHandler(this::onError));
        // The subscription first: the peer may answer at once.
        if (reader != null) {
            reader.open(aeron);
        } else {
            subscription =
                    aeron.addSubscription(
                            inChannel,
                            inStream,
                            image -> {
                                session = image.sessionId(); // Before the epoch that tells it.
                                images.incrementAndGet();
                            },
                            image -> gone.add(image.sessionId()));
        }
        publication =
                recorder != null
                        ? recorder.addPublication(aeron, outChannel, outStream)
                        : aeron.addExclusivePublication(outChannel, outStream);
        images.incrementAndGet(); // Another epoch, also before an image is there.
        connections++;
        hasFailed = false;
        state = "connected to the media driver at " + directory;
    }

    private void onError(Throwable error) {
        state = error.getMessage();
    }

    /** Returns the settings of an embedded media driver: it is killed and restarted with us. */
    private MediaDriver.Context embeddedDriver() {
        long nanos = link.timeout().toNanos();
        return new MediaDriver.Context()
                .aeronDirectoryName(directory.toString())
                .dirDeleteOnStart(true)
                .dirDeleteOnShutdown(true)
                .threadingMode(ThreadingMode.SHARED)
                .sharedIdleStrategy(AeronChannels.backoff())
                .termBufferSparseFile(true)
                .counterValuesBufferLength(COUNTER_BYTES)
                .performStorageChecks(false)
                .errorHandler(this::onError)
                .driverTimeoutMs(link.timeout().toMillis())
                .timerIntervalNs(Math.min(nanos / (2 * KEEP_ALIVES), MAX_TIMER_NANOS))
                .clientLivenessTimeoutNs(nanos)
                .imageLivenessTimeoutNs(nanos)
                .publicationConnectionTimeoutNs(nanos)
                .publicationUnblockTimeoutNs(2 * nanos)
                .untetheredWindowLimitTimeoutNs(nanos)
                .untetheredRestingTimeoutNs(nanos);
    }

    /** Returns a number that differs whenever what was sent before may not have arrived. */
    int epoch() {
        return images.get();
    }

    /** Returns the session of the peer's stream that was found last; others are of its past. */
    int session() {
        return session;
    }

    long connections() {
        return connections;
    }

    String state() {
        return reader == null ? state : state + reader.state();
    }

    /** Returns the length of the longest frame; the link is open. */
    int maxLength() {
        return publication.maxMessageLength();
    }

    /** Sends a frame if it can be sent now. */
    boolean offer(DirectBuffer frame, int offset, int length) {
        if (!isOpen()) {
            return false;
        }
        try {
            long result = publication.offer(frame, offset, length);
            if (result == Publication.MAX_POSITION_EXCEEDED) {
                closeClient(); // The next attempt has a stream of its own.
            }
            return result > 0;
        } catch (RuntimeException e) { // Too long for another media driver than the first.
            fail(e);
            return false;
        }
    }

    /** Passes what has come in to the handler; returns the number of fragments. */
    int poll() {
        if (!isOpen()) {
            return 0;
        }
        for (Integer session = gone.poll(); session != null; session = gone.poll()) {
            assembler.freeSessionBuffer(session);
        }
        try {
            return reader != null
                    ? reader.poll(FRAGMENTS)
                    : subscription.controlledPoll(assembler, FRAGMENTS);
        } catch (RuntimeException e) { // Not of the handler: that throws nothing.
            fail(e);
            return 0;
        }
    }

    /** Tests whether the peer is there, which receives our stream or sends its own. */
    boolean hasPeer() {
        return aeron != null
                && (reader != null ? publication.isConnected() : subscription.isConnected());
    }

    /** Returns the position of the stream behind what was sent last. */
    long position() {
        return publication.position();
    }

    /** Returns the position up to which the stream is recorded; there is a recorder. */
    long recordedPosition() {
        return aeron != null && recorder.isActive() ? recorder.position() : -1;
    }

    /**
     * Ends the stream out, which the peer has taken all of. An embedded media driver is closed
     * next: so waits until it has told the peer, and that has left, or for a moment. A peer that
     * was not told waits for its timeout.
     */
    void end() {
        CloseHelper.quietClose(publication);
        long start = System.nanoTime();
        while (driver != null && hasPeer() && System.nanoTime() - start < END_NANOS) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private void closeClient() {
        CloseHelper.quietClose(reader);
        CloseHelper.quietClose(aeron);
        aeron = null;
        publication = null;
        subscription = null;
    }

    @Override
    public void close() {
        closeClient();
        CloseHelper.quietClose(recorder);
        CloseHelper.quietClose(driver);
        driver = null;
    }
}
