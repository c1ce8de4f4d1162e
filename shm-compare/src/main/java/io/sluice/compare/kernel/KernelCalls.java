package io.sluice.compare.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.sluice.linux.Libc;
import io.sluice.linux.SyscallCounter;
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
    private static final int O_CLOEXEC = 02000000;
    private static final int O_NONBLOCK = 04000;
    private static final int O_DIRECT =
            System.getProperty("os.arch").equals("aarch64") ? 0200000 : 040000;
    private static final int F_GETFL = 3;
    private static final int F_SETFL = 4;
    private static final int F_SETPIPE_SZ = 1031;
    private static final int F_GETPIPE_SZ = 1032;

    private static final MethodHandle READ =
            Libc.link("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle WRITE =
            Libc.link("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle CLOSE =
            Libc.link("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle OPEN =
            Libc.linkVariadic(
                    "open", 2, FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));
    private static final MethodHandle PIPE2 =
            Libc.link("pipe2", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle MKFIFO =
            Libc.link("mkfifo", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle FCNTL =
            Libc.linkVariadic(
                    "fcntl", 2, FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle GETPPID =
            Libc.link("getppid", FunctionDescriptor.of(JAVA_INT));
    private static final MethodHandle LABS =
            Libc.link("labs", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG));

    private static final SyscallCounter READS = SyscallCounter.of("read");
    private static final SyscallCounter WRITES = SyscallCounter.of("write");
    private static final SyscallCounter FAILED_READS = SyscallCounter.of("read/failed");
    private static final SyscallCounter FAILED_WRITES = SyscallCounter.of("write/failed");
    private static final SyscallCounter SHORT_READS = SyscallCounter.of("read/short");
    private static final SyscallCounter SHORT_WRITES = SyscallCounter.of("write/short");
    private static final SyscallCounter CLOSES = SyscallCounter.of("close");
    private static final SyscallCounter OPENS = SyscallCounter.of("open");
    private static final SyscallCounter FCNTLS = SyscallCounter.of("fcntl");

    private KernelCalls() {}

    /** Opens for reading only. */
    public static final int READ_ONLY = 0;

    /** Opens for writing only. */
    public static final int WRITE_ONLY = 1;

    /**
     * Opens a file; a FIFO waits for its other end.
     *
     * @param path the file
     * @param mode {@link #READ_ONLY} or {@link #WRITE_ONLY}
     * @return the descriptor
     * @throws SystemCallException if it cannot be opened
     */
    public static int open(Path path, int mode) throws SystemCallException {
        OPENS.count();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocateFrom(path.toString());
            int fd = (int) OPEN.invokeExact(Libc.errnoState(), name, mode | O_CLOEXEC, 0);
            if (fd < 0) {
                throw new SystemCallException("open", path.toString());
            }
            return fd;
        } catch (SystemCallException e) {
            throw e;
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /**
     * Closes a descriptor.
     *
     * @param fd the descriptor
     */
    public static void close(int fd) {
        CLOSES.count();
        try {
            int ignored = (int) CLOSE.invokeExact(Libc.errnoState(), fd);
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /**
     * Makes an anonymous pipe.
     *
     * @return the reading descriptor, then the writing one
     * @throws SystemCallException if it cannot be made
     */
    public static int[] pipe() throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment fds = arena.allocate(JAVA_INT, 2);
            if ((int) PIPE2.invokeExact(Libc.errnoState(), fds, O_CLOEXEC) != 0) {
                throw new SystemCallException("pipe2", "a pipe");
            }
            return fds.toArray(JAVA_INT);
        } catch (SystemCallException e) {
            throw e;
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /**
     * Makes a FIFO for its owner alone.
     *
     * @param path its name
     * @throws SystemCallException if it cannot be made
     */
    public static void mkfifo(Path path) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocateFrom(path.toString());
            if ((int) MKFIFO.invokeExact(Libc.errnoState(), name, 0600) != 0) {
                throw new SystemCallException("mkfifo", path.toString());
            }
        } catch (SystemCallException e) {
            throw e;
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /**
     * Returns the capacity of a pipe or FIFO in bytes.
     *
     * @param fd either end
     * @return the capacity in bytes
     * @throws SystemCallException if it is no pipe
     */
    public static int pipeCapacity(int fd) throws SystemCallException {
        return fcntl(fd, F_GETPIPE_SZ, 0, "fcntl(F_GETPIPE_SZ)");
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
        fcntl(fd, F_SETPIPE_SZ, bytes, "fcntl(F_SETPIPE_SZ)");
    }

    /**
     * Sets packet mode: every write of up to a page is a message of its own, which one read returns
     * whole.
     *
     * @param fd the writing end of a pipe
     * @throws SystemCallException if the kernel has no such pipes
     */
    public static void setPackets(int fd) throws SystemCallException {
        addFlag(fd, O_DIRECT);
    }

    /**
     * Sets non-blocking mode: calls fail instead of blocking; the loops here then retry at once.
     *
     * @param fd a pipe or a socket
     * @throws SystemCallException if it cannot be set
     */
    public static void setNonBlocking(int fd) throws SystemCallException {
        addFlag(fd, O_NONBLOCK);
    }

    private static void addFlag(int fd, int flag) throws SystemCallException {
        int flags = fcntl(fd, F_GETFL, 0, "fcntl(F_GETFL)");
        fcntl(fd, F_SETFL, flags | flag, "fcntl(F_SETFL)");
    }

    private static int fcntl(int fd, int command, int argument, String name)
            throws SystemCallException {
        FCNTLS.count();
        try {
            int r = (int) FCNTL.invokeExact(Libc.errnoState(), fd, command, argument);
            if (r < 0) {
                throw new SystemCallException(name, "descriptor " + fd);
            }
            return r;
        } catch (SystemCallException e) {
            throw e;
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /**
     * Writes all of a buffer. If the descriptor is non-blocking, retries until there is room.
     *
     * @param fd where to
     * @param buffer what
     * @param length how many of its bytes
     * @throws SystemCallException if the other end is gone, or it fails otherwise
     */
    public static void writeFully(int fd, MemorySegment buffer, long length)
            throws SystemCallException {
        long done = 0;
        while (done < length) {
            MemorySegment rest = done == 0 ? buffer : buffer.asSlice(done);
            long n = write(fd, rest, length - done);
            if (n >= 0) {
                done += n;
                if (done < length) {
                    SHORT_WRITES.count();
                }
            } else {
                FAILED_WRITES.count();
                retry("write", length);
            }
        }
    }

    /**
     * Reads until a buffer is full.
     *
     * @param fd where from
     * @param buffer where to
     * @param length how many bytes
     * @throws EOFException if the other end is gone
     * @throws SystemCallException if it fails otherwise
     */
    public static void readFully(int fd, MemorySegment buffer, long length) throws IOException {
        long done = 0;
        while (done < length) {
            MemorySegment rest = done == 0 ? buffer : buffer.asSlice(done);
            long n = read(fd, rest, length - done);
            if (n > 0) {
                done += n;
                if (done < length) {
                    SHORT_READS.count();
                }
            } else if (n == 0) {
                throw new EOFException("the other end is gone");
            } else {
                FAILED_READS.count();
                retry("read", length);
            }
        }
    }

    /**
     * Writes a message that must be written whole, by one call if it is not interrupted.
     *
     * @param fd where to
     * @param buffer what
     * @param length how many of its bytes
     * @throws IOException if the other end is gone, or only a part was taken
     */
    public static void writeMessage(int fd, MemorySegment buffer, long length) throws IOException {
        long n;
        while ((n = write(fd, buffer, length)) < 0) {
            FAILED_WRITES.count();
            retry("write", length);
        }
        if (n != length) {
            throw new IOException("write took " + n + " of " + length + " bytes of one message");
        }
    }

    /**
     * Reads a message, by one call if it is not interrupted.
     *
     * @param fd where from
     * @param buffer where to
     * @param length how long it may be
     * @return how long it is, at least 1
     * @throws EOFException if the other end is gone
     * @throws SystemCallException if it fails otherwise
     */
    public static int readMessage(int fd, MemorySegment buffer, long length) throws IOException {
        long n;
        while ((n = read(fd, buffer, length)) < 0) {
            FAILED_READS.count();
            retry("read", length);
        }
        if (n == 0) {
            throw new EOFException("the other end is gone");
        }
        return (int) n;
    }

    /** Throws unless the call was interrupted or would have blocked. */
    private static void retry(String call, long length) throws SystemCallException {
        int errno = Libc.errno();
        if (errno == SystemCallException.EAGAIN) {
            Thread.onSpinWait();
        } else if (errno != SystemCallException.EINTR) {
            throw new SystemCallException(call, length + " bytes");
        }
    }

    private static long read(int fd, MemorySegment buffer, long length) {
        READS.count();
        try {
            return (long) READ.invokeExact(Libc.errnoState(), fd, buffer, length);
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    private static long write(int fd, MemorySegment buffer, long length) {
        WRITES.count();
        try {
            return (long) WRITE.invokeExact(Libc.errnoState(), fd, buffer, length);
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /**
     * Makes a trivial system call, for the floor.
     *
     * @return the parent's process id
     */
    public static int getppid() {
        try {
            return (int) GETPPID.invokeExact(Libc.errnoState());
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /**
     * Calls a C function that makes no system call, for the floor.
     *
     * @param value any number
     * @return its absolute value
     */
    public static long labs(long value) {
        try {
            return (long) LABS.invokeExact(Libc.errnoState(), value);
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }
}
