package io.sluice.linux;

/**
 * The asymmetric fence, {@code membarrier(2)}: a thread that is about to block makes every running
 * thread of this process, or of all registered processes, execute a full barrier, so that the busy
 * threads need none of their own. About 200 ns, paid by the caller only; but each processor on
 * which such a thread runs is interrupted, and where that exits a virtual machine it takes 50
 * microseconds.
 *
 * <p>The system property {@code io.sluice.membarrier=false} makes all of it unavailable in this
 * process, as an old kernel or a filter would: callers then fall back.
 *
 * <p>Any thread may call any method.
 */
public final class Membarrier {
    private static final String PROPERTY = "io.sluice.membarrier";

    private static final long SYS_MEMBARRIER = Platform.isX86() ? 324 : 283;
    private static final int GLOBAL_EXPEDITED = 1 << 1;
    private static final int REGISTER_GLOBAL_EXPEDITED = 1 << 2;
    private static final int PRIVATE_EXPEDITED = 1 << 3;
    private static final int REGISTER_PRIVATE_EXPEDITED = 1 << 4;

    private static final SystemCall MEMBARRIER =
            System.getProperty(PROPERTY, "true").equals("false")
                    ? null
                    : SystemCall.byNumber("membarrier");
    private static final boolean AVAILABLE = call(REGISTER_PRIVATE_EXPEDITED);

    /** Registered on first use: other processes must not interrupt a process without pipes. */
    private static final class Global {
        static final boolean REGISTERED = call(REGISTER_GLOBAL_EXPEDITED);
    }

    private Membarrier() {}

    /**
     * Makes every running thread of this process execute a full memory barrier.
     *
     * @return whether it was done; if not, the caller must not rely on it
     */
    public static boolean fenceAllThreads() {
        return AVAILABLE && call(PRIVATE_EXPEDITED);
    }

    /**
     * Registers this process: from now until it ends, {@link #fenceAllProcesses} of any process
     * fences its threads. The first call may take some milliseconds; later calls do nothing.
     *
     * @return whether it is registered; if not, no process may rely on fencing this one
     */
    public static boolean registerGlobal() {
        return Global.REGISTERED;
    }

    /**
     * Makes every running thread of every process that called {@link #registerGlobal} execute a
     * full memory barrier; of this process too, if it is registered. A thread that does not run now
     * has executed one, or will before it runs.
     *
     * @return whether it was done; if not, the caller must not rely on it
     */
    public static boolean fenceAllProcesses() {
        return call(GLOBAL_EXPEDITED);
    }

    private static boolean call(int command) {
        return MEMBARRIER != null && MEMBARRIER.call(SYS_MEMBARRIER, command, 0) == 0;
    }
}
