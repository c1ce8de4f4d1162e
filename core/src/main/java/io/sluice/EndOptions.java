package io.sluice;

import io.sluice.wait.DrainMode;
import io.sluice.wait.Waiter;
import java.util.Objects;
import org.agrona.concurrent.IdleStrategy;

/**
 * Options of an end of a pipe: how it waits, and whether a receiver favors latency or throughput.
 * Each end has its own options, independently of its peers.
 *
 * <p>A receiver that follows a stream too closely slows it down, because the cache line that the
 * sender is writing then moves between the two cores. So a receiver that has emptied the pipe, and
 * finds no message when it checks again, may pause polling briefly. It always checks before it
 * pauses, so a message that was sent while a handler ran is received immediately.
 *
 * <p>The preference applies to receivers of pipes with one receiver or with many senders; it has no
 * effect on other receivers, and on senders.
 *
 * <p>Immutable. Any thread may use it, but options with a stateful idle strategy are for one end.
 */
public final class EndOptions {
    private static final EndOptions DEFAULTS =
            new EndOptions(DrainMode.ADAPTIVE, null, Waiter.DEFAULT_SPINS);
    private static final EndOptions LATENCY =
            new EndOptions(DrainMode.NONE, null, Waiter.DEFAULT_SPINS);
    private static final EndOptions THROUGHPUT =
            new EndOptions(DrainMode.LONG, null, Waiter.DEFAULT_SPINS);

    private final DrainMode drain;

    /** Null for an end that blocks in the kernel. */
    private final IdleStrategy idle;

    private final int spins;

    private EndOptions(DrainMode drain, IdleStrategy idle, int spins) {
        this.drain = drain;
        this.idle = idle;
        this.spins = spins;
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
        return new EndOptions(drain, Objects.requireNonNull(idle, "idle"), spins);
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
        return new EndOptions(drain, idle, spins);
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
                + "]";
    }
}
