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

    private static final long TIMEOUT_NANOS = TimeUnit.MILLISECONDS.toNanos(TIMEOUT_MILLIS);

    private final MediaDriver driver;

    private TestDriver(MediaDriver driver) {
        this.driver = driver;
    }

    static TestDriver launch(Path directory) {
        return new TestDriver(MediaDriver.launch(context(directory)));
    }

    static MediaDriver.Context context(Path directory) {
        return new MediaDriver.Context()
                .aeronDirectoryName(directory.toString())
                .dirDeleteOnStart(true)
                .dirDeleteOnShutdown(true)
                .threadingMode(ThreadingMode.SHARED)
                .sharedIdleStrategy(AeronChannels.backoff())
                .errorHandler(e -> {})
                .termBufferSparseFile(true)
                .publicationTermBufferLength(1 << 20)
                .ipcTermBufferLength(1 << 20)
                .socketRcvbufLength(1 << 17)
                .socketSndbufLength(1 << 17)
                .initialWindowLength(1 << 16)
                .performStorageChecks(false)
                .driverTimeoutMs(TIMEOUT_MILLIS)
                .timerIntervalNs(TIMEOUT_NANOS / 20)
                .clientLivenessTimeoutNs(TIMEOUT_NANOS)
                .imageLivenessTimeoutNs(TIMEOUT_NANOS)
                .publicationConnectionTimeoutNs(TIMEOUT_NANOS)
                .publicationUnblockTimeoutNs(2 * TIMEOUT_NANOS)
                .publicationLingerTimeoutNs(TIMEOUT_NANOS)
                .untetheredWindowLimitTimeoutNs(TIMEOUT_NANOS)
                .untetheredRestingTimeoutNs(TIMEOUT_NANOS)
                .statusMessageTimeoutNs(TIMEOUT_NANOS / 10)
                .flowControlReceiverTimeoutNs(TIMEOUT_NANOS);
    }

    /** Connects a client that notices soon that its media driver has vanished. */
    static Aeron client(Path directory) {
        return Aeron.connect(
                new Aeron.Context()
                        .aeronDirectoryName(directory.toString())
                        .driverTimeoutMs(TIMEOUT_MILLIS)
                        .keepAliveIntervalNs(TIMEOUT_NANOS / 10)
                        .resourceLingerDurationNs(TIMEOUT_NANOS / 2)
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
