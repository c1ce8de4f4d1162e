package io.sluice;

import io.sluice.wait.DrainMode;
import io.sluice.wait.Waiter;
import java.util.Objects;
import org.agrona.concurrent.IdleStrategy;

/**
 * Options of an end of a pipe: how it waits, whether a receiver favors latency or throughput, and
 * how a receiver of a broadcast joins. Each end has its own options, independently of its peers.
 *
 * <p>A receiver that follows a stream too closely slows it down, because the cache line that the
 * sender is writing then moves between the two cores. So a receiver that has emptied the pipe, and
 * finds no message when it checks again, may pause polling briefly. It always checks before it
 * pauses, so a message that was sent while a handler ran is received immediately.
 *
 * <p>The preference has no effect on senders, and on receivers of a rendezvous pipe, of a pipe for
 * many senders with {@link Order#ARRIVAL}, and, if its ring is smaller than 64 KiB, of a pipe for
 * one sender which can overtake them: lossy ones, for example.
 *
 * <p>Immutable. Any thread may use it, but options with a stateful idle strategy are for one end.
 */
public final class EndOptions {
    private static final EndOptions DEFAULTS = of(DrainMode.ADAPTIVE);
    private static final EndOptions LATENCY = of(DrainMode.NONE);
    private static final EndOptions THROUGHPUT = of(DrainMode.LONG);

    private final DrainMode drain;

    /** Null for an end that blocks in the kernel. */
    private final IdleStrategy idle;

    private final int spins;

    private final boolean lossy;
    private final PipePosition start;

    private EndOptions(
            DrainMode drain, IdleStrategy idle, int spins, boolean lossy, PipePosition start) {
        this.drain = drain;
        this.idle = idle;
        this.spins = spins;
        this.lossy = lossy;
        this.start = start;
    }

    private static EndOptions of(DrainMode drain) {
        return new EndOptions(drain, null, Waiter.DEFAULT_SPINS, false, PipePosition.NEWEST);
    }

    /**
     * Returns options that adapt: a receiver pauses for up to two microseconds while batches of
     * several messages follow each other, and not after a single message. An end that waits spins
     * briefly, and then blocks in the kernel.
     *
     * @return the options of {@link Pipe#sender()} and {@link Pipe#receiver()}
     */
    public static EndOptions defaults() {
        return DEFAULTS;
    }

    /**
     * Returns options that favor latency: a receiver never pauses. An end that waits spins briefly,
     * and then blocks in the kernel; for the lowest latency use an idle strategy that spins.
     *
     * @return the options
     */
    public static EndOptions latency() {
        return LATENCY;
    }

    /**
     * Returns options that favor throughput: a receiver pauses for up to ten microseconds, and also
     * after single messages. An end that waits spins briefly, and then blocks in the kernel.
     *
     * @return the options
     */
    public static EndOptions throughput() {
        return THROUGHPUT;
    }

    /**
     * Returns these options for an end that never blocks in the kernel.
     *
     * @param idle what the end does between two checks while it waits; a stateful strategy is for
     *     one end
     * @return the options, otherwise unchanged
     */
    public EndOptions withIdleStrategy(IdleStrategy idle) {
        return new EndOptions(drain, Objects.requireNonNull(idle, "idle"), spins, lossy, start);
    }

    /**
     * Returns these options with a number of checks, of some 30 nanoseconds each, before the end
     * blocks in the kernel. It has no effect on an end with an idle strategy.
     *
     * @param spins the number of checks, 0 or more; by default 100, or 0 on a machine with one
     *     processor
     * @return the options, otherwise unchanged
     * @throws IllegalArgumentException if the number is less than 0
     */
    public EndOptions withSpins(int spins) {
        if (spins < 0) {
            throw new IllegalArgumentException("spins=" + spins + " is less than 0");
        }
        return new EndOptions(drain, idle, spins, lossy, start);
    }

    /**
     * Returns these options for a lossy receiver of a broadcast: it never holds a sender up. It
     * receives copies; what was overwritten before it could copy it, is lost, and counted by {@link
     * PipeReceiver#lost()} before the next message is handed out. Only a receiver of a {@linkplain
     * PipeSpec#broadcast(int) broadcast} can be lossy: another end with these options is refused.
     *
     * @return the options, otherwise unchanged
     */
    public EndOptions lossy() {
        return new EndOptions(drain, idle, spins, true, start);
    }

    /**
     * Returns these options for a receiver of a broadcast that begins at a place in the stream: by
     * default at {@link PipePosition#NEWEST}. If what follows a position was overwritten, the
     * receiver begins with the oldest message that is left, and counts the others as {@linkplain
     * PipeReceiver#lost() lost}, also if it is gated. What is left is at most the pipe's capacity,
     * and usually at least three quarters of it.
     *
     * @param position {@link PipePosition#NEWEST}, {@link PipePosition#OLDEST}, or, if the pipe is
     *     for one sender, the {@link PipeReceiver#position()} of another receiver
     * @return the options, otherwise unchanged
     */
    public EndOptions startAt(PipePosition position) {
        return new EndOptions(
                drain, idle, spins, lossy, Objects.requireNonNull(position, "position"));
    }

    /** Throws if an option says how a receiver of a broadcast joins. */
    void checkForSender() {
        if (lossy || !start.equals(PipePosition.NEWEST)) {
            throw new IllegalArgumentException(
                    this
                            + " of a sender: lossy() and startAt(...) are for receivers of a broadcast");
        }
    }

    boolean isLossy() {
        return lossy;
    }

    PipePosition start() {
        return start;
    }

    IdleStrategy idle() {
        return idle;
    }

    int spins() {
        return spins;
    }

    DrainMode drain() {
        return drain;
    }

    @Override
    public String toString() {
        return "EndOptions[drain="
                + drain
                + (idle == null ? "" : ", idle=" + idle)
                + (spins == Waiter.DEFAULT_SPINS ? "" : ", spins=" + spins)
                + (lossy ? ", lossy" : "")
                + (start.equals(PipePosition.NEWEST) ? "" : ", start=" + start)
                + "]";
    }
}
