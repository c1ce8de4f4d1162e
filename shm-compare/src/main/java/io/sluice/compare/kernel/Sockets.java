package io.sluice.compare.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.sluice.linux.Libc;
import io.sluice.linux.SystemCallException;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Sockets of the Unix domain and of the loopback interface. Messages use read and write. */
public final class Sockets {
    /** The socket types. */
    public enum Type {
        /** A stream of bytes. */
        STREAM(1),
        /** Messages, each whole or not at all, without a connection. */
        DGRAM(2),
        /** Messages over a connection; not over the loopback interface. */
        SEQPACKET(5);

        private final int number;

        Type(int number) {
            this.number = number;
        }
    }

    /**
     * Where a socket can be reached.
     *
     * @param family the address family's number
     * @param bytes the {@code struct sockaddr}
     * @param text the same for messages
     */
    public record Address(int family, MemorySegment bytes, String text) {
        /** Returns a name in the file system. */
        public static Address of(Path path) {
            byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
            if (name.length >= PATH_LENGTH) {
                throw new IllegalArgumentException(
                        path + " is too long for a socket's name: at most 107 bytes");
            }
            MemorySegment bytes = Arena.ofAuto().allocate(2 + PATH_LENGTH, 8);
            bytes.set(JAVA_SHORT, 0, (short) AF_UNIX);
            MemorySegment.copy(name, 0, bytes, JAVA_BYTE, 2, name.length);
            return new Address(AF_UNIX, bytes, path.toString());
        }

        /** Returns a port of 127.0.0.1; 0 for one of the kernel's choice. */
        public static Address of(int port) {
            MemorySegment bytes = Arena.ofAuto().allocate(16, 4);
            bytes.set(JAVA_SHORT, 0, (short) AF_INET);
            bytes.set(PORT, 2, (short) port);
            bytes.set(JAVA_INT.withOrder(ByteOrder.BIG_ENDIAN), 4, 0x7F000001);
            return new Address(AF_INET, bytes, "127.0.0.1:" + port);
        }
    }

    private static final int AF_UNIX = 1;
    private static final int AF_INET = 2;
    private static final int PATH_LENGTH = 108;
    private static final ValueLayout.OfShort PORT = JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN);
    private static final int SOCK_CLOEXEC = 02000000;
    private static final int SOL_SOCKET = 1;
    private static final int SO_SNDBUF = 7;
    private static final int SO_BUSY_POLL = 46;
    private static final int IPPROTO_TCP = 6;
    private static final int TCP_NODELAY = 1;
    private static final int BACKLOG = 16;

    /** Longer than a coordinator lets a start take. */
    private static final long CONNECT_SECONDS = 60;

    private static final int ECONNREFUSED = 111;
    private static final int SCM_RIGHTS = 1;
    private static final int MSG_CMSG_CLOEXEC = 0x40000000;
    private static final long CMSG_HEADER = 16;

    private static final Downcall SOCKET = Downcall.of("socket");
    private static final Downcall BIND = Downcall.of("bind");
    private static final Downcall LISTEN = Downcall.of("listen");
    private static final Downcall ACCEPT = Downcall.of("accept4");
    private static final Downcall CONNECT = Downcall.of("connect");
    private static final Downcall GETSOCKNAME = Downcall.of("getsockname");
    private static final Downcall GETSOCKOPT = Downcall.of("getsockopt");
    private static final Downcall SETSOCKOPT = Downcall.of("setsockopt");
    private static final Downcall SENDMSG = Downcall.of("sendmsg");
    private static final Downcall RECVMSG = Downcall.of("recvmsg");

    private Sockets() {}

    /** A step with a new descriptor, which is closed if the step fails. */
    private interface Step {
        void on(int fd) throws SystemCallException;
    }

    private static int socket(int family, Type type, Step step) throws SystemCallException {
        int fd =
                SOCKET.check(
                        SOCKET.call(family, type.number | SOCK_CLOEXEC, 0),
                        (family == AF_UNIX ? "AF_UNIX " : "AF_INET ") + type);
        try {
            step.on(fd);
            return fd;
        } catch (SystemCallException e) {
            KernelCalls.close(fd);
            throw e;
        }
    }

    /** Returns a socket at an address; without a connection, it must be {@link #connect}ed. */
    public static int bind(Address own, Type type) throws SystemCallException {
        return socket(own.family, type, fd -> bind(fd, own));
    }

    private static void bind(int fd, Address own) throws SystemCallException {
        BIND.check(BIND.call(fd, own.bytes, own.bytes.byteSize()), own.text);
    }

    /** Returns a socket that listens at an address. */
    public static int listen(Address own, Type type) throws SystemCallException {
        return socket(
                own.family,
                type,
                fd -> {
                    bind(fd, own);
                    LISTEN.check(LISTEN.call(fd, BACKLOG, 0), own.text);
                });
    }

    /** Waits for a connection at a socket that listens, and returns it. */
    public static int accept(int listener) throws SystemCallException {
        return ACCEPT.check(
                ACCEPT.uninterrupted(listener, MemorySegment.NULL, 0, SOCK_CLOEXEC, 0),
                "a listening socket");
    }

    /** Listens at an address for one connection only, and returns it. */
    public static int acceptOne(Address own, Type type) throws SystemCallException {
        int listener = listen(own, type);
        try {
            return accept(listener);
        } finally {
            KernelCalls.close(listener);
        }
    }

    /**
     * Connects to an address; retries while no socket is there yet.
     *
     * @throws SystemCallException if none is there within a minute, or it fails otherwise
     */
    public static int connect(Address other, Type type) throws SystemCallException {
        return socket(other.family, type, fd -> connect(fd, other));
    }

    /** Connects a socket that {@link #bind} returned. */
    public static void connect(int fd, Address other) throws SystemCallException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(CONNECT_SECONDS);
        while (CONNECT.uninterrupted(fd, other.bytes, other.bytes.byteSize(), 0, 0) != 0) {
            boolean notYet =
                    Libc.errno() == SystemCallException.ENOENT || Libc.errno() == ECONNREFUSED;
            if (!notYet || System.nanoTime() > deadline) {
                throw CONNECT.failure(other.text);
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** Connects the two ends that know a directory, of which one listens there. */
    public static int between(Path directory, boolean listens, Type type)
            throws SystemCallException {
        Address name = Address.of(directory.resolve("socket"));
        return listens ? acceptOne(name, type) : connect(name, type);
    }

    /**
     * Passes descriptors to the other end that knows a directory.
     *
     * @param fds those to pass; to receive, so many of any value
     * @return them, as this process has them
     */
    public static int[] pass(Path directory, boolean receives, int... fds) throws IOException {
        int socket = between(directory, receives, Type.STREAM);
        try {
            if (receives) {
                return receiveDescriptors(socket, fds.length);
            }
            sendDescriptors(socket, fds);
            return fds;
        } finally {
            KernelCalls.close(socket);
        }
    }

    /** Returns the port of a socket of the loopback interface. */
    public static int port(int fd) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(16, 4);
            long length = arena.allocateFrom(JAVA_INT, 16).address();
            GETSOCKNAME.check(GETSOCKNAME.call(fd, bytes.address(), length), "a bound socket");
            return Short.toUnsignedInt(bytes.get(PORT, 2));
        }
    }

    /** Sends small segments at once: Nagle's algorithm is off. */
    public static void setNoDelay(int fd) throws SystemCallException {
        setOption(fd, IPPROTO_TCP, TCP_NODELAY, 1, "TCP_NODELAY");
    }

    /**
     * Lets a read that finds nothing poll the device for a while before it sleeps.
     *
     * @throws SystemCallException if that is more than {@code net.core.busy_read} ({@code EPERM}),
     *     without the privilege
     */
    public static void setBusyPoll(int fd, int micros) throws SystemCallException {
        setOption(fd, SOL_SOCKET, SO_BUSY_POLL, micros, "SO_BUSY_POLL");
    }

    private static void setOption(int fd, int level, int option, int value, String name)
            throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            long memory = arena.allocateFrom(JAVA_INT, value).address();
            SETSOCKOPT.check(SETSOCKOPT.call(fd, level, option, memory, Integer.BYTES, 0), name);
        }
    }

    /** Returns the size of a socket's send buffer, the kernel's own bookkeeping included. */
    public static int sendBuffer(int fd) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(JAVA_INT);
            long length = arena.allocateFrom(JAVA_INT, Integer.BYTES).address();
            GETSOCKOPT.check(
                    GETSOCKOPT.call(fd, SOL_SOCKET, SO_SNDBUF, value.address(), length, 0),
                    "SO_SNDBUF");
            return value.get(JAVA_INT, 0);
        }
    }

    /** A use of a socket that is not connected. */
    public interface Probe {
        /** Returns what is asked of the socket. */
        int of(int fd) throws SystemCallException;
    }

    /**
     * Asks something of a new socket of the loopback interface, or of the Unix domain.
     *
     * @throws SystemCallException if there are none, or the probe fails
     */
    public static int probe(boolean loopback, Probe probe) throws SystemCallException {
        int fd = socket(loopback ? AF_INET : AF_UNIX, Type.STREAM, any -> {});
        try {
            return probe.of(fd);
        } finally {
            KernelCalls.close(fd);
        }
    }

    /**
     * Sends descriptors to the process at the other end of a Unix domain socket, with one byte.
     *
     * @throws SystemCallException if it fails
     */
    private static void sendDescriptors(int socket, int... fds) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment control = control(arena, fds.length);
            control.set(JAVA_LONG, 0, CMSG_HEADER + (long) fds.length * Integer.BYTES);
            control.set(JAVA_INT, 8, SOL_SOCKET);
            control.set(JAVA_INT, 12, SCM_RIGHTS);
            MemorySegment.copy(fds, 0, control, JAVA_INT, CMSG_HEADER, fds.length);
            SENDMSG.check(SENDMSG.call(socket, message(arena, control), 0), "descriptors");
        }
    }

    /**
     * Receives descriptors from the other end; they are this process's own.
     *
     * @throws IOException if it fails, or the other end sent something else
     */
    private static int[] receiveDescriptors(int socket, int count) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment control = control(arena, count);
            MemorySegment message = message(arena, control);
            int n = RECVMSG.uninterrupted(socket, message, MSG_CMSG_CLOEXEC, 0, 0);
            long expected = CMSG_HEADER + (long) count * Integer.BYTES;
            if (RECVMSG.check(n, "descriptors") == 0 || control.get(JAVA_LONG, 0) != expected) {
                throw new EOFException("the other end is gone, or sent no descriptors");
            }
            return control.asSlice(CMSG_HEADER, (long) count * Integer.BYTES).toArray(JAVA_INT);
        }
    }

    /** A struct cmsghdr of 64-bit Linux: length, level, type, and the descriptors. */
    private static MemorySegment control(Arena arena, int count) {
        return arena.allocate((CMSG_HEADER + (long) count * Integer.BYTES + 7) & -8, 8);
    }

    /** A struct msghdr of 64-bit Linux, with one byte of data. */
    private static MemorySegment message(Arena arena, MemorySegment control) {
        MemorySegment iov = arena.allocate(16, 8);
        iov.set(ADDRESS, 0, arena.allocate(1));
        iov.set(JAVA_LONG, 8, 1L);
        MemorySegment message = arena.allocate(56, 8);
        message.set(ADDRESS, 16, iov);
        message.set(JAVA_LONG, 24, 1L);
        message.set(ADDRESS, 32, control);
        message.set(JAVA_LONG, 40, control.byteSize());
        return message;
    }
}
