package io.sluice;

/**
 * Thrown by a send that would wait, when an unbounded pipe that was made with {@link
 * AtQuota#REFUSE} has reached its quota. Nothing was sent; later there may be room again.
 */
public final class PipeFullException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    /**
     * An exception.
     *
     * @param message which pipe, and its quota
     */
    public PipeFullException(String message) {
        super(message);
    }
}
