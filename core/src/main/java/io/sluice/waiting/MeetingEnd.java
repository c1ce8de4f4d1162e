package io.sluice.waiting;

/** An end of a rendezvous: its operation needs a sender and a receiver at the same time. */
public interface MeetingEnd extends Selectable {
    /**
     * Returns the queue in which this end's own thread waits while its offer, or its demand, is
     * pending; it is woken when a counterpart takes that.
     *
     * @return always the same queue
     */
    Sleepers cell();

    /**
     * Tests whether the offer, or the demand, of this end is still pending. Called by the end's own
     * thread.
     *
     * @return {@code false} if a counterpart has taken it
     */
    boolean stands();
}
