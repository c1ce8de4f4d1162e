package io.sluice.memory;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * All of memory, by address, without bounds checks. A constant, so that the compiler drops the
 * checks that a segment of its own would repeat for every word; they cost more than a message does
 * (ADR 1). The caller must check the bounds, and keep the owner of the memory reachable.
 */
final class RawMemory {
    @SuppressWarnings("restricted")
    static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    /** For ordered accesses. */
    static final VarHandle WORD = ValueLayout.JAVA_LONG.varHandle();

    /** For unordered accesses, aligned or not. */
    static final ValueLayout.OfLong UNALIGNED = ValueLayout.JAVA_LONG_UNALIGNED;

    static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;

    private static final long BYTE_MASK = (1L << 62) - 1;
    private static final long WORD_MASK = BYTE_MASK & -Long.BYTES;

    private RawMemory() {}

    /**
     * Masks an address, which shows the compiler, at the price of an {@code and}, that it is
     * neither negative nor near the end of {@link #ALL}. The compiler then omits the bounds check
     * and its failure path, which would make callers too large to be inlined.
     */
    static long byteAddress(long address) {
        return address & BYTE_MASK;
    }

    /** Masks an address as {@link #byteAddress} does, and to a multiple of 8. */
    static long wordAddress(long address) {
        return address & WORD_MASK;
    }
}
