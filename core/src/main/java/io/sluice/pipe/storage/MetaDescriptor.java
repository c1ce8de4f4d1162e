package io.sluice.pipe.storage;

/**
 * The layout of the file {@code meta}: the geometry of the pipe, which is written once, and the
 * state of its participants.
 *
 * <pre>
 *     0  magic               8 bytes, "SLUCPIPE"
 *     8  version             of the format
 *    16  features            bits that a reader must support, see {@link PipeLayout.Feature}
 *    24  page size           in bytes
 *    32  lane capacity       in bytes
 *    40  segments            maximum number of rings of a lane
 *    48  senders             maximum number attached
 *    56  receivers           maximum number attached
 *    64  uuid, high half
 *    72  uuid, low half
 *    80  checksum            CRC-32C of the preceding bytes
 *   128  epoch               changes whenever a participant attaches or leaves
 *   256  ready lanes         one bit each; whole pairs of cache lines
 *     .  waiting receivers   one bit each; whole pairs of cache lines
 *     .  participants        one block each: senders, then receivers
 *
 *   a participant's block:
 *     0  state               see {@link Participants}
 *     8  pid                 for monitoring only
 *    16  since               attach time, milliseconds since 1970; for monitoring only
 *    24  capabilities        bit 0: a fence of another process reaches it;
 *                            bit 1: a receiver of a broadcast that limits senders
 *    64  event               the futex word that a receiver waits on
 *    72  waits               number of waits; for monitoring only, as the rest
 *    80  wakeups             number of wake-ups
 *    88  redelivered         number of messages recovered from it when it died
 * </pre>
 *
 * <p>All words are 64 bits in the byte order of the machine that created the file.
 */
public final class MetaDescriptor {
    /** The first word: the ASCII codes of "SLUCPIPE" on a little-endian machine. */
    public static final long MAGIC = 0x45504950_43554C53L;

    /** The version of the format that this code writes, and the only one that it reads. */
    public static final long VERSION = 5;

    /** Offset of the magic. */
    public static final int MAGIC_OFFSET = 0;

    /** Offset of the version. */
    public static final int VERSION_OFFSET = MAGIC_OFFSET + Long.BYTES;

    /** Offset of the feature bits. */
    public static final int FEATURES_OFFSET = VERSION_OFFSET + Long.BYTES;

    /** Offset of the page size. */
    public static final int PAGE_SIZE_OFFSET = FEATURES_OFFSET + Long.BYTES;

    /** Offset of the lane capacity. */
    public static final int CAPACITY_OFFSET = PAGE_SIZE_OFFSET + Long.BYTES;

    /** Offset of the number of segments. */
    public static final int SEGMENTS_OFFSET = CAPACITY_OFFSET + Long.BYTES;

    /** Offset of the number of senders. */
    public static final int SENDERS_OFFSET = SEGMENTS_OFFSET + Long.BYTES;

    /** Offset of the number of receivers. */
    public static final int RECEIVERS_OFFSET = SENDERS_OFFSET + Long.BYTES;

    /** Offset of the high half of the pipe's UUID. */
    public static final int UUID_HIGH_OFFSET = RECEIVERS_OFFSET + Long.BYTES;

    /** Offset of the low half of the pipe's UUID. */
    public static final int UUID_LOW_OFFSET = UUID_HIGH_OFFSET + Long.BYTES;

    /** Offset of the checksum of all preceding bytes. */
    public static final int CHECKSUM_OFFSET = UUID_LOW_OFFSET + Long.BYTES;

    /**
     * Offset of the epoch: alone on its cache lines, because every sender reads it for every
     * message.
     */
    public static final int EPOCH_OFFSET = 128;

    /** Offset of the bit set of ready lanes. */
    public static final int READY_OFFSET = 256;

    /** Ability bit of a participant: a memory fence of another process reaches its threads. */
    public static final long MEMBARRIER = 1;

    /** Ability bit of a receiver of a broadcast: it limits the senders. */
    public static final long GATED = 2;

    /** The maximum number of ends of one side. */
    public static final int MAX_ENDS = 4096;

    /** The maximum number of rings of a lane at a time. */
    public static final int MAX_SEGMENTS = 4096;

    /** Length of a participant's block: a pair of cache lines, so that participants share none. */
    public static final int PARTICIPANT_LENGTH = 128;

    /** Offset of the state in a participant's block. */
    public static final int STATE_OFFSET = 0;

    /** Offset of the process id in a participant's block. */
    public static final int PID_OFFSET = STATE_OFFSET + Long.BYTES;

    /** Offset of the attach time in a participant's block. */
    public static final int SINCE_OFFSET = PID_OFFSET + Long.BYTES;

    /** Offset of the abilities in a participant's block. */
    public static final int CAPABILITIES_OFFSET = SINCE_OFFSET + Long.BYTES;

    /** Offset of the futex word in a participant's block: on a cache line of its own. */
    public static final int EVENT_OFFSET = 64;

    /** Offset of the number of waits in a participant's block. */
    public static final int WAITS_OFFSET = EVENT_OFFSET + Long.BYTES;

    /** Offset of the number of wake-ups in a participant's block. */
    public static final int WAKEUPS_OFFSET = WAITS_OFFSET + Long.BYTES;

    /** Offset of the number of messages recovered from a dead participant, in its block. */
    public static final int REDELIVERED_OFFSET = WAKEUPS_OFFSET + Long.BYTES;

    private MetaDescriptor() {}

    /**
     * Returns the offset of the bit set of waiting receivers.
     *
     * @param senders the maximum number of attached senders
     * @return the offset in the file
     */
    public static int waitersOffset(int senders) {
        return READY_OFFSET + bitsLength(senders);
    }

    /**
     * Returns the offset of the participants' blocks.
     *
     * @param senders the maximum number of attached senders
     * @param receivers the maximum number of attached receivers
     * @return the offset in the file
     */
    public static int participantsOffset(int senders, int receivers) {
        return waitersOffset(senders) + bitsLength(receivers);
    }

    private static int bitsLength(int bits) {
        int perBlock = PARTICIPANT_LENGTH * Byte.SIZE;
        return (bits + perBlock - 1) / perBlock * PARTICIPANT_LENGTH;
    }

    /**
     * Returns the length of the file.
     *
     * @param senders the maximum number of attached senders
     * @param receivers the maximum number of attached receivers
     * @param pageSize the page size, in bytes
     * @return the length in bytes: a power of two, and a multiple of the page size
     */
    public static long fileLength(int senders, int receivers, int pageSize) {
        long needed =
                participantsOffset(senders, receivers)
                        + (long) (senders + receivers) * PARTICIPANT_LENGTH;
        return Long.highestOneBit(2 * Math.max(pageSize, needed) - 1);
    }
}
