package io.sluice.stress;

import io.sluice.linux.Descriptor;
import io.sluice.linux.Mapping;
import io.sluice.linux.SystemCallException;
import io.sluice.memory.Memory;
import java.lang.foreign.MemorySegment;

/**
 * A memory file that is mapped twice, as by two processes: the two ends of what it contains use
 * different addresses.
 */
public final class TwiceMappedFile {
    private final MemorySegment firstMapping;
    private final MemorySegment secondMapping;

    /**
     * Creates a file of zeros.
     *
     * @param size the size in bytes; rounded up to whole pages
     */
    public TwiceMappedFile(long size) {
        long pages = (size + Mapping.pageSize() - 1) & -Mapping.pageSize();
        try (Descriptor file = Descriptor.createMemory("stress", pages)) {
            firstMapping = Mapping.map(file, 0, pages).segment();
            secondMapping = Mapping.map(file, 0, pages).segment();
        } catch (SystemCallException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Returns words of the file.
     *
     * @param first whether to use the first mapping
     * @param offset the offset of the first word, in bytes
     * @param length the length in bytes, a power of two
     * @return the words
     */
    public Memory words(boolean first, long offset, long length) {
        return Memory.words(segment(first).asSlice(offset, length));
    }

    /**
     * Returns a ring that is not actually mirrored: other memory follows it. So no payload may
     * cross its end.
     *
     * @param first whether to use the first mapping
     * @param offset the ring's offset in bytes; twice the capacity belongs to it
     * @param capacity the capacity in bytes, a power of two
     * @return the ring
     */
    public Memory ring(boolean first, long offset, long capacity) {
        return Memory.mirrored(segment(first).asSlice(offset, 2 * capacity));
    }

    private MemorySegment segment(boolean first) {
        return first ? firstMapping : secondMapping;
    }
}
