package io.sluice.file;

/**
 * The file {@code meta}: what the pipe is, written once, and who is attached.
 *
 * <pre>
 *     0  magic               8 bytes, "SLUCPIPE"
 *     8  version             of the format
 *    16  features            bits that a reader must know, see {@link Feature}
 *    24  page size           in bytes
 *    32  lane capacity       in bytes
 *    40  segments            how many rings a lane may have at once
 *    48  senders             how many may be attached at once
 *    56  receivers           how many may be attached at once
 *    64  uuid, high half
 *    72  uuid, low half
 *    80  checksum            CRC-32C of the bytes before it
 *   128  epoch               changes whenever a participant comes or goes
 *   256  busy lanes          a bit each; whole pairs of cache lines
 *     .  sleeping receivers  a bit each; whole pairs of cache lines
 *     .  participants        a block each: senders, then receivers
 *
 *   a participant's block:
 *     0  state               see {@link Participants}
 *     8  pid                 for people; nothing is decided by it
 *    16  since               milliseconds since 1970; for people
 *    24  abilities           bit 0: a fence of another process reaches it
 *    64  bell                what a receiver sleeps on
 *    72  sleeps              how often it went to sleep; for people, as the rest
 *    80  wakes               how often it was woken
 *    88  redelivered         messages that were taken from it when it died
 * </pre>
 *
 * <p>All words are 64 bits in the byte order of the machine that made the file.
 */
public final class MetaDescriptor {
    /** The first word: the ASCII codes of "SLUCPIPE" on a little-endian machine. */
    public static final long MAGIC = 0x45504950_43554C53L;

    /** The version of the format that this code writes, and the only one that it reads. */
    public static final long VERSION = 4;

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

    /** Where the number of segments is. */
    public static final int SEGMENTS_OFFSET = CAPACITY_OFFSET + Long.BYTES;

    /** Where the number of senders is. */
    public static final int SENDERS_OFFSET = SEGMENTS_OFFSET + Long.BYTES;

    /** Where the number of receivers is. */
    public static final int RECEIVERS_OFFSET = SENDERS_OFFSET + Long.BYTES;

    /** Where the pipe's identity begins. */
    public static final int UUID_HIGH_OFFSET = RECEIVERS_OFFSET + Long.BYTES;

    /** Where its second half is. */
    public static final int UUID_LOW_OFFSET = UUID_HIGH_OFFSET + Long.BYTES;

    /** Where the checksum of all that comes before is. */
    public static final int CHECKSUM_OFFSET = UUID_LOW_OFFSET + Long.BYTES;

    /** Where the epoch is: alone on its lines, because every sender reads it for every message. */
    public static final int EPOCH_OFFSET = 128;

    /** Where the bits of the busy lanes begin. */
    public static final int BUSY_OFFSET = 256;

    /** In a participant's abilities: a fence of another process reaches its threads. */
    public static final long FENCED = 1;

    /** How many ends of one side a pipe may be made for. */
    public static final int MAX_ENDS = 4096;

    /** How many rings a lane may have at once. */
    public static final int MAX_SEGMENTS = 4096;

    /** A participant's block: a pair of cache lines, so that participants do not share any. */
    public static final int PARTICIPANT_LENGTH = 128;

    /** Where its state is. */
    public static final int STATE_OFFSET = 0;

    /** Where its process id is. */
    public static final int PID_OFFSET = STATE_OFFSET + Long.BYTES;

    /** Where the time of its attachment is. */
    public static final int SINCE_OFFSET = PID_OFFSET + Long.BYTES;

    /** Where its abilities are. */
    public static final int ABILITIES_OFFSET = SINCE_OFFSET + Long.BYTES;

    /** Where its bell is: on a line of its own. */
    public static final int BELL_OFFSET = 64;

    /** Where the number of its sleeps is. */
    public static final int SLEEPS_OFFSET = BELL_OFFSET + Long.BYTES;

    /** Where the number of its wake-ups is. */
    public static final int WAKES_OFFSET = SLEEPS_OFFSET + Long.BYTES;

    /** Where the number of messages is that were taken from it when it died. */
    public static final int REDELIVERED_OFFSET = WAKES_OFFSET + Long.BYTES;

    private MetaDescriptor() {}

    /**
     * Where the bits of the sleeping receivers begin.
     *
     * @param senders how many senders may be attached at once
     * @return the offset in the file
     */
    public static int sleepersOffset(int senders) {
        return BUSY_OFFSET + bitsLength(senders);
    }

    /**
     * Where the participants begin.
     *
     * @param senders how many senders may be attached at once
     * @param receivers how many receivers may be attached at once
     * @return the offset in the file
     */
    public static int participantsOffset(int senders, int receivers) {
        return sleepersOffset(senders) + bitsLength(receivers);
    }

    private static int bitsLength(int bits) {
        int perBlock = PARTICIPANT_LENGTH * Byte.SIZE;
        return (bits + perBlock - 1) / perBlock * PARTICIPANT_LENGTH;
    }

    /**
     * How long the file is.
     *
     * @param senders how many senders may be attached at once
     * @param receivers how many receivers may be attached at once
     * @param pageSize the page size, in bytes
     * @return the length in bytes: a power of two of whole pages
     */
    public static long fileLength(int senders, int receivers, int pageSize) {
        long needed =
                participantsOffset(senders, receivers)
                        + (long) (senders + receivers) * PARTICIPANT_LENGTH;
        return Long.highestOneBit(2 * Math.max(pageSize, needed) - 1);
    }
}
