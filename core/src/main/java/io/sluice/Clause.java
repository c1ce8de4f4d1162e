package io.sluice;

import io.sluice.waiting.MeetingEnd;
import io.sluice.waiting.Selectable;

/**
 * An alternative of a {@link Select}. It is executed in two steps: the first receives or sends a
 * message if that is possible now, the second calls the user's code, after the select has stopped
 * waiting.
 */
interface Clause {
    /** Returns the end of a channel that this clause uses. */
    Selectable end();

    /** Receives or sends a message, if that is possible now. Otherwise has no effect. */
    boolean attempt();

    /**
     * Makes an offer or a demand pending, for a clause that {@link #meets()}. The caller must
     * retract it before it checks any other clause.
     *
     * @return whether the exchange completed immediately, so that nothing is pending
     */
    boolean stake();

    /**
     * Retracts the pending offer or demand.
     *
     * @return {@code false} if a counterpart has taken it: the clause was executed
     */
    boolean takeBack();

    /**
     * Calls the user's code after the clause was executed. That code may throw, or use the select.
     */
    void finish();

    /** Tests whether this clause can never be executed any more. */
    boolean ended();

    /** Tests whether this is a clause of a rendezvous, which needs a running counterpart. */
    default boolean meets() {
        return end() instanceof MeetingEnd;
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
