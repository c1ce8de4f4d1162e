package io.sluice.wait;

/** An end of a rendezvous: its operation needs a sender and a receiver at the same time. */
public interface RendezvousEnd extends Selectable {
    /**
     * Returns the queue in which this end's own thread waits while its offer, or its reservation,
     * is pending; it is woken when a counterpart takes that.
     *
     * @return always the same queue
     */
    WaitQueue ownWaitQueue();

    /**
     * Tests whether the offer, or the reservation, of this end is still pending. Called by the
     * end's own thread.
     *
     * @return {@code false} if a counterpart has taken it
     */
    boolean isPending();
}
