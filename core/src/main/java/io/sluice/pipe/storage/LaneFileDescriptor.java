package io.sluice.pipe.storage;

/**
 * The layout of a lane's file: one page with the identity and the control block, whole pages of
 * slot states if the pipe has them (see {@link PipeLayout#usesSpmcRings}), then the ring.
 *
 * <pre>
 *     0  magic               8 bytes, "SLUCLANE"
 *     8  uuid, high half     of the lane's pipe
 *    16  uuid, low half
 *    24  capacity            of the ring, in bytes
 *   128  control words       see {@link io.sluice.ring.LaneDescriptor}
 *  page  slot states         see SlotStateDescriptor
 *     .  ring
 * </pre>
 */
final class LaneFileDescriptor {
    /** The first word: the ASCII codes of "SLUCLANE" on a little-endian machine. */
    public static final long MAGIC = 0x454E414C_43554C53L;

    /** Offset of the magic. */
    public static final int MAGIC_OFFSET = 0;

    /** Offset of the high half of the pipe's UUID. */
    public static final int UUID_HIGH_OFFSET = MAGIC_OFFSET + Long.BYTES;

    /** Offset of the low half of the pipe's UUID. */
    public static final int UUID_LOW_OFFSET = UUID_HIGH_OFFSET + Long.BYTES;

    /** Offset of the capacity. */
    public static final int CAPACITY_OFFSET = UUID_LOW_OFFSET + Long.BYTES;

    private LaneFileDescriptor() {}
}
