package io.sluice;

/**
 * Shared memory holds something that no correct peer writes. The end that found it can no longer be
 * used; nothing of what it read was handed out.
 */
public final class ChannelCorruptedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * An exception that says what was found.
     *
     * @param message where it was found, the value, and what was expected
     */
    public ChannelCorruptedException(String message) {
        super(message);
    }

    /**
     * An exception that says what was found, and how.
     *
     * @param message where it was found, the value, and what was expected
     * @param cause what was thrown when it was found
     */
    public ChannelCorruptedException(String message, Throwable cause) {
        super(message, cause);
    }
}
