package io.sluice.compare.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.sluice.linux.Libc;
import io.sluice.linux.SyscallCounter;
import io.sluice.linux.SystemCallException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Reads another process's memory: {@code process_vm_readv(2)}. One thread only. */
public final class ProcessMemory {
    private static final int PR_SET_PTRACER = 0x59616d61;
    private static final long ANY = -1;
    private static final long IOVEC = 16;

    private static final MethodHandle PROCESS_VM_READV =
            Libc.link(
                    "process_vm_readv",
                    FunctionDescriptor.of(
                            JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG,
                            JAVA_LONG));
    private static final MethodHandle PRCTL =
            Libc.linkVariadic(
                    "prctl",
                    1,
                    FunctionDescriptor.of(
                            JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));

    private static final SyscallCounter READS = SyscallCounter.of("process_vm_readv");

    private final int pid;
    private final MemorySegment local = Arena.ofAuto().allocate(IOVEC, 8);
    private final MemorySegment remote = Arena.ofAuto().allocate(IOVEC, 8);

    /**
     * Opens the memory of a process.
     *
     * @param pid its id
     */
    public ProcessMemory(long pid) {
        this.pid = (int) pid;
    }

    /**
     * Lets other processes of this user read this one's memory, where the Yama module requires
     * permission. Elsewhere it does nothing.
     */
    public static void allowAll() {
        SyscallCounter.of("prctl").count();
        try {
            int ignored =
                    (int) PRCTL.invokeExact(Libc.errnoState(), PR_SET_PTRACER, ANY, 0L, 0L, 0L);
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /**
     * Copies out of the process.
     *
     * @param address where from, there
     * @param buffer where to, here
     * @param length how many bytes
     * @throws IOException if it is not permitted ({@code EPERM}), the process is gone ({@code
     *     errno} 3), or not all could be read
     */
    public void read(long address, MemorySegment buffer, long length) throws IOException {
        local.set(ADDRESS, 0, buffer);
        local.set(JAVA_LONG, 8, length);
        remote.set(JAVA_LONG, 0, address);
        remote.set(JAVA_LONG, 8, length);
        READS.count();
        long r;
        try {
            r =
                    (long)
                            PROCESS_VM_READV.invokeExact(
                                    Libc.errnoState(), pid, local, 1L, remote, 1L, 0L);
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
        if (r < 0) {
            throw new SystemCallException("process_vm_readv", "process " + pid);
        }
        if (r != length) {
            throw new IOException("process_vm_readv read " + r + " of " + length + " bytes");
        }
    }
}
