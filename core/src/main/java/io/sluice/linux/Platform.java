package io.sluice.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.BitSet;
import java.util.UUID;

/**
 * The system, this process, and its CPUs: a check that the system is supported, and ids. The JDK's
 * own ways to ids start threads or load the security providers, which takes longer than creating a
 * pipe.
 *
 * <p>Any thread may call any method.
 */
public final class Platform {
    private static final String OS = System.getProperty("os.name");
    private static final String ARCH = System.getProperty("os.arch");

    private static final int UUID_SIZE = 16;
    private static final int CPU_SET_BYTES = 128;

    private static boolean allowed; // Never reset.

    private Platform() {}

    /** Linked once {@link #requireLinux} has succeeded. */
    private static final class Calls {
        static final MethodHandle GETPID = Libc.linkWords("getpid");
        static final MethodHandle GETEUID = Libc.linkWords("geteuid");
        static final MethodHandle SCHED_SETAFFINITY = Libc.linkWords("sched_setaffinity");
        static final MethodHandle SCHED_GETAFFINITY = Libc.linkWords("sched_getaffinity");
        static final MethodHandle SCHED_GETCPU = Libc.linkWords("sched_getcpu");
        static final SystemCall GETRANDOM = SystemCall.of("getrandom");
    }

    /**
     * Checks that this package supports this system, and that native access is allowed. To be
     * called before any class that links functions is used: where native access is denied such a
     * class could not be initialized, and would report that only the first time.
     *
     * @throws UnsupportedOperationException elsewhere than on 64-bit Linux, x86-64 or AArch64
     * @throws IllegalCallerException if native access is denied to this module
     */
    public static void requireLinux() {
        if (!OS.equals("Linux") || !(isX86() || ARCH.equals("aarch64"))) {
            throw new UnsupportedOperationException(
                    "pipes between processes need Linux on x86-64 or AArch64; this is %s on %s (mailboxes between threads work everywhere)"
                            .formatted(OS, ARCH));
        }
        if (!allowed) {
            requireNativeAccess();
            allowed = true;
        }
    }

    /**
     * Calls a restricted method without effect: there is no other way to find out whether it is
     * denied.
     */
    @SuppressWarnings("restricted")
    private static void requireNativeAccess() {
        try {
            MemorySegment.NULL.reinterpret(0);
        } catch (IllegalCallerException e) {
            Module module = Platform.class.getModule();
            String name = module.isNamed() ? module.getName() : "ALL-UNNAMED";
            throw new IllegalCallerException(
                    "pipes between processes need native access, and this JVM denies it: start it with --enable-native-access=%s (mailboxes between threads work without)"
                            .formatted(name),
                    e);
        }
    }

    /**
     * Tests whether this is x86-64, where every locked instruction is a full memory fence.
     *
     * @return whether it is
     */
    public static boolean isX86() {
        return ARCH.equals("amd64") || ARCH.equals("x86_64");
    }

    /**
     * Returns the id of this process.
     *
     * @return the process id
     */
    public static int processId() {
        return (int) Libc.call(Calls.GETPID, 0);
    }

    /**
     * Returns the user that owns the files this process creates.
     *
     * @return the effective user id
     */
    public static int userId() {
        return (int) Libc.call(Calls.GETEUID, 0);
    }

    /**
     * Creates a unique id of 122 random bits from the kernel.
     *
     * @return a UUID of version 4
     */
    public static UUID newUuid() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bits = arena.allocate(UUID_SIZE, Long.BYTES);
            if (Calls.GETRANDOM.call(bits.address(), UUID_SIZE, 0)
                    != UUID_SIZE) { // Forbidden by a filter.
                return UUID.randomUUID();
            }
            long high = bits.get(ValueLayout.JAVA_LONG, 0) & ~0xF000L | 0x4000L;
            long low = bits.get(ValueLayout.JAVA_LONG, Long.BYTES) >>> 2 | 1L << 63;
            return new UUID(high, low);
        }
    }

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
            long result = Libc.call(Calls.SCHED_SETAFFINITY, 0, CPU_SET_BYTES, set.address());
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
            long result = Libc.call(Calls.SCHED_GETAFFINITY, 0, CPU_SET_BYTES, set.address());
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
        return (int) Libc.call(Calls.SCHED_GETCPU, 0);
    }
}
