package io.sluice.ring;

/**
 * Thrown if the next message is longer than the caller has room for. The message was not received,
 * and stays in the lane.
 */
public final class MessageTooLongException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int length;

    MessageTooLongException(int length) {
        super(null, null, false, false);
        this.length = length;
    }

    /**
     * Returns the length of the message.
     *
     * @return the length in bytes
     */
    public int length() {
        return length;
    }
}
