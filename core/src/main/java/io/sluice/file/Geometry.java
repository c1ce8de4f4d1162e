package io.sluice.file;

import io.sluice.lane.ClaimWordDescriptor;
import io.sluice.lane.LaneDescriptor;
import io.sluice.lane.SegmentWordDescriptor;
import java.util.UUID;

/**
 * What a pipe is, as its {@code meta} file says: fixed when it is made.
 *
 * @param uuid its identity
 * @param pageSize the page size of the machine that made it, in bytes
 * @param capacity the capacity of a lane's ring, in bytes: a power of two of whole pages
 * @param segments how many rings a lane may have at once: 1 unless it grows
 * @param senders how many senders may be attached at once
 * @param receivers how many receivers may be attached at once; lanes of more than one have claim
 *     words
 * @param features bits of {@link Feature}
 */
public record Geometry(
        UUID uuid,
        int pageSize,
        int capacity,
        int segments,
        int senders,
        int receivers,
        long features) {
    /**
     * Whether a lane that is full gets another ring.
     *
     * @return whether it may have several
     */
    public boolean grows() {
        return segments > 1;
    }

    /**
     * How many ends may be attached at once.
     *
     * @return senders and receivers
     */
    public int participants() {
        return senders + receivers;
    }

    /**
     * Whether the pipe has a feature.
     *
     * @param feature which one
     * @return whether its bit is set
     */
    public boolean has(Feature feature) {
        return (features & feature.bit()) != 0;
    }

    /**
     * Whether somebody else may take a message away from a receiver: another one, or its sender.
     *
     * @return whether lanes have claim words
     */
    public boolean sharesLanes() {
        return receivers > 1 || has(Feature.DROP_OLDEST);
    }

    /**
     * How long {@code meta} is.
     *
     * @return the length in bytes
     */
    public long metaLength() {
        return MetaDescriptor.fileLength(senders, receivers, pageSize);
    }

    /**
     * Where a participant's block is in {@code meta}.
     *
     * @param participant its number: senders first, then receivers
     * @return the block's offset
     */
    public int participantOffset(int participant) {
        return MetaDescriptor.participantsOffset(senders, receivers)
                + participant * MetaDescriptor.PARTICIPANT_LENGTH;
    }

    /**
     * How long a lane's claim words are.
     *
     * @return the length in bytes; 0 without claim words
     */
    public int claimsLength() {
        return sharesLanes() ? ClaimWordDescriptor.count(capacity) * ClaimWordDescriptor.STRIDE : 0;
    }

    /** How much of a lane's file they take: whole pages. */
    int claimsSpace() {
        return sharesLanes() ? Math.max(pageSize, claimsLength()) : 0;
    }

    /**
     * The same with another number of segments.
     *
     * @param number how many rings a lane may have at once
     * @return the geometry
     */
    public Geometry withSegments(int number) {
        return new Geometry(uuid, pageSize, capacity, number, senders, receivers, features);
    }

    /**
     * How long a ring is with what belongs to it: control words, claims.
     *
     * @return the length in bytes
     */
    public long ringLength() {
        return pageSize + claimsSpace() + (long) capacity;
    }

    /** How long the segment table of a lane that grows is: a power of two of words. */
    int tableLength() {
        return grows()
                ? Math.max(
                        pageSize,
                        Integer.highestOneBit(2 * segments) * SegmentWordDescriptor.LENGTH)
                : 0;
    }

    /** What lies before the segments of a lane that grows: control words, and the table. */
    long laneHeaderLength() {
        return grows() ? (long) pageSize + tableLength() : 0;
    }

    /** How much of a lane's file is allocated when it is made. */
    long laneFirstLength() {
        return laneHeaderLength() + ringLength();
    }

    /**
     * How long a lane's file is; of one that grows, with its holes.
     *
     * @return the length in bytes
     */
    public long laneLength() {
        return laneHeaderLength() + segments * ringLength();
    }

    /**
     * Whether all is the same. What the compiler makes of a record's {@code equals} is linked when
     * it is used first, which takes a while, and the JDK then keeps this class reachable, if
     * softly.
     */
    boolean isSameAs(Geometry other) {
        return uuid.equals(other.uuid)
                && pageSize == other.pageSize
                && capacity == other.capacity
                && segments == other.segments
                && senders == other.senders
                && receivers == other.receivers
                && features == other.features;
    }

    /** Whether the numbers can be those of a pipe at all, whoever wrote them. */
    boolean isSound() {
        return Integer.bitCount(pageSize) == 1
                && pageSize >= LaneDescriptor.CONTROL_LENGTH
                && Integer.bitCount(capacity) == 1
                && capacity >= Math.max(pageSize, LaneDescriptor.MIN_CAPACITY)
                && capacity <= LaneDescriptor.MAX_CAPACITY
                && segments >= 1
                && segments <= MetaDescriptor.MAX_SEGMENTS
                && senders >= 1
                && senders <= MetaDescriptor.MAX_ENDS
                && receivers >= 1
                && receivers <= MetaDescriptor.MAX_ENDS
                && !(has(Feature.RENDEZVOUS) && grows())
                && !(has(Feature.ARRIVAL_ORDER) && (sharesLanes() || has(Feature.RENDEZVOUS)));
    }
}
