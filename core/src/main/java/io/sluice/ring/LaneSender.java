package io.sluice.ring;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.sluice.memory.MappingFault;
import io.sluice.memory.Memory;
import java.lang.foreign.MemorySegment;

/**
 * The sending side of a lane with any kind of receivers. One thread at a time.
 *
 * <p>No method blocks. What a peer wrote is checked before it is used.
 */
public sealed interface LaneSender
        permits RingSender, SegmentedRingSender, RendezvousLaneSender, TimestampedLaneSender {
    /**
     * Sends a message if there is room.
     *
     * @param source the bytes that hold the message
     * @param offset the offset of the message in the source
     * @param length the message's length in bytes, at most {@link LaneDescriptor#maxPayloadLength}
     * @return whether it was sent
     * @throws io.sluice.ChannelCorruptedException if a receiver wrote what none writes
     */
    boolean tryWrite(byte[] source, int offset, int length);

    /**
     * Sends a message if there is room.
     *
     * @param source the memory that holds the message
     * @param offset the offset of the message in the source
     * @param length the message's length in bytes, at most {@link LaneDescriptor#maxPayloadLength}
     * @return whether it was sent
     * @throws io.sluice.ChannelCorruptedException if a receiver wrote what none writes
     */
    boolean tryWrite(MemorySegment source, long offset, int length);

    /**
     * Sends a message if the room for it is known already: the hot path of a sender, which does
     * nothing that is rare.
     *
     * @param source the bytes that hold the message
     * @param offset the offset of the message in the source
     * @param length the message's length in bytes, at most {@link LaneDescriptor#maxPayloadLength}
     * @return whether it was sent; if not, nothing was done, and {@link #tryWrite(byte[], int,
     *     int)} may send it
     */
    default boolean tryWriteWithinLimit(byte[] source, int offset, int length) {
        return false;
    }

    /**
     * Sends a message if the room for it is known already, as {@link #tryWriteWithinLimit(byte[],
     * int, int)}.
     *
     * @param source the memory that holds the message
     * @param offset the offset of the message in the source
     * @param length the message's length in bytes, at most {@link LaneDescriptor#maxPayloadLength}
     * @return whether it was sent; if not, nothing was done
     */
    default boolean tryWriteWithinLimit(MemorySegment source, long offset, int length) {
        return false;
    }

    /**
     * Claims room for a message that the caller then writes in place, and publishes with {@link
     * #commit} or discards with {@link #abort}. Until then there is no room for another message. A
     * mapping fault of this call is thrown before the room is claimed: see {@link
     * MappingFault#poll}.
     *
     * @param length the message's length in bytes, at most {@link LaneDescriptor#maxPayloadLength}
     * @return the offset of its payload in the ring, or -1 if there is no room
     * @throws io.sluice.ChannelCorruptedException if a receiver wrote what none writes
     */
    long tryClaim(int length);

    /**
     * Copies payload to a place that was claimed, from an array, or else from a segment.
     *
     * @param array the payload's source; null if it is the segment
     * @param segment the payload's source; null if it is the array
     * @param offset the payload's offset in the source
     * @param at the offset of its destination in the ring
     * @param length the payload's length in bytes
     * @throws IndexOutOfBoundsException if the payload is not within the source
     */
    default void copy(byte[] array, MemorySegment segment, long offset, long at, int length) {
        if (array != null) {
            MemorySegment.copy(array, (int) offset, ring().bytes(), JAVA_BYTE, at, length);
        } else {
            MemorySegment.copy(segment, offset, ring().bytes(), at, length);
        }
    }

    /**
     * Publishes the message that was claimed last.
     *
     * @param length the length that was claimed
     */
    void commit(int length);

    /**
     * Publishes the message that was claimed last, and releases the room that it does not take.
     *
     * @param length the message's length in bytes, less than what was claimed
     */
    default void commitShorter(int length) {
        commit(length);
    }

    /** Discards the message that was claimed last, or the batch; no receiver has seen it. */
    void abort();

    /**
     * Begins a batch: messages that become visible together, by {@link #commitBatch}, or are
     * discarded together, by {@link #abort}. Until then there is no room for another message. A
     * mapping fault of this call is thrown before the batch begins: see {@link MappingFault#poll}.
     *
     * @param length the room for all its messages, in bytes, at most {@link
     *     LaneDescriptor#maxBatchLength}; each takes {@link RecordDescriptor#batchedLength}
     * @return whether there is room
     * @throws io.sluice.ChannelCorruptedException if a receiver wrote what none writes
     */
    default boolean tryBatch(int length) {
        throw new UnsupportedOperationException("a lane without a buffer has no batches");
    }

    /**
     * Returns the length that a message takes of the room of a batch.
     *
     * @param length the message's length in bytes
     * @return the length in bytes
     */
    default int batchedLength(int length) {
        return RecordDescriptor.batchedLength(length);
    }

    /**
     * Gives the batch more room, behind what it has.
     *
     * @param length the number of bytes
     * @return whether it has that room now
     * @throws io.sluice.ChannelCorruptedException if a receiver wrote what none writes
     */
    default boolean extendBatch(int length) {
        throw new UnsupportedOperationException("a lane without a buffer has no batches");
    }

    /**
     * Tests whether the batch has room for messages of the same length.
     *
     * @param length the length of each message in bytes, at most {@link
     *     LaneDescriptor#maxPayloadLength}
     * @param messages their number
     * @return whether {@link #addToBatch} adds all of them
     */
    default boolean hasBatchRoom(int length, int messages) {
        throw new UnsupportedOperationException("a lane without a buffer has no batches");
    }

    /**
     * Adds a message to the batch, which the caller then writes in place.
     *
     * @param length the message's length in bytes, at most {@link LaneDescriptor#maxPayloadLength}
     * @return the offset of its payload in the ring, or -1 if the batch has no room for it
     */
    default long addToBatch(int length) {
        throw new UnsupportedOperationException("a lane without a buffer has no batches");
    }

    /** Removes the message that was added last to the batch, once: it could not be written. */
    default void removeFromBatch() {
        throw new UnsupportedOperationException("a lane without a buffer has no batches");
    }

    /** Publishes the messages of the batch, all at once. */
    default void commitBatch() {
        throw new UnsupportedOperationException("a lane without a buffer has no batches");
    }

    /**
     * Returns the progress of the receivers at the last attempt that found no room.
     *
     * @return a number that changes when they make progress
     */
    long receiverProgress();

    /**
     * Returns the position of the next record.
     *
     * @return the position, in bytes since the lane was created
     */
    long position();

    /**
     * Checks what the hot path does not read: that the messages not received yet can be received.
     * Called occasionally by a sender that finds no room.
     *
     * @throws io.sluice.ChannelCorruptedException if they cannot
     */
    void verify();

    /**
     * Returns the memory for a claimed message: the ring that the last {@link #tryClaim} used.
     *
     * @return mirrored memory
     */
    Memory ring();

    /**
     * Returns the receiver that the sender waits for.
     *
     * @return the owner, as stored in the message slots, that has taken the oldest message not
     *     received yet; -1 if none has, or if receivers do not take messages of this lane one by
     *     one
     */
    default int heldBy() {
        return -1;
    }

    /** Stores its position in the control block. There is no room after that. */
    void close();
}
