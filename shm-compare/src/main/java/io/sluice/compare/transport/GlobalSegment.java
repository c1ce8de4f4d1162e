package io.sluice.compare.transport;

import java.lang.foreign.MemorySegment;

/** Memory that other libraries manage and identify by its address only. */
public final class GlobalSegment {
    /** All of it: an offset is an address. */
    public static final MemorySegment ALL = all();

    private GlobalSegment() {}

    @SuppressWarnings("restricted")
    private static MemorySegment all() {
        return MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
    }
}
