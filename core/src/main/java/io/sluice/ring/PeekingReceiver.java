package io.sluice.ring;

/** The receiving side of a lane whose next message can be read before it is received. */
public interface PeekingReceiver extends LaneReceiver {
    /** The result of {@link #peekLong} if there is no message. */
    long NO_MESSAGE = Long.MIN_VALUE;

    /**
     * Returns the first eight bytes of the next message, in native byte order. Does not receive the
     * message.
     *
     * @return the bytes, or {@link #NO_MESSAGE}
     * @throws io.sluice.ChannelCorruptedException if the message is shorter, or begins with {@link
     *     #NO_MESSAGE}
     */
    long peekLong();
}
