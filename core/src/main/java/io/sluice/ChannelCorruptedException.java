package io.sluice;

/**
 * Thrown if shared memory contains data that no correct peer writes. The end that found it can no
 * longer be used; none of the data that it read was handed out.
 */
public final class ChannelCorruptedException extends ChannelException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception.
     *
     * @param message the location, the value found, and the value expected
     */
    public ChannelCorruptedException(String message) {
        super(message);
    }

    /**
     * Creates an exception with a cause.
     *
     * @param message the location, the value found, and the value expected
     * @param cause the cause
     */
    public ChannelCorruptedException(String message, Throwable cause) {
        super(message, cause);
    }
}
