package io.sluice.torture;

import io.sluice.linux.Libc;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** {@code kill(2)}, without starting a process for each signal. */
final class Signals {
    static final int KILL = 9;
    static final int CONT = 18;
    static final int STOP = 19;

    private static final int NO_SUCH_PROCESS = 3;

    private static final MethodHandle SEND =
            Libc.link(
                    "kill",
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

    private Signals() {}

    /**
     * Sends a signal.
     *
     * @return whether there is such a process
     */
    static boolean send(long pid, int signal) {
        MemorySegment errno = Libc.errnoState();
        try {
            int result = (int) SEND.invokeExact(errno, (int) pid, signal);
            if (result != 0 && Libc.errno() != NO_SUCH_PROCESS) {
                throw new AssertionError("kill(" + pid + ", " + signal + "): " + Libc.errno());
            }
            return result == 0;
        } catch (Throwable e) {
            throw Libc.unexpected(e);
        }
    }
}
