package io.sluice.compare.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.sluice.linux.Libc;
import io.sluice.linux.SyscallCounter;
import io.sluice.linux.SystemCallException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** The calls that establish a connection, for all address families. Messages use read and write. */
final class SocketCalls {
    static final int SOL_SOCKET = 1;

    private static final int SOCK_CLOEXEC = 02000000;

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
    private static final MethodHandle GETSOCKNAME =
            Libc.link("getsockname", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle GETSOCKOPT =
            Libc.link(
                    "getsockopt",
                    FunctionDescriptor.of(
                            JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle SETSOCKOPT =
            Libc.link(
                    "setsockopt",
                    FunctionDescriptor.of(
                            JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));

    private SocketCalls() {}

    static int socket(int family, int type, String what) throws SystemCallException {
        SyscallCounter.of("socket").count();
        try {
            int fd = (int) SOCKET.invokeExact(Libc.errnoState(), family, type | SOCK_CLOEXEC, 0);
            return check(fd, "socket", what);
        } catch (SystemCallException e) {
            throw e;
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    static void bind(int fd, MemorySegment address, String what) throws SystemCallException {
        SyscallCounter.of("bind").count();
        try {
            int length = (int) address.byteSize();
            check((int) BIND.invokeExact(Libc.errnoState(), fd, address, length), "bind", what);
        } catch (SystemCallException e) {
            throw e;
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    static void listen(int fd, String what) throws SystemCallException {
        SyscallCounter.of("listen").count();
        try {
            check((int) LISTEN.invokeExact(Libc.errnoState(), fd, 1), "listen", what);
        } catch (SystemCallException e) {
            throw e;
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    static int accept(int fd, String what) throws SystemCallException {
        SyscallCounter.of("accept").count();
        try {
            int r;
            do {
                r =
                        (int)
                                ACCEPT.invokeExact(
                                        Libc.errnoState(),
                                        fd,
                                        MemorySegment.NULL,
                                        MemorySegment.NULL);
            } while (r < 0 && Libc.errno() == SystemCallException.EINTR);
            return check(r, "accept", what);
        } catch (SystemCallException e) {
            throw e;
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /** Returns whether it succeeded; if not, errno holds the reason. */
    static boolean connect(int fd, MemorySegment address) {
        SyscallCounter.of("connect").count();
        try {
            int length = (int) address.byteSize();
            return (int) CONNECT.invokeExact(Libc.errnoState(), fd, address, length) == 0;
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    static void name(int fd, MemorySegment address, String what) throws SystemCallException {
        SyscallCounter.of("getsockname").count();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment length = arena.allocateFrom(JAVA_INT, (int) address.byteSize());
            check(
                    (int) GETSOCKNAME.invokeExact(Libc.errnoState(), fd, address, length),
                    "getsockname",
                    what);
        } catch (SystemCallException e) {
            throw e;
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    static int option(int fd, int level, int option, String what) throws SystemCallException {
        SyscallCounter.of("getsockopt").count();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(JAVA_INT);
            MemorySegment length = arena.allocateFrom(JAVA_INT, Integer.BYTES);
            check(
                    (int)
                            GETSOCKOPT.invokeExact(
                                    Libc.errnoState(), fd, level, option, value, length),
                    "getsockopt",
                    what);
            return value.get(JAVA_INT, 0);
        } catch (SystemCallException e) {
            throw e;
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    static void setOption(int fd, int level, int option, int value, String what)
            throws SystemCallException {
        SyscallCounter.of("setsockopt").count();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocateFrom(JAVA_INT, value);
            check(
                    (int)
                            SETSOCKOPT.invokeExact(
                                    Libc.errnoState(), fd, level, option, memory, Integer.BYTES),
                    "setsockopt",
                    what);
        } catch (SystemCallException e) {
            throw e;
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    private static int check(int result, String call, String what) throws SystemCallException {
        if (result < 0) {
            throw new SystemCallException(call, what);
        }
        return result;
    }
}
