package io.sluice.file;

/**
 * A lane's file: one page with its identity and its control block, whole pages of claim words if
 * the pipe has several receivers, then its ring.
 *
 * <pre>
 *     0  magic               8 bytes, "SLUCLANE"
 *     8  uuid, high half     of the pipe that it belongs to
 *    16  uuid, low half
 *    24  capacity            of the ring, in bytes
 *   128  control words       see {@link io.sluice.lane.LaneDescriptor}
 *  page  claim words         see {@link io.sluice.lane.ClaimWordDescriptor}
 *     .  ring
 * </pre>
 */
public final class LaneFileDescriptor {
    /** The first word: the ASCII codes of "SLUCLANE" on a little-endian machine. */
    public static final long MAGIC = 0x454E414C_43554C53L;

    /** Where the magic is. */
    public static final int MAGIC_OFFSET = 0;

    /** Where the pipe's identity begins. */
    public static final int UUID_HIGH_OFFSET = MAGIC_OFFSET + Long.BYTES;

    /** Where its second half is. */
    public static final int UUID_LOW_OFFSET = UUID_HIGH_OFFSET + Long.BYTES;

    /** Where the capacity is. */
    public static final int CAPACITY_OFFSET = UUID_LOW_OFFSET + Long.BYTES;

    private LaneFileDescriptor() {}
}
