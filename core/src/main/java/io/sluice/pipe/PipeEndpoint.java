package io.sluice.pipe;

import io.sluice.wait.FutexEvent;
import io.sluice.wait.WaitQueue;
import io.sluice.wait.Waiter;
import java.lang.ref.Cleaner;
import java.nio.file.Path;

/** What the ends of both sides have in common: a membership, until they are closed. */
abstract sealed class PipeEndpoint implements AutoCloseable
        permits SenderEndpoint, ReceiverEndpoint {
    final Membership membership;

    PipeEndpoint(Membership membership) {
        this.membership = membership;
    }

    /**
     * Registers this end to be closed when its user becomes unreachable.
     *
     * @param user the object that users of the end hold; nothing in the end may refer to it
     * @return the registration, to be cleaned when the end is closed
     */
    public final Cleaner.Cleanable onUnreachable(Object user) {
        return membership.onUnreachable(user, this::close);
    }

    /**
     * Waits until an end of the other side is attached.
     *
     * @param nanos the timeout in nanoseconds
     * @return whether one is attached
     * @throws InterruptedException if this thread was interrupted
     * @throws IllegalStateException if this end is closed
     */
    public final boolean awaitPeer(long nanos) throws InterruptedException {
        return membership.awaitPeer(nanos);
    }

    /**
     * Returns the path of the pipe.
     *
     * @return the absolute path
     */
    public final Path path() {
        return membership.path();
    }

    /**
     * Tests whether this end is closed, or being closed.
     *
     * @return whether {@link #close} was called
     */
    public final boolean isClosed() {
        return membership.isClosed();
    }

    /**
     * Checks that this end is open.
     *
     * @throws IllegalStateException if it is closed
     */
    public final void checkOpen() {
        membership.checkOpen();
    }

    /**
     * Returns the queue in which a select waits for this end.
     *
     * @return always the same queue
     */
    public abstract WaitQueue waitQueue();

    /**
     * Creates the queue in which a select waits for this end among others. While it does, it is
     * inside the end as a blocking call is: a close by another thread wakes it.
     */
    final WaitQueue newWaitQueue(FutexEvent futexEvent, Waiter.Hook waitHook) {
        Waiter.Hook insideHook =
                new Waiter.Hook() {
                    private boolean inside;
                    private boolean entered;

                    @Override
                    public boolean beforeWait() {
                        entered = membership.enter();
                        inside = true;
                        return waitHook.beforeWait();
                    }

                    @Override
                    public void afterWait() {
                        if (inside) {
                            inside = false;
                            try {
                                waitHook.afterWait();
                            } finally {
                                membership.exit(entered);
                            }
                        }
                    }
                };
        return WaitQueue.polled(
                futexEvent, membership.watchWaits(insideHook), membership::isFenceable);
    }

    @Override
    public abstract void close();
}
