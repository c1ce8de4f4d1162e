package io.sluice.compare.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.sluice.linux.Libc;
import io.sluice.linux.SystemCallException;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
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
    private static final int ENTRIES = 1;
    private static final int GET_EVENTS = 1;
    private static final byte OP_SEND = 26;
    private static final byte OP_RECV = 27;

    // struct io_uring_params; the offsets in it are those of the words in the ring.
    private static final long PARAMETERS = 120;
    private static final long CQ_ENTRIES = 4;
    private static final long FEATURES = 20;
    private static final int SINGLE_MMAP = 1;
    private static final long SQ_TAIL = 44;
    private static final long SQ_ARRAY = 64;
    private static final long CQ_HEAD = 80;
    private static final long CQ_TAIL = 84;
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
    private static final Downcall MMAP = Downcall.uncounted("mmap");
    private static final VarHandle INT = JAVA_INT.varHandle();

    private final int fd;
    private final MemorySegment ring;

    /** The one entry of the queue of requests; the ring's array, of zeros, says that it is this. */
    private final MemorySegment request;

    private final long sqTail;
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
        fd = SETUP.must("a ring", SETUP_NUMBER, ENTRIES, given);
        if ((given.get(JAVA_INT, FEATURES) & SINGLE_MMAP) == 0) {
            KernelCalls.close(fd);
            throw new IOException("this kernel's io_uring is older than Linux 5.4");
        }
        sqTail = given.get(JAVA_INT, SQ_TAIL);
        cqHead = given.get(JAVA_INT, CQ_HEAD);
        cqTail = given.get(JAVA_INT, CQ_TAIL);
        cqMask = given.get(JAVA_INT, CQ_ENTRIES) - 1;
        cqResults = given.get(JAVA_INT, CQ_RESULTS);
        long end = cqResults + given.get(JAVA_INT, CQ_ENTRIES) * COMPLETION;
        ring = map(Math.max(end, given.get(JAVA_INT, SQ_ARRAY) + Integer.BYTES), 0);
        request = map(REQUEST, REQUESTS);
    }

    @SuppressWarnings("restricted")
    private MemorySegment map(long size, long offset) throws SystemCallException {
        long address = MMAP.word(0, size, READ_WRITE, SHARED_POPULATE, fd, offset);
        if (address == MAP_FAILED) {
            SystemCallException failure = MMAP.failure("a ring");
            KernelCalls.close(fd);
            throw failure;
        }
        return MemorySegment.ofAddress(address).reinterpret(size);
    }

    /**
     * Sends all of a buffer's first bytes to a connected socket.
     *
     * @throws IOException if the other end is gone, or it fails otherwise
     */
    public void sendFully(int socket, MemorySegment buffer, int length) throws IOException {
        transfer(OP_SEND, socket, buffer, length);
    }

    /**
     * Receives from a socket until a buffer has so many bytes; waits for them.
     *
     * @return how many
     * @throws EOFException if the other end is gone
     * @throws IOException if it fails otherwise
     */
    public int receiveFully(int socket, MemorySegment buffer, int length) throws IOException {
        return transfer(OP_RECV, socket, buffer, length);
    }

    private int transfer(byte operation, int socket, MemorySegment buffer, int length)
            throws IOException {
        int done = complete(operation, socket, buffer.address(), length);
        while (done < length) {
            ENTER.partial().getAndIncrement();
            done += complete(operation, socket, buffer.address() + done, length - done);
        }
        Reference.reachabilityFence(buffer);
        return length;
    }

    /** Submits a request, and waits for its end; returns how many bytes it has transferred. */
    private int complete(byte operation, int socket, long address, int length) throws IOException {
        int result;
        do {
            request.set(JAVA_BYTE, 0, operation);
            request.set(JAVA_INT, REQUEST_FD, socket);
            request.set(JAVA_LONG, REQUEST_ADDRESS, address);
            request.set(JAVA_INT, REQUEST_LENGTH, length);
            INT.setRelease(ring, sqTail, position + 1);
            int submitted = 0;
            do {
                int n = ENTER.call(ENTER_NUMBER, fd, 1 - submitted, 1, GET_EVENTS, 0);
                if (n < 0 && Libc.errno() != SystemCallException.EINTR) {
                    throw ENTER.failure("descriptor " + socket);
                }
                submitted += Math.max(0, n);
            } while ((int) INT.getAcquire(ring, cqTail) == position);
            long completion = cqResults + (position & cqMask) * COMPLETION;
            result = ring.get(JAVA_INT, completion + COMPLETION_RESULT);
            INT.setRelease(ring, cqHead, ++position);
        } while (result == -SystemCallException.EINTR);
        if (result == 0) {
            throw new EOFException("the other end is gone");
        } else if (result < 0) {
            throw new IOException(
                    "io_uring failed for descriptor " + socket + " with errno " + -result);
        }
        return result;
    }

    /** Closes it; sockets stay open. */
    public void close() {
        MUNMAP.attempt(ring, ring.byteSize());
        MUNMAP.attempt(request, request.byteSize());
        KernelCalls.close(fd);
    }
}
