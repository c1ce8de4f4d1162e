package io.sluice.wait;

/**
 * A receiver of a rendezvous, for a thread that waits for several ends at once: it waits for all of
 * them while its reservation is pending, and withdraws the reservation before it does anything
 * else.
 *
 * @param <E> the messages' type
 */
public interface RendezvousReceiverEnd<E> extends RendezvousEnd {
    /**
     * Makes a reservation, which stays pending. Wakes no thread that waits for several ends; {@link
     * WaitQueue#wakeCounterpart} does that.
     */
    void reserve();

    /**
     * Withdraws the reservation.
     *
     * @return null if it was still pending; else the message that was received
     */
    E cancelReservation();
}
