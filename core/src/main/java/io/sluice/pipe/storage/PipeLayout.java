package io.sluice.pipe.storage;

import io.sluice.ring.LaneDescriptor;
import java.util.UUID;

/**
 * The geometry of a pipe, as stored in its {@code meta} file; fixed at creation.
 *
 * @param uuid the identity of the pipe
 * @param pageSize the page size of the machine that created the pipe, in bytes
 * @param capacity the capacity of a lane's ring, in bytes: a power of two, and a multiple of the
 *     page size
 * @param segments the maximum number of rings of a lane at a time: 1 unless the lane grows
 * @param senders the maximum number of attached senders
 * @param receivers the maximum number of attached receivers
 * @param features the bits of {@link Feature}
 */
public record PipeLayout(
        UUID uuid,
        int pageSize,
        int capacity,
        int segments,
        int senders,
        int receivers,
        long features) {
    /**
     * Tests whether a full lane gets another ring.
     *
     * @return whether a lane may have several rings
     */
    public boolean isSegmented() {
        return segments > 1;
    }

    /**
     * Returns the maximum number of attached ends.
     *
     * @return the number of senders and receivers
     */
    public int participants() {
        return senders + receivers;
    }

    /**
     * Tests whether the pipe has a feature.
     *
     * @param feature the feature
     * @return whether its bit is set
     */
    public boolean has(Feature feature) {
        return (features & feature.bit()) != 0;
    }

    /**
     * Tests whether a receiver competes with another end for messages: with other receivers, or
     * with a sender that drops its oldest messages.
     *
     * @return whether lanes have slot states
     */
    public boolean usesSpmcRings() {
        return receivers > 1 && !has(Feature.BROADCAST) || has(Feature.DROP_OLDEST);
    }

    /**
     * Returns the length of {@code meta}.
     *
     * @return the length in bytes
     */
    public long metaLength() {
        return MetaDescriptor.fileLength(senders, receivers, pageSize);
    }

    /**
     * Returns the offset of a participant's block in {@code meta}.
     *
     * @param participant the participant's number: senders first, then receivers
     * @return the offset in bytes
     */
    public int participantOffset(int participant) {
        return MetaDescriptor.participantsOffset(senders, receivers)
                + participant * MetaDescriptor.PARTICIPANT_LENGTH;
    }

    /**
     * Returns the length of a lane's slot states; of a broadcast, that of its boundaries.
     *
     * @return the length in bytes; 0 without either
     */
    public int slotStatesLength() {
        if (has(Feature.BROADCAST)) {
            return LaneDescriptor.boundariesLength(capacity);
        }
        return usesSpmcRings() ? LaneDescriptor.slotStatesLength(capacity) : 0;
    }

    /** Returns the space of the slot states in a lane's file: whole pages. */
    int slotStatesSpace() {
        return slotStatesLength() > 0 ? Math.max(pageSize, slotStatesLength()) : 0;
    }

    /**
     * Returns this geometry with another number of segments.
     *
     * @param number the maximum number of rings of a lane at a time
     * @return the geometry
     */
    public PipeLayout withSegments(int number) {
        return new PipeLayout(uuid, pageSize, capacity, number, senders, receivers, features);
    }

    /**
     * Returns the length of a ring including its control words and slot states.
     *
     * @return the length in bytes
     */
    public long ringLength() {
        return pageSize + slotStatesSpace() + (long) capacity;
    }

    /** Returns the length of the segment table of a growing lane: a power of two of words. */
    int tableLength() {
        return isSegmented() ? Math.max(pageSize, LaneDescriptor.segmentTableLength(segments)) : 0;
    }

    /**
     * Returns the length of a growing lane before its segments: control words and segment table.
     */
    long laneHeaderLength() {
        return isSegmented() ? (long) pageSize + tableLength() : 0;
    }

    /** Returns the length of a lane's file that is allocated at creation. */
    long initialLaneLength() {
        return laneHeaderLength() + ringLength();
    }

    /**
     * Returns the length of a lane's file; of a growing lane, including its holes.
     *
     * @return the length in bytes
     */
    public long laneLength() {
        return laneHeaderLength() + segments * ringLength();
    }

    /**
     * Tests whether all components are equal. Not {@code equals}: the JDK links a record's
     * generated method on first use, which is slow, and then keeps a soft reference to this class.
     */
    boolean isSameAs(PipeLayout other) {
        return uuid.equals(other.uuid)
                && pageSize == other.pageSize
                && capacity == other.capacity
                && segments == other.segments
                && senders == other.senders
                && receivers == other.receivers
                && features == other.features;
    }

    /** Tests whether a broadcast has nothing that contradicts it. */
    private boolean isValidBroadcast() {
        return pageSize >= LaneDescriptor.BROADCAST_CONTROL_LENGTH
                && receivers <= LaneDescriptor.MAX_BROADCAST_RECEIVERS
                && !isSegmented()
                && !has(Feature.RENDEZVOUS)
                && !has(Feature.ARRIVAL_ORDER)
                && !has(Feature.DROP_OLDEST);
    }

    /**
     * Tests whether all values are within the limits of the format; the file may come from an
     * untrusted process.
     */
    boolean isValid() {
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
                && (!has(Feature.BROADCAST) || isValidBroadcast())
                && (has(Feature.BROADCAST) || !has(Feature.DEMOTE))
                && !(has(Feature.RENDEZVOUS) && isSegmented())
                && !(has(Feature.ARRIVAL_ORDER) && (usesSpmcRings() || has(Feature.RENDEZVOUS)));
    }

    /** Optional features of a pipe: one bit each in the features word of {@code meta}. */
    public enum Feature {
        /** Messages of several senders are received in the order in which they were sent. */
        ARRIVAL_ORDER,
        /** Messages that a receiver had taken when it died are dropped, not redelivered. */
        AT_MOST_ONCE,
        /**
         * The pipe does not break when its last receiver leaves: it retains messages for the next
         * receiver.
         */
        RETAIN_WITHOUT_RECEIVERS,
        /** Members of the files' group may also use the pipe. */
        GROUP,
        /**
         * The pipe has no buffer: each message passes from a waiting sender directly to a receiver.
         */
        RENDEZVOUS,
        /** A lane at its quota drops its oldest messages. */
        DROP_OLDEST,
        /** A lane at its quota refuses to wait for room. */
        FAIL,
        /** Every receiver gets every message. */
        BROADCAST,
        /** Of a broadcast: a sender demotes a gated receiver that is too far behind. */
        DEMOTE;

        /**
         * Returns the bit of this feature.
         *
         * @return a word with one bit set
         */
        public long bit() {
            return 1L << ordinal();
        }

        /**
         * Returns the bits of all features.
         *
         * @return a word with one bit set for each feature
         */
        public static long all() {
            return (1L << values().length) - 1;
        }
    }

    /**
     * One side of a pipe: its senders or its receivers. Participants are numbered senders first.
     */
    public enum PipeSide {
        /** The participants from 0. */
        SENDERS,
        /** The participants after the senders. */
        RECEIVERS;

        /**
         * Returns the first participant of this side.
         *
         * @param pipeLayout the geometry of the pipe
         * @return its number
         */
        public int first(PipeLayout pipeLayout) {
            return this == SENDERS ? 0 : pipeLayout.senders();
        }

        /**
         * Returns the number after the last participant of this side.
         *
         * @param pipeLayout the geometry of the pipe
         * @return the number, exclusive
         */
        public int end(PipeLayout pipeLayout) {
            return this == SENDERS ? pipeLayout.senders() : pipeLayout.participants();
        }

        /**
         * Returns what an end of this side is called in messages.
         *
         * @return a noun
         */
        public String endName() {
            return this == SENDERS ? "sender" : "receiver";
        }

        /**
         * Returns the opposite side.
         *
         * @return the other side
         */
        public PipeSide opposite() {
            return this == SENDERS ? RECEIVERS : SENDERS;
        }
    }
}
