package io.sluice.pipe;

import io.sluice.linux.Descriptor.EventFd;
import java.io.IOException;

/**
 * The descriptor by which the event loop of a receiver's user sees that a wait has found a message:
 * an {@code eventfd(2)}, readable from the end of one wait to the beginning of the next.
 *
 * <p>Invariants: at most one wait is armed; the descriptor is readable only if none is; it is
 * neither written nor read after it was closed, when another file may have its number.
 *
 * <p>Any thread; it blocks only for another call of it. Two system calls for each wait: one to
 * write it, one to read it before the next wait.
 */
final class NotifyFd implements AutoCloseable {
    private final EventFd event;
    private boolean armed; // Guarded by this, as the other two.
    private boolean signaled;
    private boolean closed;

    private NotifyFd(EventFd event) {
        this.event = event;
    }

    static NotifyFd create() throws IOException {
        return new NotifyFd(EventFd.create());
    }

    /**
     * Makes the descriptor not readable.
     *
     * @return whether a wait is to begin, which ends with {@link #signal}; false if one has not
     *     ended
     */
    synchronized boolean arm() {
        if (armed) {
            return false;
        }
        if (signaled && !closed) {
            event.clear();
            signaled = false;
        }
        armed = true;
        return true;
    }

    /** Makes the descriptor readable, at the end of a wait. */
    synchronized void signal() {
        armed = false;
        if (!closed) {
            signaled = true;
            event.signal();
        }
    }

    int number() {
        return event.number();
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            event.close();
        }
    }
}
