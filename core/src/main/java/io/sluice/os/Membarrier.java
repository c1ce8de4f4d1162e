package io.sluice.os;

import java.lang.invoke.MethodHandle;

/**
 * The asymmetric fence, {@code membarrier(2)}: whoever is about to sleep makes every running thread
 * of this process, or of all processes that agreed to it, execute a full barrier, so that those who
 * are busy need none of their own. About 200 ns, paid by the caller alone; but each processor on
 * which such a thread runs is interrupted, and where that leaves a virtual machine it takes 50
 * microseconds.
 *
 * <p>The system property {@code io.sluice.membarrier=false} makes all of it unavailable in this
 * process, as an old kernel or a filter would: callers then fall back.
 */
public final class Membarrier {
    private static final String PROPERTY = "io.sluice.membarrier";

    private static final long SYS_MEMBARRIER = Platform.isX86() ? 324 : 283;
    private static final int GLOBAL_EXPEDITED = 1 << 1;
    private static final int REGISTER_GLOBAL_EXPEDITED = 1 << 2;
    private static final int PRIVATE_EXPEDITED = 1 << 3;
    private static final int REGISTER_PRIVATE_EXPEDITED = 1 << 4;

    private static final CallCounter CALLS = CallCounter.of("membarrier");
    private static final MethodHandle SYSCALL = link();
    private static final boolean AVAILABLE = call(REGISTER_PRIVATE_EXPEDITED);

    /** Made when first asked for: a process without pipes is not to be fenced by others. */
    private static final class Global {
        static final boolean REGISTERED = call(REGISTER_GLOBAL_EXPEDITED);
    }

    private Membarrier() {}

    private static MethodHandle link() {
        if (System.getProperty(PROPERTY, "true").equals("false")) {
            return null;
        }
        return Syscall.link();
    }

    /**
     * Makes every running thread of this process execute a full memory barrier.
     *
     * @return whether it was done; if not, the caller must not rely on it
     */
    public static boolean fenceAllThreads() {
        return AVAILABLE && call(PRIVATE_EXPEDITED);
    }

    /**
     * Lets {@link #fenceAllProcesses} of any process fence the threads of this one, from now until
     * it ends. The first call may take some milliseconds; the others do nothing.
     *
     * @return whether it was done; if not, nobody may rely on fencing this process
     */
    public static boolean registerGlobal() {
        return Global.REGISTERED;
    }

    /**
     * Makes every running thread of every process that called {@link #registerGlobal} execute a
     * full memory barrier; of this process too, if it did. A thread that does not run now has
     * passed one, or will before it runs.
     *
     * @return whether it was done; if not, the caller must not rely on it
     */
    public static boolean fenceAllProcesses() {
        return call(GLOBAL_EXPEDITED);
    }

    private static boolean call(int command) {
        if (SYSCALL == null) {
            return false;
        }
        CALLS.count();
        try {
            long r =
                    (long)
                            SYSCALL.invokeExact(
                                    Libc.errnoState(),
                                    SYS_MEMBARRIER,
                                    (long) command,
                                    0L,
                                    0L,
                                    0L,
                                    0L);
            return r == 0;
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }
}
