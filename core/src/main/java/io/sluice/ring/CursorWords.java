package io.sluice.ring;

/**
 * The words of a {@link Cursor}, on cache lines of their own: otherwise false sharing would slow
 * down two ends of a lane in one process, each writing its own position.
 */
abstract class CursorWords extends CursorPadding {
    /** This end's position in the lane. */
    long position;

    /** The position up to which this end needs only to write. */
    long limit;

    /** The limit to restore once a claim has ended. */
    long savedLimit;

    /** The position up to which this end need not read the other end's position. */
    long room;

    /** The end of the zeroed bytes that begin at this end's position. */
    long cleared;

    /** The position of the next record of a batch. */
    long batchNext;

    /** The end of the room of a batch. */
    long batchEnd;

    /** The word of a batch's first record, which is stored last. */
    long batchFirst;

    /** The number of messages before this end's position, where it counts them. */
    long messages;

    /** The number of messages of a batch. */
    int batchCount;

    /** The number of messages that a batch has slots for. */
    int batchSlots;

    /** The sequence of the oldest record in flight. */
    long firstSequence;

    /** The sequence of the next record. */
    long nextSequence;

    /** The position of the oldest record in flight. */
    long start;

    /** The position of the next record behind those in flight. */
    long end;

    /** The hint of a lane with many receivers, as this one has advanced it. */
    long scanned;

    /** How often the current message was handed out before, by receivers that died. */
    int attempt;

    /** The next lane in turn. */
    int nextLane;

    /** The backoff after a drained batch, in spins; negative once it was spent. */
    int pause;
}
