package io.sluice.compare.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import io.sluice.linux.SystemCallException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/** TCP over the loopback interface. Nagle's algorithm is off (TCP_NODELAY). */
public final class TcpSocket {
    private static final int AF_INET = 2;
    private static final int SOCK_STREAM = 1;
    private static final int SO_SNDBUF = 7;
    private static final int SO_BUSY_POLL = 46;
    private static final int IPPROTO_TCP = 6;
    private static final int TCP_NODELAY = 1;
    private static final int LOOPBACK = 0x7F000001;

    // struct sockaddr_in
    private static final long PORT = 2;
    private static final long ADDR = 4;
    private static final long ADDRESS_LENGTH = 16;

    private TcpSocket() {}

    /**
     * Listens on a port of the kernel's choice, for one connection.
     *
     * @return the listening descriptor
     * @throws SystemCallException if it fails
     */
    public static int listen() throws SystemCallException {
        int fd = socket();
        try (Arena arena = Arena.ofConfined()) {
            SocketCalls.bind(fd, address(arena, 0), "127.0.0.1");
            SocketCalls.listen(fd, "127.0.0.1");
            return fd;
        } catch (SystemCallException e) {
            KernelCalls.close(fd);
            throw e;
        }
    }

    /**
     * Returns the port that the kernel chose.
     *
     * @param fd a listening descriptor
     * @return the port
     * @throws SystemCallException if it is no socket
     */
    public static int port(int fd) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = address(arena, 0);
            SocketCalls.name(fd, address, "a listening socket");
            return Short.toUnsignedInt(address.get(bigEndian(JAVA_SHORT_UNALIGNED), PORT));
        }
    }

    /**
     * Waits for a connection.
     *
     * @param listener a listening descriptor
     * @return the connected one
     * @throws SystemCallException if it fails
     */
    public static int accept(int listener) throws SystemCallException {
        int fd = SocketCalls.accept(listener, "127.0.0.1");
        SocketCalls.setOption(fd, IPPROTO_TCP, TCP_NODELAY, 1, "TCP_NODELAY");
        return fd;
    }

    /**
     * Connects.
     *
     * @param port a port with a listening socket
     * @return the connected descriptor
     * @throws SystemCallException if it fails
     */
    public static int connect(int port) throws SystemCallException {
        int fd = socket();
        try (Arena arena = Arena.ofConfined()) {
            if (!SocketCalls.connect(fd, address(arena, port))) {
                throw new SystemCallException("connect", "127.0.0.1:" + port);
            }
            SocketCalls.setOption(fd, IPPROTO_TCP, TCP_NODELAY, 1, "TCP_NODELAY");
            return fd;
        } catch (SystemCallException e) {
            KernelCalls.close(fd);
            throw e;
        }
    }

    /**
     * Creates a socket that is not connected, to probe what is possible.
     *
     * @return the descriptor
     * @throws SystemCallException if there are none
     */
    public static int socket() throws SystemCallException {
        return SocketCalls.socket(AF_INET, SOCK_STREAM, "AF_INET");
    }

    /**
     * Lets a read that finds nothing poll the device for a while before it sleeps.
     *
     * @param fd a socket
     * @param micros for how long, in microseconds
     * @throws SystemCallException if that is more than {@code net.core.busy_read} ({@code EPERM}),
     *     without the privilege
     */
    public static void setBusyPoll(int fd, int micros) throws SystemCallException {
        SocketCalls.setOption(fd, SocketCalls.SOL_SOCKET, SO_BUSY_POLL, micros, "SO_BUSY_POLL");
    }

    /**
     * Returns the size of a socket's send buffer, the kernel's own bookkeeping included.
     *
     * @param fd a socket
     * @return in bytes
     * @throws SystemCallException if it cannot be read
     */
    public static int sendBuffer(int fd) throws SystemCallException {
        return SocketCalls.option(fd, SocketCalls.SOL_SOCKET, SO_SNDBUF, "SO_SNDBUF");
    }

    private static MemorySegment address(Arena arena, int port) {
        MemorySegment address = arena.allocate(ADDRESS_LENGTH, 4);
        address.set(JAVA_SHORT, 0, (short) AF_INET);
        address.set(bigEndian(JAVA_SHORT_UNALIGNED), PORT, (short) port);
        address.set(JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN), ADDR, LOOPBACK);
        return address;
    }

    private static java.lang.foreign.ValueLayout.OfShort bigEndian(
            java.lang.foreign.ValueLayout.OfShort layout) {
        return layout.withOrder(ByteOrder.BIG_ENDIAN);
    }
}
