package io.sluice.compare.kernel;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.sluice.linux.Libc;
import io.sluice.linux.SystemCallException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * POSIX message queues. The C library's functions are counted as the system calls they are; those
 * that fail also separately, as "mq_timedsend/failed".
 */
public final class PosixQueue {
    private static final int O_RDWR = 2;
    private static final int O_CREAT = 0100;
    private static final int O_EXCL = 0200;

    private static final Downcall OPEN = Downcall.of("mq_open");
    private static final Downcall UNLINK = Downcall.of("mq_unlink");
    private static final Downcall SEND = Downcall.of("mq_send", "mq_timedsend");
    private static final Downcall RECEIVE = Downcall.of("mq_receive", "mq_timedreceive");

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
        // struct mq_attr: flags, maxmsg, msgsize, curmsgs, and four reserved.
        MemorySegment attributes =
                Arena.ofAuto().allocateFrom(JAVA_LONG, 0, messages, size, 0, 0, 0, 0, 0);
        return OPEN.must(name, name, O_RDWR | O_CREAT | O_EXCL, 0600, attributes);
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
        return OPEN.must(name, name, O_RDWR | (blocking ? 0 : KernelCalls.O_NONBLOCK));
    }

    /**
     * Unlinks a queue. It exists until the last descriptor is closed.
     *
     * @param name its name; nothing happens if there is none
     * @throws SystemCallException if it may not be
     */
    public static void unlink(String name) throws SystemCallException {
        if (UNLINK.attempt(name) != 0 && Libc.errno() != SystemCallException.ENOENT) {
            throw UNLINK.failure(name);
        }
    }

    /**
     * Sends a message. If the descriptor is non-blocking, retries until there is room.
     *
     * @throws SystemCallException if it fails
     */
    public static void send(int fd, MemorySegment buffer, long length) throws SystemCallException {
        SEND.transfer(fd, buffer, length);
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
        return RECEIVE.transfer(fd, buffer, length);
    }
}
