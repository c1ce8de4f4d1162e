package io.sluice.waiting;

/**
 * A sender of a rendezvous for one who waits for several ends at once: with its offer standing it
 * waits for all of them, and takes the offer back before it does anything else.
 *
 * @param <E> the messages' type
 */
public interface MeetingSender<E> extends MeetingEnd {
    /**
     * Hands the message to a receiver that waits, or makes an offer of it, which stands. Wakes
     * nobody who waits among other things: {@link Sleepers#wakeFacing} does.
     *
     * @param message what to send
     * @return whether it was handed over
     */
    boolean offer(E message);

    /**
     * Takes the offer back.
     *
     * @param message what was offered
     * @return whether it still stood; {@code false} says that a receiver has the message
     */
    boolean retract(E message);
}
