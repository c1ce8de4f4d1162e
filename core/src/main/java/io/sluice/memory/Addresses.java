package io.sluice.memory;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * All of memory, by address, unchecked. A constant, so that the compiler drops the checks that a
 * segment of its own would repeat for every word; they cost more than a message does (ADR 1). Who
 * uses it must make sure of the bounds, and that what owns the memory is reachable.
 */
final class Addresses {
    @SuppressWarnings("restricted")
    static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    /** For ordered accesses. The compiler cannot know the alignment, and tests it each time. */
    static final VarHandle WORD = ValueLayout.JAVA_LONG.varHandle();

    /** For unordered accesses, aligned or not. */
    static final ValueLayout.OfLong UNALIGNED = ValueLayout.JAVA_LONG_UNALIGNED;

    static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;

    private Addresses() {}
}
