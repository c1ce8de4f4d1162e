package io.sluice.compare.kernel;

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
import java.nio.file.Path;

/**
 * System calls on file descriptors. Each is one call of the C library and is counted by name; this
 * class also contains the loops that a byte stream needs, so a short read adds a second counted
 * call. Calls that fail or transfer a part are also counted separately, as "read/failed" and
 * "read/short".
 */
public final class KernelCalls {
    /** Opens for reading only. */
    public static final int READ_ONLY = 0;

    /** Opens for writing only. */
    public static final int WRITE_ONLY = 1;

    /** Calls fail instead of blocking; the loops here then retry at once. */
    public static final int NON_BLOCKING = 04000;

    /** Every write of up to a page is a message of its own, which one read returns whole. */
    public static final int PACKETS =
            System.getProperty("os.arch").equals("aarch64") ? 0200000 : 040000;

    private static final int O_CLOEXEC = 02000000;
    private static final int F_GETFL = 3;
    private static final int F_SETFL = 4;
    private static final int F_SETPIPE_SZ = 1031;
    private static final int F_GETPIPE_SZ = 1032;

    private static final Downcall READ = Downcall.of("read");
    private static final Downcall WRITE = Downcall.of("write");
    private static final Downcall CLOSE = Downcall.of("close");
    private static final Downcall OPEN = Downcall.of("open");
    private static final Downcall PIPE2 = Downcall.of("pipe2");
    private static final Downcall EVENTFD = Downcall.of("eventfd", "eventfd2");
    private static final Downcall MKFIFO = Downcall.of("mkfifo", "mknodat");
    private static final Downcall FCNTL = Downcall.of("fcntl");

    // For the floor: with their own signatures, and not counted.
    private static final MethodHandle GETPPID =
            Libc.link("getppid", FunctionDescriptor.of(JAVA_INT));
    private static final MethodHandle LABS =
            Libc.link("labs", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG));

    private KernelCalls() {}

    /**
     * Opens a file; a FIFO waits for its other end.
     *
     * @param path the file
     * @param mode {@link #READ_ONLY} or {@link #WRITE_ONLY}
     * @return the descriptor
     * @throws SystemCallException if it cannot be opened
     */
    public static int open(Path path, int mode) throws SystemCallException {
        return OPEN.must(path, path.toString(), mode | O_CLOEXEC);
    }

    /** Closes descriptors. */
    public static void close(int... fds) {
        for (int fd : fds) {
            CLOSE.call(fd, 0, 0, 0, 0, 0);
        }
    }

    /**
     * Makes an anonymous pipe.
     *
     * @return the reading descriptor, then the writing one
     * @throws SystemCallException if it cannot be made
     */
    public static int[] pipe() throws SystemCallException {
        MemorySegment fds = Arena.ofAuto().allocate(JAVA_INT, 2);
        PIPE2.must("a pipe", fds, O_CLOEXEC);
        return fds.toArray(JAVA_INT);
    }

    /**
     * Makes an event descriptor, {@code eventfd(2)}, with count zero: a write of 8 bytes adds to
     * the count, a read takes all of it and blocks while it is zero. It has no name and cannot be
     * opened through {@code /proc}: processes pass it over a socket.
     *
     * @return the descriptor
     * @throws SystemCallException if there are too many
     */
    public static int eventFd() throws SystemCallException {
        return EVENTFD.must("a descriptor", 0, O_CLOEXEC);
    }

    /**
     * Makes a FIFO for its owner alone.
     *
     * @throws SystemCallException if it cannot be made
     */
    public static void mkfifo(Path path) throws SystemCallException {
        MKFIFO.must(path, path.toString(), 0600);
    }

    /**
     * Returns the capacity of a pipe or FIFO in bytes, by either end.
     *
     * @throws SystemCallException if it is no pipe
     */
    public static int pipeCapacity(int fd) throws SystemCallException {
        return fcntl(fd, F_GETPIPE_SZ, 0);
    }

    /**
     * Sets the capacity of a pipe.
     *
     * @param fd either end
     * @param bytes how much; the kernel rounds it up to a power of two of pages
     * @throws SystemCallException if it is more than {@code /proc/sys/fs/pipe-max-size} ({@code
     *     EPERM}) without the privilege
     */
    public static void setPipeCapacity(int fd, int bytes) throws SystemCallException {
        fcntl(fd, F_SETPIPE_SZ, bytes);
    }

    /**
     * Adds a flag of an open file: {@link #PACKETS}, to the writing end of a pipe, or {@link
     * #NON_BLOCKING}.
     *
     * @throws SystemCallException if it cannot be set
     */
    public static void addFlag(int fd, int flag) throws SystemCallException {
        fcntl(fd, F_SETFL, fcntl(fd, F_GETFL, 0) | flag);
    }

    private static int fcntl(int fd, int command, int argument) throws SystemCallException {
        return FCNTL.must("descriptor " + fd + ", command " + command, fd, command, argument);
    }

    /**
     * Writes all of a buffer's first {@code length} bytes. If the descriptor is non-blocking,
     * retries until there is room.
     *
     * @throws SystemCallException if the other end is gone, or it fails otherwise
     */
    public static void writeFully(int fd, MemorySegment buffer, long length)
            throws SystemCallException {
        long done = WRITE.transfer(fd, buffer, length);
        while (done < length) {
            WRITE.partial().getAndIncrement();
            done += WRITE.transfer(fd, buffer.asSlice(done), length - done);
        }
    }

    /**
     * Reads until a buffer has {@code length} bytes.
     *
     * @return the length
     * @throws EOFException if the other end is gone
     * @throws SystemCallException if it fails otherwise
     */
    public static int readFully(int fd, MemorySegment buffer, int length) throws IOException {
        int done = readMessage(fd, buffer, length);
        while (done < length) {
            READ.partial().getAndIncrement();
            done += readMessage(fd, buffer.asSlice(done), length - done);
        }
        return length;
    }

    /**
     * Writes a message that must be written whole, by one call if it is not interrupted.
     *
     * @throws IOException if the other end is gone, or only a part was taken
     */
    public static void writeMessage(int fd, MemorySegment buffer, long length) throws IOException {
        int n = WRITE.transfer(fd, buffer, length);
        if (n != length) {
            throw new IOException("write took " + n + " of " + length + " bytes of one message");
        }
    }

    /**
     * Reads a message of up to {@code length} bytes, by one call if it is not interrupted.
     *
     * @return how long it is, at least 1
     * @throws EOFException if the other end is gone
     * @throws SystemCallException if it fails otherwise
     */
    public static int readMessage(int fd, MemorySegment buffer, long length) throws IOException {
        int n = READ.transfer(fd, buffer, length);
        if (n == 0) {
            throw new EOFException("the other end is gone");
        }
        return n;
    }

    /** Makes a trivial system call, for the floor: returns the parent's process id. */
    public static int getppid() {
        try {
            return (int) GETPPID.invokeExact(Libc.errnoState());
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /** Calls a C function that makes no system call, for the floor: returns an absolute value. */
    public static long labs(long value) {
        try {
            return (long) LABS.invokeExact(Libc.errnoState(), value);
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }
}
