package io.sluice.lane;

import io.sluice.ChannelCorruptedException;
import io.sluice.memory.Memory;

/**
 * The lanes of a pipe as one receiver sees them: each is opened when it is used first.
 *
 * @param <L> how they are read
 */
public interface LaneTable<L extends LaneReceiver> {
    /**
     * How many lanes there can be.
     *
     * @return the number
     */
    int size();

    /**
     * Whether a lane may hold messages: it was made, and was not found corrupt.
     *
     * @param index which one
     * @return whether it is worth a look
     */
    boolean exists(int index);

    /**
     * A lane's receiving side.
     *
     * @param index which one, for which {@link #exists} says yes
     * @return always the same
     * @throws ChannelCorruptedException if its file is not what it must be
     */
    L receiver(int index);

    /**
     * A lane's control words.
     *
     * @param index which one, for which {@link #exists} says yes
     * @return always the same
     * @throws ChannelCorruptedException if its file is not what it must be
     */
    Memory control(int index);

    /**
     * Gives a lane up: it holds what no sender writes, or a page of it was lost.
     *
     * @param index which one
     * @param cause what was found: a {@link ChannelCorruptedException}, or the {@link
     *     InternalError} of a lost page
     * @return what to throw
     * @throws InternalError the cause, if it has another reason
     */
    ChannelCorruptedException giveUp(int index, Throwable cause);
}
