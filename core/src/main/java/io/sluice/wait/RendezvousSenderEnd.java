package io.sluice.wait;

/**
 * A sender of a rendezvous, for a thread that waits for several ends at once: it waits for all of
 * them while its offer is pending, and retracts the offer before it does anything else.
 *
 * @param <E> the messages' type
 */
public interface RendezvousSenderEnd<E> extends RendezvousEnd {
    /**
     * Hands the message to a waiting receiver, or makes an offer of it, which stays pending. Wakes
     * no thread that waits for several ends; {@link WaitQueue#wakeCounterpart} does that.
     *
     * @param message the message to send
     * @return whether it was handed over
     */
    boolean offer(E message);

    /**
     * Retracts the offer.
     *
     * @param message the message offered
     * @return whether it was still pending; {@code false} if a receiver has the message
     */
    boolean retract(E message);
}
