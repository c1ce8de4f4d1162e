package io.sluice.compare.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Reads another process's memory: {@code process_vm_readv(2)}. One thread only. */
public final class ProcessMemory {
    private static final int PR_SET_PTRACER = 0x59616d61;
    private static final long ANY = -1;
    private static final long IOVEC = 16;

    private static final Downcall READ = Downcall.of("process_vm_readv");
    private static final Downcall PRCTL = Downcall.of("prctl");

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
        PRCTL.attempt(PR_SET_PTRACER, ANY);
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
        int r = READ.call(pid, local.address(), 1, remote.address(), 1, 0);
        if (r < 0) {
            throw READ.failure("process " + pid);
        } else if (r != length) {
            throw new IOException("process_vm_readv read " + r + " of " + length + " bytes");
        }
    }
}
