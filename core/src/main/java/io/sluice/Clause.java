package io.sluice;

import io.sluice.wait.Selectable;

/**
 * An alternative of a {@link Select}. It is executed in two steps: the first receives or sends a
 * message if that is possible now, the second calls the user's code, after the select has stopped
 * waiting.
 */
interface Clause {
    /** Returns the end of a channel that this clause uses. */
    Selectable end();

    /** Receives or sends a message, if that is possible now. Otherwise has no effect. */
    boolean tryComplete();

    /**
     * Makes an offer or a reservation pending, for a clause that {@link #isRendezvous()}. The
     * caller must retract it before it checks any other clause.
     *
     * @return whether the exchange completed immediately, so that nothing is pending
     */
    boolean offer();

    /**
     * Retracts the pending offer or reservation.
     *
     * @return {@code false} if a counterpart has taken it: the clause was executed
     */
    boolean retract();

    /**
     * Calls the user's code after the clause was executed. That code may throw, or use the select.
     */
    void finish();

    /** Tests whether this clause can never be executed any more. */
    boolean isEndOfStream();

    /** Tests whether this is a clause of a rendezvous, which needs a running counterpart. */
    default boolean isRendezvous() {
        return end() instanceof Selectable.RendezvousEnd;
    }

    /** Casts an end to the interface that a select needs. */
    static Selectable selectable(Object end) {
        if (end instanceof Selectable) {
            return (Selectable) end;
        }
        if (end == null) {
            throw new NullPointerException("end");
        }
        throw new IllegalArgumentException(
                "a select waits for the ends of mailboxes only, and this is none: " + end);
    }
}
