package io.sluice.bench;

import io.aeron.Aeron;
import io.aeron.CommonContext;
import io.aeron.ExclusivePublication;
import io.aeron.Publication;
import io.aeron.Subscription;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import org.agrona.concurrent.YieldingIdleStrategy;

/**
 * One IPC stream of Aeron's, with an embedded media driver that all streams of this JVM share. The
 * driver is one thread that sleeps between its rounds, because a driver that spins would take one
 * of the two CPUs; so with Aeron's terms of 64 MiB the publisher hardly ever waits for the driver.
 * With short terms it waits for it often, so there the driver yields, and does not sleep. All
 * memory is touched beforehand, unless {@code -Dsluice.aeron.sparse=true}.
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

    private static MediaDriver driver;
    private static int streams;
    private static int nextStream = 1001;

    private final int termLength;
    private final int stream;
    private final String channel;
    private final Aeron aeron;
    private Throwable failure;

    EmbeddedAeron(int termLength) {
        this.termLength = termLength;
        this.channel =
                CommonContext.IPC_CHANNEL + "?term-length=" + termLength + "|sparse=" + SPARSE;
        synchronized (EmbeddedAeron.class) {
            if (streams++ == 0) {
                driver = launch(termLength == SHORT_TERM);
            }
            stream = nextStream++;
            aeron =
                    Aeron.connect(
                            new Aeron.Context()
                                    .errorHandler(thrown -> failure = thrown)
                                    .preTouchMappedMemory(!SPARSE)
                                    .aeronDirectoryName(driver.aeronDirectoryName()));
        }
    }

    private static MediaDriver launch(boolean yields) {
        MediaDriver.Context context =
                new MediaDriver.Context()
                        .aeronDirectoryName(CommonContext.generateRandomDirName())
                        .threadingMode(ThreadingMode.SHARED)
                        .ipcMtuLength(MTU)
                        .dirDeleteOnStart(true)
                        .dirDeleteOnShutdown(true);
        if (yields) {
            context.sharedIdleStrategy(YieldingIdleStrategy.INSTANCE);
        }
        return MediaDriver.launchEmbedded(context);
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

    /** Throws what a handler threw, which Aeron catches. */
    void check() {
        if (failure != null) {
            throw new IllegalStateException(failure.getMessage(), failure);
        }
    }

    @Override
    public void close() {
        aeron.close();
        synchronized (EmbeddedAeron.class) {
            if (--streams == 0) {
                driver.close();
            }
        }
    }
}
