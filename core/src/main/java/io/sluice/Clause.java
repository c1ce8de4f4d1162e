package io.sluice;

import io.sluice.waiting.Selectable;
import java.time.Duration;

/**
 * One of the things that a {@link Select} may do. It is done in two steps: the first takes or sends
 * a message if that is possible now, the second tells the user, when the select no longer waits.
 */
interface Clause {
    /** The end of a channel that this is about. */
    Selectable end();

    /** Takes or sends a message, if it can be done now. Has no effect otherwise. */
    boolean attempt();

    /**
     * As {@link #attempt}, but waits for a limited time, and for this alone.
     *
     * @throws InterruptedException if interrupted; then there was no effect
     */
    boolean commit(Duration limit) throws InterruptedException;

    /** Tells the user, after an attempt that succeeded. The user's code may throw, or select. */
    void finish();

    /** Whether it can never be done any more. */
    boolean ended();

    /** Whether it needs somebody on the other side who is awake at the same time: a rendezvous. */
    default boolean meets() {
        return end().sleepers().areFacing();
    }

    /** An end as what a select needs of it. */
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
