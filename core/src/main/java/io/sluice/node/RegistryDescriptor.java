package io.sluice.node;

/**
 * The layout of the file {@code nodes} of a directory: a header, then one entry for each name.
 * Words are 64 bits, in the machine's byte order.
 *
 * <pre>
 * header                                     entry
 *     0  magic                                   0  generation  how often the name was taken
 *     8  version                                 8  joined      the generation that is complete
 *    16  capacity  the number of entries        16  pid         of the owner, for messages
 *    24  epoch     changes on join and leave    24  since       milliseconds since 1970
 *    32  reserved                               32  length      of the name; 0: a free entry
 *   128  the entries                            40  reserved
 *                                               64  name        in ASCII, then zeros
 *                                              128  the next entry
 * </pre>
 */
final class RegistryDescriptor {
    /** The first word: "SLUICENO". */
    public static final long MAGIC = 0x4F4E454349554C53L;

    /** The version of this layout and of the headers of messages. */
    public static final long VERSION = 1;

    /** The largest number of names: that of a pipe's senders. */
    public static final int MAX_NODES = 4096;

    /** The longest name, in bytes. */
    public static final int MAX_NAME_LENGTH = 64;

    /** The offset of the magic number. */
    public static final int MAGIC_OFFSET = 0;

    /** The offset of the version. */
    public static final int VERSION_OFFSET = MAGIC_OFFSET + Long.BYTES;

    /** The offset of the number of entries. */
    public static final int CAPACITY_OFFSET = VERSION_OFFSET + Long.BYTES;

    /** The offset of a word that changes when a node joins or leaves. */
    public static final int EPOCH_OFFSET = CAPACITY_OFFSET + Long.BYTES;

    /** The offset of the first entry. */
    public static final int ENTRIES_OFFSET = 128;

    /** The length of an entry: a pair of cache lines. */
    public static final int ENTRY_LENGTH = 128;

    /** In an entry, the offset of the number of times that the name was taken. */
    public static final int GENERATION_OFFSET = 0;

    /** In an entry, the offset of the generation whose owner has joined and not left. */
    public static final int JOINED_OFFSET = GENERATION_OFFSET + Long.BYTES;

    /** In an entry, the offset of the owner's process id, in its own namespace. */
    public static final int PID_OFFSET = JOINED_OFFSET + Long.BYTES;

    /** In an entry, the offset of the time at which the owner joined. */
    public static final int SINCE_OFFSET = PID_OFFSET + Long.BYTES;

    /** In an entry, the offset of the length of the name. */
    public static final int LENGTH_OFFSET = SINCE_OFFSET + Long.BYTES;

    /** In an entry, the offset of the last generation whose owner lets itself be replaced. */
    public static final int REPLACEABLE_OFFSET = LENGTH_OFFSET + Long.BYTES;

    /** In an entry, the offset of the generation whose owner another node asks to leave. */
    public static final int REPLACE_OFFSET = REPLACEABLE_OFFSET + Long.BYTES;

    /** In an entry, the offset of the name. */
    public static final int NAME_OFFSET = 64;

    private RegistryDescriptor() {}

    /**
     * Returns the offset of an entry.
     *
     * @param slot the number of the entry
     * @return the offset in bytes
     */
    public static long entryOffset(int slot) {
        return ENTRIES_OFFSET + (long) slot * ENTRY_LENGTH;
    }

    /**
     * Returns the length of the file.
     *
     * @param capacity the number of entries
     * @param pageSize the page size of the machine, in bytes
     * @return the length in bytes: a power of two, of at least one page
     */
    public static long fileLength(int capacity, int pageSize) {
        return Long.highestOneBit(2 * Math.max(pageSize, entryOffset(capacity)) - 1);
    }
}
