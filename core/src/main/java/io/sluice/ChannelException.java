package io.sluice;

/**
 * The base of the exceptions that Sluice defines. It is unchecked, and each subclass stands for one
 * state of a channel that its user may handle:
 *
 * <ul>
 *   <li>{@link BrokenChannelException}: the receivers have left;
 *   <li>{@link QuotaExceededException}: there is no room, and the channel fails instead of waiting;
 *   <li>{@link BufferTooSmallException}: the next message needs a larger buffer;
 *   <li>{@link InvalidPipeException}: a path is not a pipe, or not the expected one;
 *   <li>{@link NoSuchNodeException}: no node has the name;
 *   <li>{@link ChannelCorruptedException}: a peer wrote what none writes, or truncated a file.
 * </ul>
 *
 * <p>Wrong use throws the exceptions of the JDK: {@link IllegalStateException} for a closed end,
 * {@link IllegalArgumentException}, {@link NullPointerException}. What the operating system refuses
 * is an {@link java.io.IOException}, or an {@link java.io.UncheckedIOException} in a method that
 * sends or receives.
 */
public abstract class ChannelException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception.
     *
     * @param message what was found, and what to do about it
     */
    protected ChannelException(String message) {
        super(message);
    }

    /**
     * Creates an exception with a cause.
     *
     * @param message what was found, and what to do about it
     * @param cause the cause; null if there is none
     */
    protected ChannelException(String message, Throwable cause) {
        super(message, cause);
    }
}
