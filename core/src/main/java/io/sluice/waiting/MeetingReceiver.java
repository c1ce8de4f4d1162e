package io.sluice.waiting;

/**
 * A receiver of a rendezvous for one who waits for several ends at once: with its demand standing
 * it waits for all of them, and withdraws the demand before it does anything else.
 *
 * @param <E> the messages' type
 */
public interface MeetingReceiver<E> extends MeetingEnd {
    /**
     * Makes a demand, which stands. Wakes nobody who waits among other things: {@link
     * Sleepers#wakeFacing} does.
     */
    void demand();

    /**
     * Withdraws the demand.
     *
     * @return null if it still stood; else the message that came
     */
    E withdraw();
}
