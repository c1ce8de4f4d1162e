package io.sluice.os;

import static io.sluice.os.Libc.INT;
import static io.sluice.os.Libc.LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;

/**
 * The asymmetric fence, {@code membarrier(2)}: whoever is about to sleep makes every running thread
 * of this process execute a full barrier, so that those who are busy need none of their own. About
 * 200 ns, paid by the caller alone.
 */
public final class Membarrier {
    private static final long SYS_MEMBARRIER = Platform.isX86() ? 324 : 283;
    private static final int PRIVATE_EXPEDITED = 1 << 3;
    private static final int REGISTER_PRIVATE_EXPEDITED = 1 << 4;

    private static final CallCounter CALLS = CallCounter.of("membarrier");
    private static final MethodHandle SYSCALL = link();
    private static final boolean AVAILABLE = call(REGISTER_PRIVATE_EXPEDITED);

    private Membarrier() {}

    private static MethodHandle link() {
        try {
            Platform.requireLinux();
            return Libc.linkVariadic(
                    "syscall", 1, FunctionDescriptor.of(LONG, LONG, INT, INT, INT));
        } catch (UnsupportedOperationException | IllegalCallerException e) {
            return null; // Another system, or native access is refused: callers fall back.
        }
    }

    /**
     * Makes every running thread of this process execute a full memory barrier.
     *
     * @return whether it was done; if not, the caller must not rely on it
     */
    public static boolean fenceAllThreads() {
        return AVAILABLE && call(PRIVATE_EXPEDITED);
    }

    private static boolean call(int command) {
        if (SYSCALL == null) {
            return false;
        }
        CALLS.count();
        try {
            return (long) SYSCALL.invokeExact(Libc.errnoState(), SYS_MEMBARRIER, command, 0, 0)
                    == 0;
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }
}
