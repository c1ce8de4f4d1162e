package io.sluice.linux;

import static io.sluice.linux.Libc.INT;
import static io.sluice.linux.Libc.LONG;
import static java.lang.foreign.ValueLayout.ADDRESS;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** The CPU affinity of the current thread, and the CPU that it runs on. */
public final class Affinity {
    private static final int CPU_SET_BYTES = 128;

    private static final MethodHandle SCHED_SETAFFINITY =
            Libc.link("sched_setaffinity", FunctionDescriptor.of(INT, INT, LONG, ADDRESS));
    private static final MethodHandle SCHED_GETAFFINITY =
            Libc.link("sched_getaffinity", FunctionDescriptor.of(INT, INT, LONG, ADDRESS));
    private static final MethodHandle SCHED_GETCPU =
            Libc.link("sched_getcpu", FunctionDescriptor.of(INT));

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
            int r =
                    (int)
                            SCHED_SETAFFINITY.invokeExact(
                                    Libc.errnoState(), 0, (long) CPU_SET_BYTES, set);
            if (r != 0) {
                throw new SystemCallException("sched_setaffinity", "CPU " + cpu);
            }
        } catch (SystemCallException e) {
            throw e;
        } catch (Throwable t) {
            throw Libc.unexpected(t);
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
            int r =
                    (int)
                            SCHED_GETAFFINITY.invokeExact(
                                    Libc.errnoState(), 0, (long) CPU_SET_BYTES, set);
            if (r < 0) {
                throw new SystemCallException("sched_getaffinity", "the current thread");
            }
            return java.util.BitSet.valueOf(set.asByteBuffer()).stream().toArray();
        } catch (SystemCallException e) {
            throw e;
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /**
     * Returns the CPU that the current thread runs on now.
     *
     * @return its number, from 0
     */
    public static int currentCpu() {
        try {
            return (int) SCHED_GETCPU.invokeExact(Libc.errnoState());
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }
}
