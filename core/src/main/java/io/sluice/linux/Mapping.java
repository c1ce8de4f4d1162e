package io.sluice.linux;

import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * A part of a file that is mapped into memory, shared with every process that maps it.
 *
 * <p>The addresses stay mapped for as long as {@link #segment()} is reachable, so no access through
 * it can crash the process. {@link #close} replaces the file behind them by anonymous memory at
 * once: reads return zero afterwards, and writes are lost.
 */
public final class Mapping implements AutoCloseable {
    private static final int PROT_READ = 1;
    private static final int PROT_READ_WRITE = PROT_READ | 2;
    private static final int MAP_SHARED = 1;
    private static final int MAP_PRIVATE = 2;
    private static final int MAP_FIXED = 0x10;
    private static final int MAP_ANONYMOUS = 0x20;
    private static final int MAP_NORESERVE = 0x4000;
    private static final int MAP_POPULATE = 0x8000;
    private static final long MAP_FAILED = -1;
    private static final int SC_PAGESIZE = 30;

    /** The smallest huge page of x86-64, and of AArch64 with pages of 4 KiB. */
    private static final long HUGE_PAGE = 1 << 21;

    private static final SystemCall MMAP = SystemCall.of("mmap");
    private static final SystemCall MUNMAP = SystemCall.of("munmap");
    private static final MethodHandle SYSCONF = Libc.linkWords("sysconf");

    private final MemorySegment segment;
    private boolean closed;

    private Mapping(long address, long size) {
        segment = ownedByCollector(address, size);
    }

    @SuppressWarnings("restricted")
    private static MemorySegment ownedByCollector(long address, long size) {
        return MemorySegment.ofAddress(address)
                .reinterpret(size, Arena.ofAuto(), mapped -> unmap(mapped.address(), size));
    }

    /**
     * Returns the page size of this machine.
     *
     * @return the size in bytes, a power of two
     */
    public static int pageSize() {
        return Math.toIntExact(Libc.call(SYSCONF, SC_PAGESIZE));
    }

    /**
     * Maps a part of a file: read-only if the file is open for reading only, and then a write
     * crashes the process.
     *
     * @param file the file
     * @param offset the part's offset, a multiple of the page size
     * @param size the part's length in bytes
     * @return the mapping
     * @throws SystemCallException if it cannot be mapped
     */
    public static Mapping map(Descriptor file, long offset, long size) throws SystemCallException {
        return new Mapping(mmap(0, size, MAP_SHARED | MAP_POPULATE, file, offset), size);
    }

    /**
     * Maps a part of a file twice in a row, so that offset {@code size + i} is the same byte as
     * offset {@code i}: any range of at most {@code size} bytes is contiguous wherever it begins.
     * From 2 MiB on, it is placed so that the kernel can map it by huge pages.
     *
     * @param file the file
     * @param offset the part's offset, a multiple of the page size
     * @param size the part's length in bytes, a multiple of the page size
     * @return the mapping, {@code 2 * size} long
     * @throws SystemCallException if it cannot be mapped
     */
    public static Mapping mapMirrored(Descriptor file, long offset, long size)
            throws SystemCallException {
        int reserve = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
        long spare = size < HUGE_PAGE ? 0 : HUGE_PAGE;
        long reserved = mmap(0, 2 * size + spare, reserve, null, 0);
        // A huge page must lie in memory as it lies in the file.
        long base = spare == 0 ? reserved : reserved + Math.floorMod(offset - reserved, spare);
        try {
            int flags = MAP_SHARED | MAP_FIXED | MAP_POPULATE;
            mmap(base, size, flags, file, offset);
            mmap(base + size, size, flags, file, offset);
        } catch (SystemCallException e) {
            unmap(reserved, 2 * size + spare);
            throw e;
        }
        if (spare > 0) {
            unmap(reserved, base - reserved);
            unmap(base + 2 * size, reserved + spare - base);
        }
        return new Mapping(base, 2 * size);
    }

    /**
     * Returns the mapped memory.
     *
     * @return always the same segment
     */
    public MemorySegment segment() {
        return segment;
    }

    /**
     * Replaces the file behind the addresses by anonymous memory. Closing twice has no effect.
     *
     * @throws UncheckedIOException if the system refuses that, for lack of memory
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED;
            mmap(segment.address(), segment.byteSize(), flags, null, 0);
        } catch (SystemCallException e) {
            throw new UncheckedIOException("memory cannot be given back", e);
        }
    }

    private static long mmap(long address, long size, int flags, Descriptor file, long offset)
            throws SystemCallException {
        int fd = file == null ? -1 : file.fd();
        int protection = file == null || file.isWritable() ? PROT_READ_WRITE : PROT_READ;
        long mapped = MMAP.call(address, size, protection, flags, fd, offset);
        if (mapped == MAP_FAILED) {
            String subject = file == null ? "address space" : file.path().toString();
            throw new SystemCallException("mmap", size + " bytes of " + subject);
        }
        return mapped;
    }

    private static void unmap(long address, long size) {
        if (size > 0) {
            MUNMAP.call(address, size, 0);
        }
    }
}
