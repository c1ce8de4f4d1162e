package io.sluice.compare.kernel;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.sluice.linux.SystemCallException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Splices user pages into a pipe without copying them: {@code vmsplice(2)}. One pipe, one thread.
 */
public final class Splice {
    private static final Downcall VMSPLICE = Downcall.of("vmsplice");

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
            done += VMSPLICE.transfer(fd, iov, 1);
        }
    }
}
