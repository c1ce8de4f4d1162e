package io.sluice.compare.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.sluice.linux.Libc;
import io.sluice.linux.SystemCallException;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;

/**
 * A ring of requests to the kernel, {@code io_uring(7)}, which both map: one call submits a request
 * and waits for its completion. At most one is under way. One thread.
 */
public final class IoUring {
    // Numbers and offsets are those of <linux/io_uring.h>, the same on every architecture.
    private static final int SETUP_NUMBER = 425;
    private static final int ENTER_NUMBER = 426;
    private static final int ENTRIES = 4;
    private static final int GET_EVENTS = 1;
    private static final byte OP_SEND = 26;
    private static final byte OP_RECV = 27;

    // struct io_uring_params; the offsets in it are those of the words in the ring.
    private static final long PARAMETERS = 120;
    private static final long CQ_ENTRIES = 4;
    private static final long FEATURES = 20;
    private static final int SINGLE_MMAP = 1;
    private static final long SQ_TAIL = 44;
    private static final long SQ_MASK = 48;
    private static final long SQ_ARRAY = 64;
    private static final long CQ_HEAD = 80;
    private static final long CQ_TAIL = 84;
    private static final long CQ_MASK = 88;
    private static final long CQ_RESULTS = 100;

    // struct io_uring_sqe and io_uring_cqe.
    private static final long REQUEST = 64;
    private static final long REQUEST_FD = 4;
    private static final long REQUEST_ADDRESS = 16;
    private static final long REQUEST_LENGTH = 24;
    private static final long COMPLETION = 16;
    private static final long COMPLETION_RESULT = 8;

    private static final long REQUESTS = 0x10000000;
    private static final long READ_WRITE = 3;
    private static final long SHARED_POPULATE = 0x8001;
    private static final long MAP_FAILED = -1;

    private static final Downcall SETUP = Downcall.of("syscall", "io_uring_setup");
    private static final Downcall ENTER = Downcall.of("syscall", "io_uring_enter");
    private static final Downcall MUNMAP = Downcall.of("munmap");
    private static final MethodHandle MMAP =
            Libc.link(
                    "mmap",
                    FunctionDescriptor.of(
                            JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                            JAVA_LONG));
    private static final VarHandle INT = JAVA_INT.varHandle();

    private final int fd;
    private final MemorySegment ring;
    private final MemorySegment requests;
    private final long sqTail;
    private final int sqMask;
    private final long cqHead;
    private final long cqTail;
    private final int cqMask;
    private final long cqResults;

    /** How many requests were completed: both queues' position, as one is under way at most. */
    private int position;

    /**
     * Creates a ring.
     *
     * @throws IOException if the kernel has none, or does not let this process have one
     */
    public IoUring() throws IOException {
        MemorySegment given = Arena.ofAuto().allocate(PARAMETERS, 8);
        fd = SETUP.check(SETUP.call(SETUP_NUMBER, ENTRIES, given.address()), "a ring");
        if ((given.get(JAVA_INT, FEATURES) & SINGLE_MMAP) == 0) {
            KernelCalls.close(fd);
            throw new IOException("this kernel's io_uring is older than Linux 5.4");
        }
        sqTail = given.get(JAVA_INT, SQ_TAIL);
        cqHead = given.get(JAVA_INT, CQ_HEAD);
        cqTail = given.get(JAVA_INT, CQ_TAIL);
        cqResults = given.get(JAVA_INT, CQ_RESULTS);
        long array = given.get(JAVA_INT, SQ_ARRAY);
        long end = cqResults + given.get(JAVA_INT, CQ_ENTRIES) * COMPLETION;
        ring = map(Math.max(end, array + ENTRIES * Integer.BYTES), 0);
        requests = map(ENTRIES * REQUEST, REQUESTS);
        sqMask = ring.get(JAVA_INT, given.get(JAVA_INT, SQ_MASK));
        cqMask = ring.get(JAVA_INT, given.get(JAVA_INT, CQ_MASK));
        for (int i = 0; i < ENTRIES; i++) {
            ring.set(JAVA_INT, array + (long) i * Integer.BYTES, i);
        }
    }

    @SuppressWarnings("restricted")
    private MemorySegment map(long size, long offset) throws SystemCallException {
        try {
            long address =
                    (long)
                            MMAP.invokeExact(
                                    Libc.errnoState(),
                                    0L,
                                    size,
                                    READ_WRITE,
                                    SHARED_POPULATE,
                                    (long) fd,
                                    offset);
            if (address == MAP_FAILED) {
                SystemCallException failure = new SystemCallException("mmap", "a ring");
                KernelCalls.close(fd);
                throw failure;
            }
            return MemorySegment.ofAddress(address).reinterpret(size);
        } catch (SystemCallException e) {
            throw e;
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /**
     * Sends all of a buffer's first bytes to a connected socket.
     *
     * @throws IOException if the other end is gone, or it fails otherwise
     */
    public void sendFully(int socket, MemorySegment buffer, long length) throws IOException {
        for (long done = 0; done < length; ) {
            done += complete(OP_SEND, socket, buffer, done, length);
        }
    }

    /**
     * Receives from a socket until a buffer has so many bytes; waits for them.
     *
     * @return how many
     * @throws EOFException if the other end is gone
     * @throws IOException if it fails otherwise
     */
    public int receiveFully(int socket, MemorySegment buffer, int length) throws IOException {
        for (int done = 0; done < length; ) {
            int n = complete(OP_RECV, socket, buffer, done, length);
            if (n == 0) {
                throw new EOFException("the other end is gone");
            }
            done += n;
        }
        return length;
    }

    /** Submits a request for the bytes of a buffer from {@code done} on, and waits for its end. */
    private int complete(byte operation, int socket, MemorySegment buffer, long done, long length)
            throws IOException {
        if (done > 0) {
            ENTER.partial().getAndIncrement();
        }
        int result;
        do {
            long at = (position & sqMask) * REQUEST;
            requests.set(JAVA_BYTE, at, operation);
            requests.set(JAVA_INT, at + REQUEST_FD, socket);
            requests.set(JAVA_LONG, at + REQUEST_ADDRESS, buffer.address() + done);
            requests.set(JAVA_INT, at + REQUEST_LENGTH, (int) (length - done));
            INT.setRelease(ring, sqTail, position + 1);
            int submitted = 0;
            do {
                int n = ENTER.call(ENTER_NUMBER, fd, 1 - submitted, 1, GET_EVENTS, 0);
                if (n < 0 && Libc.errno() != SystemCallException.EINTR) {
                    throw ENTER.failure("descriptor " + socket);
                }
                submitted += Math.max(0, n);
            } while ((int) INT.getAcquire(ring, cqTail) == position);
            result =
                    ring.get(
                            JAVA_INT,
                            cqResults + (position & cqMask) * COMPLETION + COMPLETION_RESULT);
            INT.setRelease(ring, cqHead, ++position);
        } while (result == -SystemCallException.EINTR);
        Reference.reachabilityFence(buffer);
        if (result < 0) {
            throw new IOException(
                    "io_uring failed for descriptor " + socket + " with errno " + -result);
        }
        return result;
    }

    /** Closes it; sockets stay open. */
    public void close() {
        MUNMAP.call(ring.address(), ring.byteSize(), 0);
        MUNMAP.call(requests.address(), requests.byteSize(), 0);
        KernelCalls.close(fd);
    }
}
