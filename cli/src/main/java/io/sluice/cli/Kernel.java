package io.sluice.cli;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;

/** The questions to the kernel that the JDK has no method for. Each is a system call. */
final class Kernel {
    static final int EPERM = 1;
    static final int EINVAL = 22;
    static final int ENOSYS = 38;

    private static final long TIOCGWINSZ = 0x5413;
    private static final long FUTEX_WAITV = 449; // On every architecture.
    private static final StructLayout ERRNO = Linker.Option.captureStateLayout();

    private Kernel() {}

    /** Links on first use: most subcommands need none of it. */
    private static final class Calls {
        static final MethodHandle SYSCALL = link("syscall", 6, 1);
        static final MethodHandle IOCTL = link("ioctl", 3, 2);

        @SuppressWarnings("restricted")
        private static MethodHandle link(String name, int arguments, int named) {
            MemoryLayout[] words = new MemoryLayout[arguments];
            java.util.Arrays.fill(words, JAVA_LONG);
            Linker linker = Linker.nativeLinker();
            return linker.downcallHandle(
                    linker.defaultLookup().find(name).orElseThrow(),
                    FunctionDescriptor.of(JAVA_LONG, words),
                    Linker.Option.captureCallState("errno"),
                    Linker.Option.firstVariadicArg(named));
        }
    }

    /** Returns rows and columns of the terminal of a descriptor; null if it is none. */
    static int[] windowSize(int descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment size = arena.allocate(4 * JAVA_SHORT.byteSize());
            long result =
                    (long)
                            Calls.IOCTL.invokeExact(
                                    arena.allocate(ERRNO),
                                    (long) descriptor,
                                    TIOCGWINSZ,
                                    size.address());
            return (int) result != 0
                    ? null
                    : new int[] {size.get(JAVA_SHORT, 0), size.get(JAVA_SHORT, 2)};
        } catch (Throwable e) {
            return null; // Native access is denied: what needs it reports that.
        }
    }

    /** Returns the error of futex_waitv(2) for no futex: EINVAL where the call exists. */
    static int futexWaitv() {
        return errno(FUTEX_WAITV);
    }

    /** Returns the error of membarrier(2) for its query; 0 where the call exists. */
    static int membarrier() {
        return errno(System.getProperty("os.arch").equals("amd64") ? 324 : 283);
    }

    private static int errno(long call) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(ERRNO);
            long result = (long) Calls.SYSCALL.invokeExact(state, call, 0L, 0L, 0L, 0L, 0L);
            return result >= 0 ? 0 : state.get(JAVA_INT, 0);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
