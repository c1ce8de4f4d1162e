package io.sluice;

/**
 * A place in the stream of a broadcast pipe with one sender: where a receiver begins, or has
 * arrived. Both numbers can be kept, also in a file, and passed to a receiver of another process
 * ({@link EndOptions#startAt}).
 *
 * @param bytes the bytes sent before it since the pipe was created, including the overhead of each
 *     message
 * @param messages the number of messages sent before it, modulo 2^48
 */
public record PipePosition(long bytes, long messages) {
    /** After the newest message: a receiver gets what is sent from then on. */
    public static final PipePosition NEWEST = new PipePosition(-1, 0);

    /** Before the oldest message that is still in the pipe, or close to it. */
    public static final PipePosition OLDEST = new PipePosition(-2, 0);

    /**
     * Creates a place from numbers that were kept.
     *
     * @param bytes the bytes sent before it
     * @param messages the number of messages sent before it
     * @throws IllegalArgumentException if there is no such place in any pipe
     */
    public PipePosition {
        if (bytes < -2 || messages < 0 || messages >= 1L << 48 || bytes < 0 && messages != 0) {
            throw new IllegalArgumentException("bytes=" + bytes + ", messages=" + messages);
        }
    }

    // Not generated: the JDK keeps generated code of records, and with it the class loader of an
    // application that was unloaded.
    @Override
    public boolean equals(Object other) {
        return other instanceof PipePosition position
                && bytes == position.bytes
                && messages == position.messages;
    }

    @Override
    public int hashCode() {
        return 31 * Long.hashCode(bytes) + Long.hashCode(messages);
    }
}
