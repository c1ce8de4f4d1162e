package io.sluice.compare.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.sluice.linux.Libc;
import io.sluice.linux.SystemCallException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Sockets of the Unix domain, bound to a name. */
public final class UnixSocket {
    /** The socket types. */
    public enum Type {
        /** A stream of bytes. */
        STREAM(1),
        /** Messages, each whole or not at all, without a connection. */
        DGRAM(2),
        /** Messages over a connection. */
        SEQPACKET(5);

        private final int number;

        Type(int number) {
            this.number = number;
        }
    }

    private static final int AF_UNIX = 1;
    private static final int SO_SNDBUF = 7;
    private static final int ECONNREFUSED = 111;
    private static final int PATH_OFFSET = 2;
    private static final int PATH_LENGTH = 108;
    private static final int ADDRESS_LENGTH = PATH_OFFSET + PATH_LENGTH;

    private UnixSocket() {}

    /**
     * Binds a name, and waits for a connection.
     *
     * @param path the name
     * @param type not {@link Type#DGRAM}
     * @return the connected descriptor
     * @throws SystemCallException if it fails
     */
    public static int accept(Path path, Type type) throws SystemCallException {
        int listener = socket(type);
        try (Arena arena = Arena.ofConfined()) {
            SocketCalls.bind(listener, address(arena, path), path.toString());
            SocketCalls.listen(listener, path.toString());
            return SocketCalls.accept(listener, path.toString());
        } finally {
            KernelCalls.close(listener);
        }
    }

    /**
     * Connects to a name; retries while no socket listens there yet.
     *
     * @param path the name
     * @param type not {@link Type#DGRAM}
     * @return the connected descriptor
     * @throws SystemCallException if no socket listens within ten seconds, or it fails otherwise
     */
    public static int connect(Path path, Type type) throws SystemCallException {
        int fd = socket(type);
        try {
            connect(fd, path);
            return fd;
        } catch (SystemCallException e) {
            KernelCalls.close(fd);
            throw e;
        }
    }

    /**
     * Binds a name, and connects to another, which may come later. Both ends do so.
     *
     * @param own the name of this end
     * @param others that of the other
     * @return the descriptor, of type {@link Type#DGRAM}
     * @throws SystemCallException if the other has no name within ten seconds, or it fails
     *     otherwise
     */
    public static int pair(Path own, Path others) throws SystemCallException {
        int fd = socket(Type.DGRAM);
        try (Arena arena = Arena.ofConfined()) {
            SocketCalls.bind(fd, address(arena, own), own.toString());
            connect(fd, others);
            return fd;
        } catch (SystemCallException e) {
            KernelCalls.close(fd);
            throw e;
        }
    }

    /**
     * Returns the default size of a socket's send buffer, the kernel's own bookkeeping included.
     *
     * @return the default in bytes
     * @throws SystemCallException if there are no such sockets
     */
    public static int sendBuffer() throws SystemCallException {
        int fd = socket(Type.STREAM);
        try {
            return SocketCalls.option(fd, SocketCalls.SOL_SOCKET, SO_SNDBUF, "SO_SNDBUF");
        } finally {
            KernelCalls.close(fd);
        }
    }

    private static void connect(int fd, Path path) throws SystemCallException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = address(arena, path);
            while (!SocketCalls.connect(fd, address)) {
                int errno = Libc.errno();
                boolean notYet = errno == SystemCallException.ENOENT || errno == ECONNREFUSED;
                boolean again = errno == SystemCallException.EINTR;
                if (!(notYet || again) || System.nanoTime() > deadline) {
                    throw new SystemCallException("connect", path.toString());
                }
                LockSupport.parkNanos(1_000_000);
            }
        }
    }

    private static int socket(Type type) throws SystemCallException {
        return SocketCalls.socket(AF_UNIX, type.number, "AF_UNIX " + type);
    }

    private static MemorySegment address(Arena arena, Path path) {
        byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
        if (name.length >= PATH_LENGTH) {
            throw new IllegalArgumentException(
                    path + " is too long for a socket's name: at most 107 bytes");
        }
        MemorySegment address = arena.allocate(ADDRESS_LENGTH, 8);
        address.set(JAVA_SHORT, 0, (short) AF_UNIX);
        MemorySegment.copy(name, 0, address, JAVA_BYTE, PATH_OFFSET, name.length);
        return address;
    }
}
