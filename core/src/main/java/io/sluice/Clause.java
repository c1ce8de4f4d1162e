package io.sluice;

import io.sluice.waiting.MeetingEnd;
import io.sluice.waiting.Selectable;

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
     * For a clause that {@link #meets()}: lets an offer or a demand of it stand. It must be taken
     * back before any other clause is looked at.
     *
     * @return whether it was done at once, so that nothing stands
     */
    boolean stake();

    /**
     * Takes back what stands.
     *
     * @return {@code false} if it was taken: this was done
     */
    boolean takeBack();

    /** Tells the user, after an attempt that succeeded. The user's code may throw, or select. */
    void finish();

    /** Whether it can never be done any more. */
    boolean ended();

    /** Whether it needs somebody on the other side who is awake at the same time: a rendezvous. */
    default boolean meets() {
        return end() instanceof MeetingEnd;
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
