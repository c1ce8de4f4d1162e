package io.sluice.bench;

import io.aeron.Aeron;
import io.aeron.CommonContext;
import io.aeron.ExclusivePublication;
import io.aeron.Subscription;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.aeron.logbuffer.FragmentHandler;
import java.nio.ByteBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Aeron's IPC: an exclusive publication and a subscription, with an embedded media driver. The
 * driver is one thread that sleeps between its rounds, because a driver that spins would take one
 * of the two CPUs; so the term is long enough for the publisher never to wait for the driver.
 */
final class AeronIpcSubject implements ByteSubject {
    private static final int STREAM = 1001;
    private static final int TERM_LENGTH = 16 << 20;

    /** The largest message that goes in one fragment, as ours all do. */
    private static final int MTU = 8192;

    private final int size;
    private final MediaDriver driver;
    private final Aeron aeron;
    private final ExclusivePublication publication;
    private final Subscription subscription;
    private final UnsafeBuffer message;
    private final DirectBufferReader reader;
    private final FragmentHandler handler;
    private Throwable failure;

    AeronIpcSubject(int size) {
        this.size = size;
        this.message = new UnsafeBuffer(ByteBuffer.allocateDirect(size + 256), 128, size);
        this.reader = new DirectBufferReader(size);
        this.handler = (buffer, offset, length, header) -> reader.read(buffer, offset, length);
        this.driver =
                MediaDriver.launchEmbedded(
                        new MediaDriver.Context()
                                .aeronDirectoryName(CommonContext.generateRandomDirName())
                                .threadingMode(ThreadingMode.SHARED)
                                .ipcTermBufferLength(TERM_LENGTH)
                                .ipcMtuLength(MTU)
                                .dirDeleteOnStart(true)
                                .dirDeleteOnShutdown(true));
        this.aeron =
                Aeron.connect(
                        new Aeron.Context()
                                .errorHandler(thrown -> failure = thrown)
                                .aeronDirectoryName(driver.aeronDirectoryName()));
        this.subscription = aeron.addSubscription(CommonContext.IPC_CHANNEL, STREAM);
        this.publication = aeron.addExclusivePublication(CommonContext.IPC_CHANNEL, STREAM);
        while (!publication.isConnected() || !subscription.isConnected()) {
            Thread.yield();
        }
    }

    @Override
    public boolean trySend(long sequence) {
        message.putLong(0, sequence);
        return publication.offer(message, 0, size) > 0;
    }

    @Override
    public int poll(int limit) {
        int count = subscription.poll(handler, limit);
        if (failure != null) { // Aeron catches what a handler throws.
            throw new IllegalStateException(failure.getMessage(), failure);
        }
        return count;
    }

    @Override
    public Tally tally() {
        return reader.tally();
    }

    @Override
    public void close() {
        aeron.close();
        driver.close();
    }
}
