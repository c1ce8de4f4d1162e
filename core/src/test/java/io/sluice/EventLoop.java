package io.sluice;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.sluice.linux.Libc;
import io.sluice.linux.Platform;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.HashMap;
import java.util.Map;

/**
 * The event loop of another language: it sleeps in {@code epoll_wait(2)}, or in {@code poll(2)},
 * and knows descriptors only.
 */
final class EventLoop implements AutoCloseable {
    private static final int EPOLL_CTL_ADD = 1;
    private static final int EPOLL_CTL_DEL = 2;
    private static final int EPOLLIN = 1;
    private static final short POLLIN = 1;

    /** The offset of the number in struct epoll_event, which is packed on x86-64. */
    private static final int DATA = Platform.isX86() ? 4 : 8;

    private static final int EVENT_SIZE = DATA + 8;
    private static final int MAX_EVENTS = 16;

    private static final MethodHandle CREATE =
            Libc.link("epoll_create1", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle CONTROL =
            Libc.link(
                    "epoll_ctl",
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS));
    private static final MethodHandle WAIT =
            Libc.link(
                    "epoll_wait",
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));
    private static final MethodHandle POLL =
            Libc.link("poll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    private static final MethodHandle CLOSE =
            Libc.link("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

    /** What the loop does when a descriptor is readable; it may remove it. */
    interface Callback {
        void onReadable() throws Exception;
    }

    private final Arena arena = Arena.ofShared();
    private final MemorySegment events = arena.allocate((long) MAX_EVENTS * EVENT_SIZE, 8);
    private final Map<Integer, Callback> callbacks = new HashMap<>();
    private final int epoll;

    EventLoop() throws Throwable {
        epoll = (int) CREATE.invokeExact(Libc.errnoState(), 0);
    }

    void add(int fd, Callback callback) throws Throwable {
        events.set(JAVA_INT, 0, EPOLLIN); // Level-triggered.
        events.set(JAVA_LONG.withByteAlignment(1), DATA, fd);
        control(EPOLL_CTL_ADD, fd);
        callbacks.put(fd, callback);
    }

    void remove(int fd) throws Throwable {
        control(EPOLL_CTL_DEL, fd);
        callbacks.remove(fd);
    }

    private void control(int operation, int fd) throws Throwable {
        int result = (int) CONTROL.invokeExact(Libc.errnoState(), epoll, operation, fd, events);
        if (result != 0) {
            throw new AssertionError("epoll_ctl " + operation + " of " + fd);
        }
    }

    /** Sleeps up to a timeout, calls what is readable, and returns how many descriptors are. */
    int runOnce(int millis) throws Throwable {
        int count = (int) WAIT.invokeExact(Libc.errnoState(), epoll, events, MAX_EVENTS, millis);
        int[] fds = new int[Math.max(count, 0)];
        for (int i = 0; i < fds.length; i++) {
            long at = (long) i * EVENT_SIZE + DATA;
            fds[i] = (int) events.get(JAVA_LONG.withByteAlignment(1), at);
        }
        for (int fd : fds) {
            Callback callback = callbacks.get(fd);
            if (callback != null) {
                callback.onReadable();
            }
        }
        return fds.length;
    }

    /** Sleeps in poll(2) up to a timeout, and tests whether a descriptor is readable. */
    static boolean isReadable(int fd, int millis) throws Throwable {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment poll = arena.allocate(8, 4);
            poll.set(JAVA_INT, 0, fd);
            poll.set(JAVA_SHORT, 4, POLLIN);
            int count = (int) POLL.invokeExact(Libc.errnoState(), poll, 1L, millis);
            return count == 1 && poll.get(JAVA_SHORT, 6) == POLLIN;
        }
    }

    @Override
    public void close() {
        arena.close();
        try {
            int ignored = (int) CLOSE.invokeExact(Libc.errnoState(), epoll);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }
}
