package io.sluice.compare.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.sluice.os.Libc;
import io.sluice.os.SystemCallException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Stream sockets of the Unix domain, bound to a name. */
public final class UnixSocket {
    private static final int AF_UNIX = 1;
    private static final int SOCK_STREAM = 1;
    private static final int SOCK_CLOEXEC = 02000000;
    private static final int SOL_SOCKET = 1;
    private static final int SO_SNDBUF = 7;
    private static final int ECONNREFUSED = 111;
    private static final int PATH_OFFSET = 2;
    private static final int PATH_LENGTH = 108;
    private static final int ADDRESS_LENGTH = PATH_OFFSET + PATH_LENGTH;

    private static final MethodHandle SOCKET =
            Libc.link("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle BIND =
            Libc.link("bind", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle LISTEN =
            Libc.link("listen", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle ACCEPT =
            Libc.link("accept", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle CONNECT =
            Libc.link("connect", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle GETSOCKOPT =
            Libc.link(
                    "getsockopt",
                    FunctionDescriptor.of(
                            JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));

    private UnixSocket() {}

    /**
     * Binds a name, and waits until somebody connects to it.
     *
     * @param path the name
     * @return the connected descriptor
     * @throws SystemCallException if it fails
     */
    public static int accept(Path path) throws SystemCallException {
        int listener = socket();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = address(arena, path);
            if ((int) BIND.invokeExact(Libc.errnoState(), listener, address, ADDRESS_LENGTH) != 0) {
                throw new SystemCallException("bind", path.toString());
            }
            if ((int) LISTEN.invokeExact(Libc.errnoState(), listener, 1) != 0) {
                throw new SystemCallException("listen", path.toString());
            }
            int fd =
                    (int)
                            ACCEPT.invokeExact(
                                    Libc.errnoState(),
                                    listener,
                                    MemorySegment.NULL,
                                    MemorySegment.NULL);
            if (fd < 0) {
                throw new SystemCallException("accept", path.toString());
            }
            return fd;
        } catch (SystemCallException e) {
            throw e;
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        } finally {
            KernelCalls.close(listener);
        }
    }

    /**
     * Connects to a name; tries again while nobody listens there yet.
     *
     * @param path the name
     * @return the connected descriptor
     * @throws SystemCallException if nobody listens within ten seconds, or it fails otherwise
     */
    public static int connect(Path path) throws SystemCallException {
        int fd = socket();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = address(arena, path);
            while ((int) CONNECT.invokeExact(Libc.errnoState(), fd, address, ADDRESS_LENGTH) != 0) {
                int errno = Libc.errno();
                boolean notYet = errno == SystemCallException.ENOENT || errno == ECONNREFUSED;
                if (!notYet || System.nanoTime() > deadline) {
                    throw new SystemCallException("connect", path.toString());
                }
                LockSupport.parkNanos(1_000_000);
            }
            return fd;
        } catch (SystemCallException e) {
            throw e;
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /**
     * How much a socket's send buffer holds, with the kernel's own bookkeeping counted in.
     *
     * @return the default in bytes
     * @throws SystemCallException if there are no such sockets
     */
    public static int sendBuffer() throws SystemCallException {
        int fd = socket();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(JAVA_INT);
            MemorySegment length = arena.allocateFrom(JAVA_INT, Integer.BYTES);
            int r =
                    (int)
                            GETSOCKOPT.invokeExact(
                                    Libc.errnoState(), fd, SOL_SOCKET, SO_SNDBUF, value, length);
            if (r != 0) {
                throw new SystemCallException("getsockopt", "SO_SNDBUF");
            }
            return value.get(JAVA_INT, 0);
        } catch (SystemCallException e) {
            throw e;
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        } finally {
            KernelCalls.close(fd);
        }
    }

    private static int socket() throws SystemCallException {
        try {
            int fd =
                    (int)
                            SOCKET.invokeExact(
                                    Libc.errnoState(), AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
            if (fd < 0) {
                throw new SystemCallException("socket", "AF_UNIX");
            }
            return fd;
        } catch (SystemCallException e) {
            throw e;
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
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
