package io.sluice.stress;

import io.sluice.memory.MappedMemory;
import io.sluice.memory.Memory;
import io.sluice.os.Descriptor;
import io.sluice.os.Mapping;
import io.sluice.os.MemoryFile;
import io.sluice.os.SystemCallException;
import java.lang.foreign.MemorySegment;

/**
 * A memory file that is mapped twice, as two processes would: the two ends of whatever lies in it
 * use different addresses.
 */
public final class SharedFile {
    private final MemorySegment one;
    private final MemorySegment other;

    /**
     * A file of zeros.
     *
     * @param size in bytes; rounded up to whole pages
     */
    public SharedFile(long size) {
        long pages = (size + Mapping.pageSize() - 1) & -Mapping.pageSize();
        try (Descriptor file = MemoryFile.create("stress", pages)) {
            one = Mapping.map(file, 0, pages).segment();
            other = Mapping.map(file, 0, pages).segment();
        } catch (SystemCallException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Words of the file.
     *
     * @param first whether by the first mapping
     * @param offset where they begin, in bytes
     * @param length how long they are, in bytes, a power of two
     * @return the words
     */
    public Memory words(boolean first, long offset, long length) {
        return MappedMemory.words(segment(first).asSlice(offset, length));
    }

    /**
     * A ring that is not really mirrored: what lies behind it is other memory. So no payload may
     * cross its end.
     *
     * @param first whether by the first mapping
     * @param offset where it begins, in bytes; twice the capacity belong to it
     * @param capacity in bytes, a power of two
     * @return the ring
     */
    public Memory ring(boolean first, long offset, long capacity) {
        return MappedMemory.mirrored(segment(first).asSlice(offset, 2 * capacity));
    }

    private MemorySegment segment(boolean first) {
        return first ? one : other;
    }
}
