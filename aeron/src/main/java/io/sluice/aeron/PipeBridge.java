package io.sluice.aeron;

import io.sluice.Pipe;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One half of a bridge, which continues a pipe on another machine: the sending half takes messages
 * from a pipe here, and the receiving half puts them into a pipe there.
 *
 * <pre>{@code
 * PipeBridge.out(Pipe.open(path), link).run();   // here
 * PipeBridge.in(link, Pipe.open(path)).run();    // there
 * }</pre>
 *
 * <p>Delivered at least once, which is the default, each message arrives there once, and those of
 * each sender in order, whatever is killed and started again: either half, either media driver, the
 * archive. Here a message stays in the pipe until it is in the pipe there; there, a message that
 * comes again is cut. What was cut is in a file beside the pipe there, with the suffix {@code
 * .bridge}: if it or one of the pipes is deleted meanwhile, messages that were not confirmed may be
 * delivered twice, not marked. The pipe here has one receiver, this half; the pipe there has one
 * sender, this half.
 *
 * <p>With {@link BridgeLink#archive} a message stays in the pipe here until it is recorded here.
 *
 * <p>Delivered at most once, what is on its way when something fails is lost.
 *
 * <p>The end of the stream passes the bridge. A media driver or peer that is not there, or not yet,
 * is waited for. Messages are limited by Aeron: an eighth of the channel's term.
 */
public final class PipeBridge implements AutoCloseable {
    private final BridgeHalf half;
    private final AtomicBoolean started = new AtomicBoolean();

    private PipeBridge(BridgeHalf half) {
        this.half = half;
    }

    /**
     * Creates the sending half.
     *
     * @param pipe the pipe whose messages it passes on; of it, this half is the receiver
     * @param link the channels, the same as of the other half
     * @return the half, which does nothing before {@link #run}
     * @throws IllegalArgumentException if the pipe's messages cannot be identified, see {@link
     *     Pipe#hasPositions}, and the link is not at most once
     * @throws IllegalStateException if the JVM lacks the flag that Agrona needs
     */
    public static PipeBridge out(Pipe pipe, BridgeLink link) {
        JvmFlag.require();
        Objects.requireNonNull(link, "link");
        return new PipeBridge(new OutBridge(Objects.requireNonNull(pipe, "pipe"), link));
    }

    /**
     * Creates the receiving half.
     *
     * @param link the channels, the same as of the other half
     * @param pipe the pipe that it puts messages into; of it, this half is a sender, the only one
     *     unless the link is at most once
     * @return the half, which does nothing before {@link #run}
     * @throws IllegalArgumentException if the pipe is for several senders, and the link is not at
     *     most once
     * @throws IllegalStateException if the JVM lacks the flag that Agrona needs
     */
    public static PipeBridge in(BridgeLink link, Pipe pipe) {
        JvmFlag.require();
        Objects.requireNonNull(link, "link");
        return new PipeBridge(new InBridge(link, Objects.requireNonNull(pipe, "pipe")));
    }

    /**
     * Passes messages on until the end of the stream, or until {@link #close}. To be called once.
     *
     * @throws io.sluice.BrokenChannelException if the receivers of the pipe there have left; the
     *     message in hand stays in the pipe here
     * @throws IllegalArgumentException if the pipe may carry a message that is longer than one of
     *     the channel can be
     * @throws UnsupportedOperationException if the pipe there is a rendezvous, and the link is not
     *     at most once
     * @throws IllegalStateException if it was called before, or if the pipe's end is in use
     * @throws io.aeron.exceptions.RegistrationException if a media driver refuses a channel
     * @throws IOException if the pipe cannot be opened, or the file beside it
     * @throws InterruptedException if this thread is interrupted while there is nothing to pass on
     */
    public void run() throws IOException, InterruptedException {
        if (!started.compareAndSet(false, true)) {
            throw new IllegalStateException("this half of a bridge ran before: make another one");
        }
        half.run();
    }

    /**
     * Returns what this half has done so far. Any thread may call it.
     *
     * @return the counters
     */
    public BridgeStatistics statistics() {
        return half.statistics();
    }

    /**
     * Returns whether a media driver is connected, or why not, in words. Any thread may call it.
     *
     * @return a sentence without a full stop
     */
    public String state() {
        return half.state();
    }

    /**
     * Makes {@link #run} return soon. The receiving half returns at once, and the sending half when
     * what it has taken from the pipe is confirmed: if the other half is not there, it waits for
     * it, because the pipe cannot take messages back. Its process may exit instead: they are then
     * still in the pipe. Any thread may call it; it does not wait.
     */
    @Override
    public void close() {
        half.stop();
    }
}
