package io.sluice.bench;

import io.aeron.Aeron;
import io.aeron.CommonContext;
import io.aeron.ExclusivePublication;
import io.aeron.Publication;
import io.aeron.Subscription;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.agrona.concurrent.AgentInvoker;

/**
 * One IPC stream of Aeron's, with an embedded media driver that all streams of this JVM share. With
 * terms of 64 MiB the publisher hardly ever waits for the driver, which is one thread that sleeps
 * between its rounds. With short terms it waits for it often: a driver on a third thread would then
 * share one of two CPUs with an end, and let the publisher wait for milliseconds; so there the
 * receiver invokes it, {@link #onPoll}. All memory is touched beforehand, unless {@code
 * -Dsluice.aeron.sparse=true}.
 */
final class EmbeddedAeron implements AutoCloseable {
    /** The length of a term that Aeron chooses for IPC. */
    static final int DEFAULT_TERM = 64 << 20;

    /** The shortest term that Aeron allows: a ring of the same capacity as the others'. */
    static final int SHORT_TERM = ByteSubjects.CAPACITY;

    private static final int TERMS = 3;
    private static final int FRAME_ALIGNMENT = 32;
    private static final int FRAME_HEADER = 32;
    private static final boolean SPARSE = Boolean.getBoolean("sluice.aeron.sparse");

    /** The largest message that fits in one fragment, as all messages here do. */
    private static final int MTU = 8192;

    /** The messages after which a receiver invokes the driver. */
    private static final int INVOKE_INTERVAL = 128;

    private static final AtomicInteger STREAMS = new AtomicInteger(1001);

    /** A driver of this JVM, while there are streams that use it. */
    private enum Driver {
        THREAD,
        INVOKED;

        private MediaDriver running;
        private int users;

        synchronized MediaDriver acquire() {
            if (users++ == 0) {
                running =
                        MediaDriver.launchEmbedded(
                                new MediaDriver.Context()
                                        .aeronDirectoryName(CommonContext.generateRandomDirName())
                                        .threadingMode(
                                                this == INVOKED
                                                        ? ThreadingMode.INVOKER
                                                        : ThreadingMode.SHARED)
                                        .ipcMtuLength(MTU)
                                        .dirDeleteOnStart(true)
                                        .dirDeleteOnShutdown(true));
                TemporaryDirectories.add(Path.of(running.aeronDirectoryName()));
            }
            return running;
        }

        synchronized void release() {
            if (--users == 0) {
                running.close();
                TemporaryDirectories.delete(Path.of(running.aeronDirectoryName()));
            }
        }
    }

    private final int termLength;
    private final int stream;
    private final String channel;
    private final Driver driver; // Null if it is in another process.
    private final AgentInvoker invoker; // Null if the driver has a thread.
    private final Aeron aeron;
    private Throwable failure;
    private int received; // Since the driver was invoked.

    EmbeddedAeron(int termLength) {
        this(
                termLength,
                STREAMS.getAndIncrement(),
                termLength == SHORT_TERM ? Driver.INVOKED : Driver.THREAD,
                null);
    }

    private EmbeddedAeron(int termLength, int stream, Driver driver, String directory) {
        this.termLength = termLength;
        this.stream = stream;
        this.driver = driver;
        channel = CommonContext.IPC_CHANNEL + "?term-length=" + termLength + "|sparse=" + SPARSE;
        MediaDriver running = driver == null ? null : driver.acquire();
        invoker = running == null ? null : running.sharedAgentInvoker();
        if (invoker != null) {
            invoke(); // It may have been idle for longer than a client waits for it.
        }
        aeron =
                Aeron.connect(
                        new Aeron.Context()
                                .errorHandler(thrown -> failure = thrown)
                                .preTouchMappedMemory(!SPARSE)
                                .driverAgentInvoker(invoker)
                                .useConductorAgentInvoker(invoker != null)
                                .aeronDirectoryName(
                                        running == null
                                                ? directory
                                                : running.aeronDirectoryName()));
    }

    /** Returns a stream that another process finds by a file. */
    static EmbeddedAeron announcedIn(Path file) {
        EmbeddedAeron announced = new EmbeddedAeron(DEFAULT_TERM);
        try {
            String directory = announced.aeron.context().aeronDirectoryName();
            Files.writeString(file, announced.stream + " " + directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return announced;
    }

    /** Returns a stream that another process has announced. */
    static EmbeddedAeron foundIn(Path file) {
        try {
            String[] words = Files.readString(file).split(" ");
            return new EmbeddedAeron(DEFAULT_TERM, Integer.parseInt(words[0]), null, words[1]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Subscription addSubscription() {
        return aeron.addSubscription(CommonContext.IPC_CHANNEL, stream);
    }

    ExclusivePublication addExclusivePublication() {
        return aeron.addExclusivePublication(channel, stream);
    }

    Publication addConcurrentPublication() {
        return aeron.addPublication(channel, stream);
    }

    /** Returns how many messages of that size fill all terms of a publication. */
    long messagesPerLap(int size) {
        int frame = (size + FRAME_HEADER + FRAME_ALIGNMENT - 1) & -FRAME_ALIGNMENT;
        return (long) TERMS * termLength / frame;
    }

    /**
     * Throws what a handler threw, which Aeron catches, and lets the driver do its work if it has
     * no thread. The receiving thread only, after each poll.
     */
    void onPoll(int count) {
        if (failure != null) {
            throw new IllegalStateException(failure.getMessage(), failure);
        }
        received += count;
        if (invoker != null && (count == 0 || received >= INVOKE_INTERVAL)) {
            received = 0;
            invoke();
            aeron.conductorAgentInvoker().invoke();
        }
    }

    private void invoke() {
        synchronized (driver) { // Two receivers of a round trip share it.
            invoker.invoke();
        }
    }

    @Override
    public void close() {
        aeron.close();
        if (driver != null) {
            driver.release();
        }
    }
}
