package io.sluice;

/**
 * Thrown if the next message does not fit into the buffer that is to receive it. The buffer is
 * unchanged, and the message stays in the pipe: a call with room for {@link #needed} bytes receives
 * it.
 */
public final class BufferTooSmallException extends ChannelException {
    private static final long serialVersionUID = 1L;

    /** The length of the message, in bytes. */
    private final int needed;

    /** The room that the buffer had, in bytes. */
    private final int available;

    /**
     * Creates an exception.
     *
     * @param needed the length of the message, in bytes
     * @param available the room that the buffer had, in bytes
     */
    public BufferTooSmallException(int needed, int available) {
        super(
                "the next message has %s bytes, and the buffer has room for %s: the message stays in the pipe; receive it with a larger buffer"
                        .formatted(needed, available));
        this.needed = needed;
        this.available = available;
    }

    /**
     * Returns the length of the message.
     *
     * @return the number of bytes
     */
    public int needed() {
        return needed;
    }

    /**
     * Returns the room that the buffer had.
     *
     * @return the number of bytes
     */
    public int available() {
        return available;
    }
}
