package io.sluice;

/**
 * Thrown by a {@link Node} that {@linkplain NodeOptions#allowReplacement allows its replacement}
 * when another one has asked for its name. The node has left, as by {@link Node#close}: its name is
 * free for the other one, which inherits the messages that this one has not received.
 */
public final class NameLostException extends ChannelException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception.
     *
     * @param message the directory, and the name
     */
    public NameLostException(String message) {
        super(message);
    }
}
