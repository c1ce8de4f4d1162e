package io.sluice;

/**
 * A send failed because the last receiver is gone: it closed its end, or its process died. This is
 * what {@code EPIPE} is to a pipe of the kernel. The message was not accepted.
 */
public final class BrokenChannelException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * An exception that says which channel broke and how.
     *
     * @param message which channel, and what happened to its last receiver
     */
    public BrokenChannelException(String message) {
        super(message);
    }
}
