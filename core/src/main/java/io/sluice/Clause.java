package io.sluice;

import io.sluice.wait.Selectable;

/**
 * An alternative of a {@link Select}. It is executed in two steps: the first receives or sends a
 * message if that is possible now, the second calls the user's code, after the select has stopped
 * waiting.
 */
abstract class Clause {
    /** The end of a channel that this clause uses. */
    final Selectable end;

    /** Creates a clause of an end of a mailbox or a pipe. */
    Clause(Object end) {
        this.end = selectable(end);
        this.end.waitQueue(); // Throws if a select cannot wait for this end.
    }

    /** Receives or sends a message, if that is possible now. Otherwise has no effect. */
    abstract boolean tryComplete();

    /**
     * Makes an offer or a reservation pending, for a clause that {@link #isRendezvous()}. The
     * caller must retract it before it checks any other clause.
     *
     * @return whether the exchange completed immediately, so that nothing is pending
     */
    boolean offer() {
        throw new AssertionError("no clause of a rendezvous mailbox");
    }

    /**
     * Retracts the pending offer or reservation.
     *
     * @return {@code false} if a counterpart has taken it: the clause was executed
     */
    boolean retract() {
        throw new AssertionError("no clause of a rendezvous mailbox");
    }

    /**
     * Calls the user's code after the clause was executed. That code may throw, or use the select.
     *
     * @return {@code false} if another thread was faster, and nothing was received
     */
    abstract boolean finish();

    /** Tests whether this clause can never be executed any more. */
    abstract boolean isEndOfStream();

    /** Tests whether this is a clause of a rendezvous, which needs a running counterpart. */
    final boolean isRendezvous() {
        return end instanceof Selectable.RendezvousEnd;
    }

    /** Casts an end to the interface that a select needs. */
    private static Selectable selectable(Object end) {
        if (end instanceof Selectable selectable) {
            return selectable;
        }
        if (end == null) {
            throw new NullPointerException("end");
        }
        throw new IllegalArgumentException(
                "a select waits for the ends of mailboxes and pipes, and this is none: " + end);
    }
}
