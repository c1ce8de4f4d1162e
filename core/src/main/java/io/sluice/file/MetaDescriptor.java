package io.sluice.file;

/**
 * The file {@code meta}: what the pipe is, written once, and who is attached.
 *
 * <pre>
 *     0  magic               8 bytes, "SLUCPIPE"
 *     8  version             of the format
 *    16  features            bits that a reader must know; none yet
 *    24  page size           in bytes
 *    32  lane capacity       in bytes
 *    40  senders             how many may be attached at once
 *    48  receivers           how many may be attached at once
 *    56  uuid, high half
 *    64  uuid, low half
 *    72  checksum            CRC-32C of the bytes before it
 *   256  participants        a block each: senders, then receivers
 *
 *   a participant's block:
 *     0  state               see {@link Participants}
 *     8  pid                 for people; nothing is decided by it
 *    16  since               milliseconds since 1970; for people
 * </pre>
 *
 * <p>All words are 64 bits in the byte order of the machine that made the file.
 */
public final class MetaDescriptor {
    /** The first word: the ASCII codes of "SLUCPIPE" on a little-endian machine. */
    public static final long MAGIC = 0x45504950_43554C53L;

    /** The version of the format that this code writes, and the only one that it reads. */
    public static final long VERSION = 1;

    /** Where the magic is. */
    public static final int MAGIC_OFFSET = 0;

    /** Where the version is. */
    public static final int VERSION_OFFSET = MAGIC_OFFSET + Long.BYTES;

    /** Where the feature bits are. */
    public static final int FEATURES_OFFSET = VERSION_OFFSET + Long.BYTES;

    /** Where the page size is. */
    public static final int PAGE_SIZE_OFFSET = FEATURES_OFFSET + Long.BYTES;

    /** Where the lane's capacity is. */
    public static final int CAPACITY_OFFSET = PAGE_SIZE_OFFSET + Long.BYTES;

    /** Where the number of senders is. */
    public static final int SENDERS_OFFSET = CAPACITY_OFFSET + Long.BYTES;

    /** Where the number of receivers is. */
    public static final int RECEIVERS_OFFSET = SENDERS_OFFSET + Long.BYTES;

    /** Where the pipe's identity begins. */
    public static final int UUID_HIGH_OFFSET = RECEIVERS_OFFSET + Long.BYTES;

    /** Where its second half is. */
    public static final int UUID_LOW_OFFSET = UUID_HIGH_OFFSET + Long.BYTES;

    /** Where the checksum of all that comes before is. */
    public static final int CHECKSUM_OFFSET = UUID_LOW_OFFSET + Long.BYTES;

    /** Where the participants begin. */
    public static final int PARTICIPANTS_OFFSET = 256;

    /** A participant's block: a pair of cache lines, so that participants do not share any. */
    public static final int PARTICIPANT_LENGTH = 128;

    /** Where its state is. */
    public static final int STATE_OFFSET = 0;

    /** Where its process id is. */
    public static final int PID_OFFSET = STATE_OFFSET + Long.BYTES;

    /** Where the time of its attachment is. */
    public static final int SINCE_OFFSET = PID_OFFSET + Long.BYTES;

    private MetaDescriptor() {}

    /**
     * Where a participant's block is.
     *
     * @param participant its number, from 0
     * @return the block's offset in the file
     */
    public static int participantOffset(int participant) {
        return PARTICIPANTS_OFFSET + participant * PARTICIPANT_LENGTH;
    }

    /**
     * How long the file is.
     *
     * @param participants how many blocks it has
     * @param pageSize the page size, in bytes
     * @return the length in bytes: a power of two of whole pages
     */
    public static long fileLength(int participants, int pageSize) {
        long needed = Math.max(pageSize, participantOffset(participants));
        return Long.highestOneBit(2 * needed - 1);
    }
}
