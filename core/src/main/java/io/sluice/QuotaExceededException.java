package io.sluice;

/**
 * Thrown by a send that would block when an unbounded pipe with {@link OverflowPolicy#FAIL} has
 * reached its quota. Nothing was sent; the send may be retried later.
 */
public final class QuotaExceededException extends ChannelException {
    private static final long serialVersionUID = 1;

    /**
     * Creates an exception.
     *
     * @param message the pipe and its quota
     */
    public QuotaExceededException(String message) {
        super(message);
    }
}
