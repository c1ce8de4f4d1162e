package io.sluice.compare.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import io.sluice.linux.SystemCallException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Which of many descriptors can be read: {@code epoll(7)}, level-triggered. One thread. */
public final class Epoll {
    private static final int EPOLL_CLOEXEC = 02000000;
    private static final int EPOLL_CTL_ADD = 1;
    private static final int EPOLLIN = 1;
    private static final int MOST = 64;
    private static final int FOREVER = -1;

    // struct epoll_event: four bytes of events and eight of data, packed on x86 only.
    private static final boolean PACKED = System.getProperty("os.arch").equals("amd64");
    private static final long EVENT = PACKED ? 12 : 16;
    private static final long DATA = PACKED ? 4 : 8;

    private static final Downcall CREATE = Downcall.of("epoll_create1");
    private static final Downcall CONTROL = Downcall.of("epoll_ctl");
    private static final Downcall WAIT = Downcall.of("epoll_wait");

    private final int fd;
    private final MemorySegment events = Arena.ofAuto().allocate(MOST * EVENT, 8);
    private int ready;
    private int next;

    /**
     * Creates one without descriptors.
     *
     * @throws SystemCallException if there are too many
     */
    public Epoll() throws SystemCallException {
        fd = CREATE.must("a descriptor", EPOLL_CLOEXEC);
    }

    /** Adds a descriptor; closing it removes it. */
    public void add(int source) throws SystemCallException {
        MemorySegment event = Arena.ofAuto().allocate(EVENT, 8);
        event.set(JAVA_INT_UNALIGNED, 0, EPOLLIN);
        event.set(JAVA_INT_UNALIGNED, DATA, source);
        CONTROL.must(source, fd, EPOLL_CTL_ADD, source, event);
    }

    /**
     * Returns the next descriptor that can be read, or whose other end is gone; waits if none can.
     * One wait returns up to {@value #MOST}, each once.
     *
     * @throws SystemCallException if it fails
     */
    public int next() throws SystemCallException {
        while (next == ready) {
            ready = WAIT.transfer(fd, events, MOST, FOREVER, 0);
            next = 0;
        }
        return events.get(JAVA_INT_UNALIGNED, next++ * EVENT + DATA);
    }

    /** Closes it; the descriptors stay open. */
    public void close() {
        KernelCalls.close(fd);
    }
}
