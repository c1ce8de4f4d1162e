package io.sluice;

/** How a {@link Node#call} ended: exactly one of these. */
public enum CallOutcome {
    /** The node that was called has replied. */
    REPLIED,

    /**
     * There was no answer in time. The request may have been done, or may be done later; its reply
     * is dropped.
     */
    TIMED_OUT,

    /**
     * The owner of the name left or died before it took the request, which is not done, and will
     * not be.
     */
    NOT_DONE,

    /**
     * There will be no reply: the owner of the name took the request, and left or died, or its
     * handler returned without a reply. The request may have been done. If a bridge passes it on to
     * another machine, also: the way there was lost, and it may be done later.
     */
    UNKNOWN
}
