package io.sluice.aeron;

import io.aeron.Aeron;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.SleepingMillisIdleStrategy;
import org.agrona.concurrent.YieldingIdleStrategy;

/**
 * A media driver in this process, whose timeouts are short, and clients of it. As a program it is a
 * media driver in a process of its own, which can be killed.
 */
@SuppressWarnings("try") // Some resources are only to be closed.
final class TestDriver implements AutoCloseable {
    /** How long a peer is silent before it counts as lost. */
    static final long TIMEOUT_MILLIS = 600;

    private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(TIMEOUT_MILLIS / 10);

    /** A timeout for tests in which no peer is lost, however long this machine does other work. */
    static final long LONG_TIMEOUT_MILLIS = 60_000;

    private final MediaDriver driver;

    private TestDriver(MediaDriver driver) {
        this.driver = driver;
    }

    static TestDriver launch(Path directory) {
        return launch(directory, TIMEOUT_MILLIS);
    }

    /** Launches a driver for which a peer is lost after a time in ms. */
    static TestDriver launch(Path directory, long timeoutMillis) {
        return new TestDriver(MediaDriver.launch(context(directory, timeoutMillis)));
    }

    private static MediaDriver.Context context(Path directory, long timeoutMillis) {
        long nanos = TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
        return new MediaDriver.Context()
                .aeronDirectoryName(directory.toString())
                .dirDeleteOnStart(true)
                .dirDeleteOnShutdown(true)
                .threadingMode(ThreadingMode.SHARED)
                .sharedIdleStrategy(AeronChannels.backoff())
                .errorHandler(e -> {})
                .termBufferSparseFile(true)
                .counterValuesBufferLength(BridgeConnection.COUNTER_BYTES)
                .publicationTermBufferLength(1 << 20)
                .ipcTermBufferLength(1 << 20)
                .socketRcvbufLength(1 << 17)
                .socketSndbufLength(1 << 17)
                .initialWindowLength(1 << 16)
                .performStorageChecks(false)
                .driverTimeoutMs(timeoutMillis)
                .timerIntervalNs(INTERVAL_NANOS / 2)
                .clientLivenessTimeoutNs(nanos)
                .imageLivenessTimeoutNs(nanos)
                .publicationConnectionTimeoutNs(nanos)
                .publicationUnblockTimeoutNs(2 * nanos)
                .publicationLingerTimeoutNs(nanos)
                .untetheredWindowLimitTimeoutNs(nanos)
                .untetheredRestingTimeoutNs(nanos)
                .statusMessageTimeoutNs(INTERVAL_NANOS)
                .flowControlReceiverTimeoutNs(nanos);
    }

    /** Connects a client that notices soon that its media driver has vanished. */
    static Aeron client(Path directory) {
        return client(directory, TIMEOUT_MILLIS);
    }

    static Aeron client(Path directory, long timeoutMillis) {
        return Aeron.connect(
                new Aeron.Context()
                        .aeronDirectoryName(directory.toString())
                        .driverTimeoutMs(timeoutMillis)
                        .keepAliveIntervalNs(INTERVAL_NANOS)
                        .resourceLingerDurationNs(5 * INTERVAL_NANOS)
                        .idleStrategy(new SleepingMillisIdleStrategy(2))
                        .awaitingIdleStrategy(YieldingIdleStrategy.INSTANCE)
                        .errorHandler(e -> {})
                        .subscriberErrorHandler(e -> {}));
    }

    @Override
    public void close() {
        driver.close();
    }

    /**
     * Runs until stdin ends.
     *
     * @param args the directory of the driver
     */
    public static void main(String[] args) throws Exception {
        try (TestDriver driver = launch(Path.of(args[0]))) {
            System.out.println("ready");
            while (System.in.read() >= 0) {}
        }
    }
}
