package io.sluice.bench;

import io.aeron.Aeron;
import io.aeron.CommonContext;
import io.aeron.ExclusivePublication;
import io.aeron.Publication;
import io.aeron.Subscription;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;

/**
 * One IPC stream of Aeron's, with an embedded media driver. The driver is one thread that sleeps
 * between its rounds, because a driver that spins would take one of the two CPUs; so the term is
 * long enough for the publisher never to wait for the driver.
 */
final class EmbeddedAeron implements AutoCloseable {
    private static final int STREAM = 1001;
    private static final int TERM_LENGTH = 16 << 20;

    /** The largest message that fits in one fragment, as all messages here do. */
    private static final int MTU = 8192;

    private final MediaDriver driver;
    private final Aeron aeron;
    private Throwable failure;

    EmbeddedAeron() {
        driver =
                MediaDriver.launchEmbedded(
                        new MediaDriver.Context()
                                .aeronDirectoryName(CommonContext.generateRandomDirName())
                                .threadingMode(ThreadingMode.SHARED)
                                .ipcTermBufferLength(TERM_LENGTH)
                                .ipcMtuLength(MTU)
                                .dirDeleteOnStart(true)
                                .dirDeleteOnShutdown(true));
        aeron =
                Aeron.connect(
                        new Aeron.Context()
                                .errorHandler(thrown -> failure = thrown)
                                .aeronDirectoryName(driver.aeronDirectoryName()));
    }

    Subscription addSubscription() {
        return aeron.addSubscription(CommonContext.IPC_CHANNEL, STREAM);
    }

    ExclusivePublication addExclusivePublication() {
        return aeron.addExclusivePublication(CommonContext.IPC_CHANNEL, STREAM);
    }

    Publication addConcurrentPublication() {
        return aeron.addPublication(CommonContext.IPC_CHANNEL, STREAM);
    }

    /** Throws what a handler threw, which Aeron catches. */
    void check() {
        if (failure != null) {
            throw new IllegalStateException(failure.getMessage(), failure);
        }
    }

    @Override
    public void close() {
        aeron.close();
        driver.close();
    }
}
