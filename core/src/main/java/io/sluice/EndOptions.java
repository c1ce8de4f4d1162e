package io.sluice;

import io.sluice.end.Waiting;
import io.sluice.lane.DrainMode;
import java.util.Objects;
import org.agrona.concurrent.IdleStrategy;

/**
 * How an end of a pipe waits, and what it prefers: to see a message as soon as possible, or to pass
 * as many as possible. Each end chooses for itself; its peers need not know.
 *
 * <p>A receiver that follows a stream too closely slows it down: the two ends then pass the line of
 * memory between them that the sender is writing. So a receiver that has emptied the pipe, looks
 * again and finds nothing, may stay away for a moment. It always looks first, so what has come
 * while a handler ran is received at once.
 *
 * <p>What is preferred concerns receivers of pipes with one receiver, and of pipes with many
 * senders; it changes nothing for other receivers, and for senders.
 *
 * <p>Immutable. Any thread may use it; one with an idle strategy that keeps a state is for one end.
 */
public final class EndOptions {
    private static final int UNSET = -1;
    private static final EndOptions DEFAULTS = new EndOptions(DrainMode.ADAPTIVE, null, UNSET);
    private static final EndOptions LATENCY = new EndOptions(DrainMode.NONE, null, UNSET);
    private static final EndOptions THROUGHPUT = new EndOptions(DrainMode.LONG, null, UNSET);

    private final DrainMode drain;

    /** Null for an end that sleeps. */
    private final IdleStrategy idle;

    private final int spins;

    private EndOptions(DrainMode drain, IdleStrategy idle, int spins) {
        this.drain = drain;
        this.idle = idle;
        this.spins = spins;
    }

    /**
     * Adapts: stays away for up to two microseconds while batches of several messages follow each
     * other, and not after a message that came alone. An end that waits spins a little, and then
     * sleeps.
     *
     * @return the options of {@link Pipe#sender()} and {@link Pipe#receiver()}
     */
    public static EndOptions defaults() {
        return DEFAULTS;
    }

    /**
     * Prefers a short delay: never stays away. An end that waits spins a little, and then sleeps;
     * for the shortest delay give it an idle strategy that spins.
     *
     * @return the options
     */
    public static EndOptions latency() {
        return LATENCY;
    }

    /**
     * Prefers many messages: stays away longer, for up to ten microseconds, and also after single
     * messages. An end that waits spins a little, and then sleeps.
     *
     * @return the options
     */
    public static EndOptions throughput() {
        return THROUGHPUT;
    }

    /**
     * An end that never sleeps.
     *
     * @param idle what it does between two looks, when it waits; one that keeps a state is for one
     *     end
     * @return the options, otherwise the same
     */
    public EndOptions withIdleStrategy(IdleStrategy idle) {
        return new EndOptions(drain, Objects.requireNonNull(idle, "idle"), spins);
    }

    /**
     * An end that looks so often before it sleeps, some 30 nanoseconds each. Of an end with an idle
     * strategy, which never sleeps, it changes nothing.
     *
     * @param spins how often, 0 or more; 100 unless it is chosen, and 0 on a machine with one
     *     processor
     * @return the options, otherwise the same
     * @throws IllegalArgumentException if it is less than 0
     */
    public EndOptions withSpins(int spins) {
        if (spins < 0) {
            throw new IllegalArgumentException("spins=" + spins + " is less than 0");
        }
        return new EndOptions(drain, idle, spins);
    }

    Waiting waiting() {
        if (idle != null) {
            return Waiting.spinning(idle);
        }
        return spins == UNSET ? Waiting.SLEEPING : Waiting.sleeping(spins);
    }

    DrainMode drain() {
        return drain;
    }

    @Override
    public String toString() {
        return "EndOptions[drain="
                + drain
                + (idle == null ? "" : ", idle=" + idle)
                + (spins == UNSET ? "" : ", spins=" + spins)
                + "]";
    }
}
