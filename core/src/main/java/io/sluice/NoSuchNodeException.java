package io.sluice;

/**
 * Thrown if no {@link Node} has the name that a message or a call is for. Nothing was sent. If this
 * node has sent to an owner of that name before, which has gone, it gets a {@link
 * BrokenChannelException} instead.
 */
public final class NoSuchNodeException extends ChannelException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception.
     *
     * @param message the name, and what to do about it
     */
    public NoSuchNodeException(String message) {
        super(message);
    }
}
