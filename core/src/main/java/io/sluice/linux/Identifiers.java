package io.sluice.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.UUID;

/**
 * This process's id, and unique ids. The JDK's own ways to them start threads or load the security
 * providers, which takes longer than creating a pipe.
 *
 * <p>Any thread may call any method.
 */
public final class Identifiers {
    private static final int SIZE = 16;

    private static final MethodHandle GETPID = Libc.linkWords("getpid");
    private static final SystemCall GETRANDOM = SystemCall.of("getrandom");

    private Identifiers() {}

    /**
     * Returns the id of this process.
     *
     * @return the process id
     */
    public static int processId() {
        return (int) Libc.call(GETPID, 0);
    }

    /**
     * Creates a unique id of 122 random bits from the kernel.
     *
     * @return a UUID of version 4
     */
    public static UUID newUuid() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bits = arena.allocate(SIZE, Long.BYTES);
            if (GETRANDOM.call(bits.address(), SIZE, 0) != SIZE) { // Forbidden by a filter.
                return UUID.randomUUID();
            }
            long high = bits.get(ValueLayout.JAVA_LONG, 0) & ~0xF000L | 0x4000L;
            long low = bits.get(ValueLayout.JAVA_LONG, Long.BYTES) >>> 2 | 1L << 63;
            return new UUID(high, low);
        }
    }
}
