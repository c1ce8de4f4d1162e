package io.sluice.waiting;

/**
 * A receiver of a rendezvous, for a thread that waits for several ends at once: it waits for all of
 * them while its demand is pending, and withdraws the demand before it does anything else.
 *
 * @param <E> the messages' type
 */
public interface MeetingReceiver<E> extends MeetingEnd {
    /**
     * Makes a demand, which stays pending. Wakes no thread that waits for several ends; {@link
     * Sleepers#wakeFacing} does that.
     */
    void demand();

    /**
     * Withdraws the demand.
     *
     * @return null if it was still pending; else the message that was received
     */
    E withdraw();
}
