package io.sluice.lane;

import io.sluice.memory.Memory;
import java.lang.foreign.MemorySegment;

/**
 * The sending side of a lane, whatever its receivers are. One thread at a time.
 *
 * <p>No method waits. What a peer wrote is checked before it is used.
 */
public interface LaneSender {
    /**
     * Sends a message if there is room.
     *
     * @param source where the message is
     * @param offset where it begins there
     * @param length its length in bytes, at most {@link LaneDescriptor#maxPayloadLength}
     * @return whether it was sent
     * @throws io.sluice.ChannelCorruptedException if a receiver wrote what none writes
     */
    boolean tryWrite(byte[] source, int offset, int length);

    /**
     * Sends a message if there is room.
     *
     * @param source where the message is
     * @param offset where it begins there
     * @param length its length in bytes, at most {@link LaneDescriptor#maxPayloadLength}
     * @return whether it was sent
     * @throws io.sluice.ChannelCorruptedException if a receiver wrote what none writes
     */
    boolean tryWrite(MemorySegment source, long offset, int length);

    /**
     * Finds room for a message that the caller then writes in place, and publishes with {@link
     * #commit} or gives up with {@link #abort}. Until then there is no room for another.
     *
     * @param length the message's length in bytes, at most {@link LaneDescriptor#maxPayloadLength}
     * @return the offset of its payload in the ring, or -1 if there is no room
     * @throws io.sluice.ChannelCorruptedException if a receiver wrote what none writes
     */
    long tryClaim(int length);

    /**
     * Publishes the message that was claimed last.
     *
     * @param length the length that was claimed
     */
    void commit(int length);

    /** Gives up the message that was claimed last: nobody has seen it. */
    void abort();

    /**
     * How far the receivers were when there was no room last.
     *
     * @return a number that changes when they make progress
     */
    long receiverProgress();

    /**
     * Where the next record will begin.
     *
     * @return bytes since the lane was made
     */
    long position();

    /**
     * Checks what the hot path does not look at: that what is not received yet can be received. To
     * be called now and then by a sender that finds no room.
     *
     * @throws io.sluice.ChannelCorruptedException if it cannot
     */
    void verify();

    /**
     * Where a claimed message is to be written: the ring that the last {@link #tryClaim} was in.
     *
     * @return mirrored memory
     */
    Memory ring();

    /**
     * Which receiver the sender waits for.
     *
     * @return who has taken the oldest message that is not received yet, as claims name it; -1 if
     *     nobody has, or this lane's messages are not taken one by one
     */
    default int heldBy() {
        return -1;
    }

    /** Leaves its position in the control block. There is no room after that. */
    void close();
}
