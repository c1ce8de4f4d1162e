package io.sluice.mailbox;

import java.util.Queue;
import org.jctools.queues.QueueProgressIndicators;

/**
 * Backs a sender off from a queue that it has filled. A sender that sends into each place as soon
 * as a receiver has freed it makes every message a transfer of the cache line that the receiver is
 * emptying, and that lasts as long as the sender is the faster one. So a sender that is refused
 * spins for a short time before it tries once more; meanwhile the receiver empties cache lines. It
 * is the sender's counterpart of {@code ring.DrainBackoff}.
 *
 * <p>The queue's own index tells whether a message was sent since the last refusal; if none was, no
 * receiver takes messages now, and there is no pause. So a successful send costs nothing here.
 *
 * <p>Invariant: the pause is too short for the receivers to empty the queue. A queue of fewer than
 * 16 places has none. Wait-free; the sender's thread.
 */
final class FullBackoff {
    /** 1.5 microseconds, if a spin takes 23 ns. */
    private static final int MAX_SPINS = 64;

    private static final int PLACES_PER_SPIN = 16;

    private final QueueProgressIndicators queue;
    private final int spins;
    private long refusedAt; // The senders' index at the last refusal.

    /** Creates the backoff from a queue; it never pauses if the queue has no indices. */
    FullBackoff(Queue<?> queue, int capacity) {
        this(queue instanceof QueueProgressIndicators indices ? indices : null, capacity);
    }

    /** Creates the backoff from what has these indices; it never pauses if that is null. */
    FullBackoff(QueueProgressIndicators queue, int capacity) {
        this.queue = queue;
        this.spins = this.queue == null ? 0 : Math.min(MAX_SPINS, capacity / PLACES_PER_SPIN);
    }

    /** Pauses after a refusal if that is due, and returns whether to try again. */
    boolean pause() {
        if (spins == 0) {
            return false;
        }
        long index = queue.currentProducerIndex();
        if (index == refusedAt) {
            return false;
        }
        refusedAt = index;
        for (int i = 0; i < spins; i++) {
            Thread.onSpinWait();
        }
        return true;
    }
}
