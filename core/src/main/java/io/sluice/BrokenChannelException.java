package io.sluice;

/**
 * Thrown by a send after the last receiver has closed its end, or its process has died. Corresponds
 * to {@code EPIPE} of a kernel pipe. The message was not accepted.
 */
public final class BrokenChannelException extends ChannelException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception.
     *
     * @param message the channel, and what happened to its last receiver
     */
    public BrokenChannelException(String message) {
        super(message);
    }
}
