package io.sluice.lane;

/** A lane whose next message can be looked at before it is received. */
public interface PeekingReceiver extends LaneReceiver {
    /** What {@link #peekLong} says when nothing is there. */
    long NO_MESSAGE = Long.MIN_VALUE;

    /**
     * The first eight bytes of the next message, in the machine's byte order. Has no effect.
     *
     * @return the bytes, or {@link #NO_MESSAGE}
     * @throws io.sluice.ChannelCorruptedException if the message is shorter, or begins with {@link
     *     #NO_MESSAGE}
     */
    long peekLong();
}
