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

/**
 * Event descriptors, {@code eventfd(2)}: a write of 8 bytes adds to a counter, a read takes the
 * whole count and blocks while it is zero. They have no name and cannot be opened through {@code
 * /proc}, so a process passes them to another over a socket.
 */
public final class EventFd {
    private static final int EFD_CLOEXEC = 02000000;
    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;
    private static final int MSG_CMSG_CLOEXEC = 0x40000000;

    // struct msghdr and struct cmsghdr of 64-bit Linux.
    private static final long MSG_SIZE = 56;
    private static final long MSG_IOV = 16;
    private static final long MSG_IOVLEN = 24;
    private static final long MSG_CONTROL = 32;
    private static final long MSG_CONTROLLEN = 40;
    private static final long CMSG_HEADER = 16;
    private static final long CMSG_LEVEL = 8;
    private static final long CMSG_TYPE = 12;

    private static final MethodHandle EVENTFD =
            Libc.link("eventfd", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle SENDMSG =
            Libc.link("sendmsg", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle RECVMSG =
            Libc.link("recvmsg", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));

    private EventFd() {}

    /**
     * Creates one with count zero.
     *
     * @return the descriptor
     * @throws SystemCallException if there are too many
     */
    public static int create() throws SystemCallException {
        SyscallCounter.of("eventfd2").count();
        try {
            int fd = (int) EVENTFD.invokeExact(Libc.errnoState(), 0, EFD_CLOEXEC);
            if (fd < 0) {
                throw new SystemCallException("eventfd2", "a descriptor");
            }
            return fd;
        } catch (SystemCallException e) {
            throw e;
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /**
     * Sends descriptors to the process at the other end of a socket.
     *
     * @param socket a Unix domain socket
     * @param fds the descriptors
     * @throws SystemCallException if it fails
     */
    public static void sendDescriptors(int socket, int... fds) throws SystemCallException {
        SyscallCounter.of("sendmsg").count();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment control = control(arena, fds.length);
            control.set(JAVA_LONG, 0, CMSG_HEADER + (long) fds.length * Integer.BYTES);
            control.set(JAVA_INT, CMSG_LEVEL, SOL_SOCKET);
            control.set(JAVA_INT, CMSG_TYPE, SCM_RIGHTS);
            MemorySegment.copy(fds, 0, control, JAVA_INT, CMSG_HEADER, fds.length);
            MemorySegment message = message(arena, control);
            if ((long) SENDMSG.invokeExact(Libc.errnoState(), socket, message, 0) != 1) {
                throw new SystemCallException("sendmsg", "descriptors");
            }
        } catch (SystemCallException e) {
            throw e;
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /**
     * Receives descriptors from the other end.
     *
     * @param socket a Unix domain socket
     * @param count how many
     * @return the descriptors, this process's own
     * @throws IOException if it fails, or the other end sent something else
     */
    public static int[] receiveDescriptors(int socket, int count) throws IOException {
        SyscallCounter.of("recvmsg").count();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment control = control(arena, count);
            MemorySegment message = message(arena, control);
            long r =
                    (long)
                            RECVMSG.invokeExact(
                                    Libc.errnoState(), socket, message, MSG_CMSG_CLOEXEC);
            if (r < 0) {
                throw new SystemCallException("recvmsg", "descriptors");
            }
            long expected = CMSG_HEADER + (long) count * Integer.BYTES;
            if (r == 0 || control.get(JAVA_LONG, 0) != expected) {
                throw new EOFException("the other end is gone, or sent no descriptors");
            }
            return control.asSlice(CMSG_HEADER, (long) count * Integer.BYTES).toArray(JAVA_INT);
        } catch (IOException e) {
            throw e;
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    private static MemorySegment control(Arena arena, int count) {
        long length = CMSG_HEADER + (long) count * Integer.BYTES;
        return arena.allocate((length + 7) & -8, 8);
    }

    private static MemorySegment message(Arena arena, MemorySegment control) {
        MemorySegment iov = arena.allocate(16, 8);
        iov.set(ADDRESS, 0, arena.allocate(1));
        iov.set(JAVA_LONG, 8, 1L);
        MemorySegment message = arena.allocate(MSG_SIZE, 8);
        message.set(ADDRESS, MSG_IOV, iov);
        message.set(JAVA_LONG, MSG_IOVLEN, 1L);
        message.set(ADDRESS, MSG_CONTROL, control);
        message.set(JAVA_LONG, MSG_CONTROLLEN, control.byteSize());
        return message;
    }
}
