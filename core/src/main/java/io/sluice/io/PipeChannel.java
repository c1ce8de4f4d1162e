package io.sluice.io;

import io.sluice.ChannelException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.InterruptibleChannel;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Base of the two channels over a pipe's end: one operation at a time, and closing by another
 * thread or by an interrupt.
 *
 * <p>A pipe's end belongs to one thread at a time, also for closing. So only the thread that holds
 * the lock uses the end, and a close that finds the lock taken leaves the end to the lock's holder.
 * That thread checks whether the channel is closed after each slice of its wait, and again after it
 * has released the lock. So one of the two threads closes the end.
 *
 * <p>Blocking. Any thread.
 */
abstract class PipeChannel implements InterruptibleChannel {
    /** The interval at which a waiting thread checks whether its channel is still open. */
    static final Duration CLOSE_CHECK_INTERVAL = Duration.ofMillis(50);

    private final ReentrantLock lock = new ReentrantLock();
    private volatile boolean open = true;

    /** Transfers bytes; waits in slices and calls {@link #checkNotClosed} after each. */
    abstract int transfer(ByteBuffer buffer) throws IOException, InterruptedException;

    abstract void closeEnd();

    final int transferLocked(ByteBuffer buffer) throws IOException {
        lock.lock();
        try {
            if (!open) {
                throw new ClosedChannelException();
            }
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            return transfer(buffer);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            open = false;
            throw new ClosedByInterruptException();
        } catch (ChannelException | IllegalStateException | UncheckedIOException e) {
            throw IoExceptions.of(e);
        } finally {
            lock.unlock();
            if (!open) {
                closeUnlessInUse();
            }
        }
    }

    final void checkNotClosed() throws AsynchronousCloseException {
        if (!open) {
            throw new AsynchronousCloseException();
        }
    }

    @Override
    public final boolean isOpen() {
        return open;
    }

    @Override
    public final void close() {
        open = false;
        closeUnlessInUse();
    }

    private void closeUnlessInUse() {
        if (lock.tryLock()) {
            try {
                closeEnd();
            } finally {
                lock.unlock();
            }
        }
    }
}
