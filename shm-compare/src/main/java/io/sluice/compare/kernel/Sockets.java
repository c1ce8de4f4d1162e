package io.sluice.compare.kernel;

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
import java.lang.ref.Reference;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
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

    /** Errors of a connect before the other end is there: ENOENT and ECONNREFUSED. */
    private static final Set<Integer> NOT_YET = Set.of(SystemCallException.ENOENT, 111);

    private static final long SCM_RIGHTS = 1;
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
    public interface SocketStep {
        /** Takes the step, and returns what is asked of the socket. */
        int on(int fd) throws SystemCallException;
    }

    private static int socket(int family, Type type, SocketStep step) throws SystemCallException {
        String subject = (family == AF_UNIX ? "AF_UNIX " : "AF_INET ") + type;
        int fd = SOCKET.must(subject, family, type.number | SOCK_CLOEXEC, 0);
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

    private static int bind(int fd, Address own) throws SystemCallException {
        return BIND.must(own.text, fd, own.bytes, own.bytes.byteSize());
    }

    /** Returns a socket that listens at an address. */
    public static int listen(Address own, Type type) throws SystemCallException {
        return socket(own.family, type, fd -> bind(fd, own) + LISTEN.must(own.text, fd, BACKLOG));
    }

    /** Waits for a connection at a socket that listens, and returns it. */
    public static int accept(int listener) throws SystemCallException {
        return ACCEPT.must("a listening socket", listener, 0, 0, SOCK_CLOEXEC);
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
    public static int connect(int fd, Address other) throws SystemCallException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(CONNECT_SECONDS);
        while (CONNECT.attempt(fd, other.bytes, other.bytes.byteSize()) != 0) {
            if (!NOT_YET.contains(Libc.errno()) || System.nanoTime() > deadline) {
                throw CONNECT.failure(other.text);
            }
            LockSupport.parkNanos(1_000_000);
        }
        return fd;
    }

    /** Connects the two ends that know a directory, of which one listens there. */
    public static int between(Path directory, boolean listens, Type type)
            throws SystemCallException {
        Address name = Address.of(directory.resolve("socket"));
        return listens ? acceptOne(name, type) : connect(name, type);
    }

    /** Returns the port of a socket of the loopback interface. */
    public static int port(int fd) throws SystemCallException {
        MemorySegment bytes = Arena.ofAuto().allocate(16, 4);
        GETSOCKNAME.must("a bound socket", fd, bytes, integer(16));
        return Short.toUnsignedInt(bytes.get(PORT, 2));
    }

    /** Sends small segments at once: Nagle's algorithm is off. */
    public static void setNoDelay(int fd) throws SystemCallException {
        SETSOCKOPT.must("TCP_NODELAY", fd, IPPROTO_TCP, TCP_NODELAY, integer(1), Integer.BYTES);
    }

    /**
     * Lets a read that finds nothing poll the device for a while before it sleeps.
     *
     * @throws SystemCallException if that is more than {@code net.core.busy_read} ({@code EPERM}),
     *     without the privilege
     */
    public static void setBusyPoll(int fd, int micros) throws SystemCallException {
        MemorySegment value = integer(micros);
        SETSOCKOPT.must("SO_BUSY_POLL", fd, SOL_SOCKET, SO_BUSY_POLL, value, Integer.BYTES);
    }

    /** Returns the size of a socket's send buffer, the kernel's own bookkeeping included. */
    public static int sendBuffer(int fd) throws SystemCallException {
        MemorySegment value = integer(0);
        GETSOCKOPT.must("SO_SNDBUF", fd, SOL_SOCKET, SO_SNDBUF, value, integer(Integer.BYTES));
        return value.get(JAVA_INT, 0);
    }

    private static MemorySegment integer(int value) {
        return Arena.ofAuto().allocateFrom(JAVA_INT, value);
    }

    /**
     * Asks something of a new socket of the loopback interface that is not connected.
     *
     * @throws SystemCallException if there are none, or the probe fails
     */
    public static int probe(SocketStep probe) throws SystemCallException {
        int fd = socket(AF_INET, Type.STREAM, any -> any);
        try {
            return probe.on(fd);
        } finally {
            KernelCalls.close(fd);
        }
    }

    /**
     * Passes descriptors to the other end that knows a directory, with one byte.
     *
     * @param fds those to pass; to receive, so many of any value
     * @return them, as this process has them
     * @throws IOException if it fails, or the other end sent something else
     */
    public static int[] pass(Path directory, boolean receives, int... fds) throws IOException {
        Arena arena = Arena.ofAuto();
        long length = CMSG_HEADER + (long) fds.length * Integer.BYTES;
        // A struct cmsghdr of 64-bit Linux (length, level and type), and the descriptors.
        MemorySegment control = arena.allocate((length + 7) & -8, 8);
        MemorySegment iov = arena.allocateFrom(JAVA_LONG, arena.allocate(1).address(), 1);
        // A struct msghdr: name and its length, data, control, and flags.
        long[] header = {0, 0, iov.address(), 1, control.address(), control.byteSize(), 0};
        MemorySegment message = arena.allocateFrom(JAVA_LONG, header);
        int socket = between(directory, receives, Type.STREAM);
        try {
            if (!receives) {
                control.set(JAVA_LONG, 0, length);
                control.set(JAVA_LONG, 8, SOL_SOCKET | SCM_RIGHTS << Integer.SIZE);
                MemorySegment.copy(fds, 0, control, JAVA_INT, CMSG_HEADER, fds.length);
                SENDMSG.must("descriptors", socket, message, 0);
                return fds;
            }
            int received = RECVMSG.must("descriptors", socket, message, MSG_CMSG_CLOEXEC);
            if (received == 0 || control.get(JAVA_LONG, 0) != length) {
                throw new EOFException("the other end is gone, or sent no descriptors");
            }
            return control.asSlice(CMSG_HEADER, length - CMSG_HEADER).toArray(JAVA_INT);
        } finally {
            KernelCalls.close(socket);
            Reference.reachabilityFence(List.of(control, iov));
        }
    }
}
