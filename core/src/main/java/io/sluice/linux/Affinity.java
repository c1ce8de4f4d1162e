package io.sluice.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.BitSet;

/** The CPU affinity of the current thread, and the CPU that it runs on. */
public final class Affinity {
    private static final int CPU_SET_BYTES = 128;

    private static final MethodHandle SCHED_SETAFFINITY = Libc.linkWords("sched_setaffinity");
    private static final MethodHandle SCHED_GETAFFINITY = Libc.linkWords("sched_getaffinity");
    private static final MethodHandle SCHED_GETCPU = Libc.linkWords("sched_getcpu");

    private Affinity() {}

    /**
     * Pins the current thread to one CPU.
     *
     * @param cpu the CPU's number, from 0
     * @throws SystemCallException if there is no such CPU, or this process may not use it
     */
    public static void pinCurrentThread(int cpu) throws SystemCallException {
        if (cpu < 0 || cpu >= CPU_SET_BYTES * 8) {
            throw new IllegalArgumentException("cpu=" + cpu + " is not in 0..1023");
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment set = arena.allocate(CPU_SET_BYTES, Long.BYTES);
            set.set(ValueLayout.JAVA_BYTE, cpu / 8, (byte) (1 << (cpu % 8)));
            long result = Libc.call(SCHED_SETAFFINITY, 0, CPU_SET_BYTES, set.address());
            SystemCall.check(result, "sched_setaffinity", "CPU " + cpu);
        }
    }

    /**
     * Returns the CPUs that the current thread may run on.
     *
     * @return their numbers, ascending
     * @throws SystemCallException if the query fails
     */
    public static int[] allowedCpus() throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment set = arena.allocate(CPU_SET_BYTES, Long.BYTES);
            long result = Libc.call(SCHED_GETAFFINITY, 0, CPU_SET_BYTES, set.address());
            SystemCall.check(result, "sched_getaffinity", "the current thread");
            return BitSet.valueOf(set.asByteBuffer()).stream().toArray();
        }
    }

    /**
     * Returns the CPU that the current thread runs on now.
     *
     * @return its number, from 0
     */
    public static int currentCpu() {
        return (int) Libc.call(SCHED_GETCPU, 0);
    }
}
