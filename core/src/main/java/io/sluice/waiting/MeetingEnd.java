package io.sluice.waiting;

/** An end of a rendezvous: its operation takes two who are there at once. */
public interface MeetingEnd extends Selectable {
    /**
     * Where this end's own thread sleeps whose offer, or demand, stands: woken when that is taken.
     *
     * @return always the same
     */
    Sleepers cell();

    /**
     * Whether the offer, or the demand, of this end still stands. Asked by the end's own thread.
     *
     * @return {@code false} if somebody has taken it
     */
    boolean stands();
}
