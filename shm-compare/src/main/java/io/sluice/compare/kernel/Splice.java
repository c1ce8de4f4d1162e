package io.sluice.compare.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.sluice.linux.Libc;
import io.sluice.linux.SyscallCounter;
import io.sluice.linux.SystemCallException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Splices user pages into a pipe without copying them: {@code vmsplice(2)}. One pipe, one thread.
 */
public final class Splice {
    private static final MethodHandle VMSPLICE =
            Libc.link(
                    "vmsplice",
                    FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    private static final SyscallCounter CALLS = SyscallCounter.of("vmsplice");

    private final int fd;
    private final MemorySegment iov = Arena.ofAuto().allocate(16, 8);

    /**
     * Creates a splice into a pipe.
     *
     * @param fd its writing end
     */
    public Splice(int fd) {
        this.fd = fd;
    }

    /**
     * Puts the pages of a message into the pipe; they must not change until they have been read.
     *
     * @param pages where the message is, at the beginning of a page
     * @param length how long it is
     * @throws SystemCallException if the other end is gone, or it fails otherwise
     */
    public void write(MemorySegment pages, long length) throws SystemCallException {
        long done = 0;
        while (done < length) {
            iov.set(JAVA_LONG, 0, pages.address() + done);
            iov.set(JAVA_LONG, 8, length - done);
            CALLS.count();
            long n;
            try {
                n = (long) VMSPLICE.invokeExact(Libc.errnoState(), fd, iov, 1L, 0);
            } catch (Throwable t) {
                throw Libc.unexpected(t);
            }
            if (n >= 0) {
                done += n;
            } else if (Libc.errno() != SystemCallException.EINTR) {
                throw new SystemCallException("vmsplice", length + " bytes");
            }
        }
    }
}
