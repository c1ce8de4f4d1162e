package io.sluice.ring;

import io.sluice.ChannelCorruptedException;
import io.sluice.memory.Memory;

/** The lanes of a pipe as one receiver sees them: each is opened on first use. */
public interface LaneTable {
    /**
     * Returns the maximum number of lanes.
     *
     * @return the number
     */
    int size();

    /**
     * Tests whether a lane may hold messages: it was created, and was not found corrupt.
     *
     * @param index the lane's number
     * @return whether to poll it
     */
    boolean exists(int index);

    /**
     * Returns a lane's receiving side.
     *
     * @param index the number of a lane for which {@link #exists} returns {@code true}
     * @return always the same object
     * @throws ChannelCorruptedException if its file is not valid
     */
    LaneReceiver receiver(int index);

    /**
     * Returns a lane's control words.
     *
     * @param index the number of a lane for which {@link #exists} returns {@code true}
     * @return always the same memory
     * @throws ChannelCorruptedException if its file is not valid
     */
    Memory control(int index);

    /**
     * Gives a lane up: it holds what no sender writes, or a page of it was lost.
     *
     * @param index the lane's number
     * @param cause the failure: a {@link ChannelCorruptedException}, or the {@link InternalError}
     *     of a lost page
     * @return the exception to throw
     * @throws InternalError the cause, if it is not a lost page
     */
    ChannelCorruptedException poison(int index, Throwable cause);
}
