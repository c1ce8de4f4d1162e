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
 * POSIX message queues. The C library's functions are counted as the system calls they are; those
 * that fail also separately, as "mq_timedsend/failed".
 */
public final class PosixQueue {
    private static final int O_RDWR = 2;
    private static final int O_CREAT = 0100;
    private static final int O_EXCL = 0200;
    private static final int O_NONBLOCK = 04000;

    // struct mq_attr: flags, maxmsg, msgsize, curmsgs, and four reserved.
    private static final long ATTR_SIZE = 64;
    private static final long MAXMSG = 8;
    private static final long MSGSIZE = 16;

    private static final MethodHandle MQ_OPEN =
            Libc.linkVariadic(
                    "mq_open",
                    2,
                    FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS));
    private static final MethodHandle MQ_UNLINK =
            Libc.link("mq_unlink", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    private static final MethodHandle MQ_SEND =
            Libc.link(
                    "mq_send",
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    private static final MethodHandle MQ_RECEIVE =
            Libc.link(
                    "mq_receive",
                    FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS));

    private static final SyscallCounter OPENS = SyscallCounter.of("mq_open");
    private static final SyscallCounter UNLINKS = SyscallCounter.of("mq_unlink");
    private static final SyscallCounter SENDS = SyscallCounter.of("mq_timedsend");
    private static final SyscallCounter RECEIVES = SyscallCounter.of("mq_timedreceive");
    private static final SyscallCounter FAILED_SENDS = SyscallCounter.of("mq_timedsend/failed");
    private static final SyscallCounter FAILED_RECEIVES =
            SyscallCounter.of("mq_timedreceive/failed");

    private PosixQueue() {}

    /**
     * Creates a queue, accessible to its owner only.
     *
     * @param name begins with a slash, and has no other
     * @param messages how many it holds
     * @param size how long each may be, in bytes
     * @return its descriptor, for both directions; a descriptor of the file kind, to be closed
     * @throws SystemCallException if the name exists, or a limit is passed
     */
    public static int create(String name, long messages, long size) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attr = arena.allocate(ATTR_SIZE, 8);
            attr.set(JAVA_LONG, MAXMSG, messages);
            attr.set(JAVA_LONG, MSGSIZE, size);
            return open(name, O_RDWR | O_CREAT | O_EXCL, attr);
        }
    }

    /**
     * Opens a queue, for both directions.
     *
     * @param name its name
     * @param blocking whether calls wait
     * @return its descriptor
     * @throws SystemCallException if there is none
     */
    public static int open(String name, boolean blocking) throws SystemCallException {
        return open(name, O_RDWR | (blocking ? 0 : O_NONBLOCK), MemorySegment.NULL);
    }

    private static int open(String name, int flags, MemorySegment attr) throws SystemCallException {
        OPENS.count();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocateFrom(name);
            int fd = (int) MQ_OPEN.invokeExact(Libc.errnoState(), text, flags, 0600, attr);
            if (fd < 0) {
                throw new SystemCallException("mq_open", name);
            }
            return fd;
        } catch (SystemCallException e) {
            throw e;
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /**
     * Unlinks a queue. It exists until the last descriptor is closed.
     *
     * @param name its name; nothing happens if there is none
     * @throws SystemCallException if it may not be
     */
    public static void unlink(String name) throws SystemCallException {
        UNLINKS.count();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocateFrom(name);
            int r = (int) MQ_UNLINK.invokeExact(Libc.errnoState(), text);
            if (r != 0 && Libc.errno() != SystemCallException.ENOENT) {
                throw new SystemCallException("mq_unlink", name);
            }
        } catch (SystemCallException e) {
            throw e;
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /**
     * Sends a message. If the descriptor is non-blocking, retries until there is room.
     *
     * @param fd the queue
     * @param buffer what
     * @param length how many of its bytes
     * @throws SystemCallException if it fails
     */
    public static void send(int fd, MemorySegment buffer, long length) throws SystemCallException {
        while (true) {
            SENDS.count();
            int r;
            try {
                r = (int) MQ_SEND.invokeExact(Libc.errnoState(), fd, buffer, length, 0);
            } catch (Throwable t) {
                throw Libc.unexpected(t);
            }
            if (r == 0) {
                return;
            }
            FAILED_SENDS.count();
            retry("mq_timedsend", length);
        }
    }

    /**
     * Receives a message. If the descriptor is non-blocking, retries until there is one.
     *
     * @param fd the queue
     * @param buffer where to
     * @param length at least the queue's longest message
     * @return how long it is
     * @throws SystemCallException if it fails
     */
    public static int receive(int fd, MemorySegment buffer, long length)
            throws SystemCallException {
        while (true) {
            RECEIVES.count();
            long r;
            try {
                r =
                        (long)
                                MQ_RECEIVE.invokeExact(
                                        Libc.errnoState(), fd, buffer, length, MemorySegment.NULL);
            } catch (Throwable t) {
                throw Libc.unexpected(t);
            }
            if (r >= 0) {
                return (int) r;
            }
            FAILED_RECEIVES.count();
            retry("mq_timedreceive", length);
        }
    }

    private static void retry(String call, long length) throws SystemCallException {
        int errno = Libc.errno();
        if (errno == SystemCallException.EAGAIN) {
            Thread.onSpinWait();
        } else if (errno != SystemCallException.EINTR) {
            throw new SystemCallException(call, length + " bytes");
        }
    }
}
