package io.sluice.mailbox;

import io.sluice.Receiver;
import io.sluice.wait.Deadline;
import io.sluice.wait.Occupancy;
import io.sluice.wait.ParkingWaiter;
import io.sluice.wait.Selectable;
import io.sluice.wait.WaitQueue;
import io.sluice.wait.Waiter;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** Base of a mailbox's receivers. */
abstract class MailboxReceiver<E> extends MailboxEnd implements Receiver<E> {
    final EndRegistry<?> senderRegistry;
    private final AbstractMailbox<E> mailbox;
    private long poller; // The id of the thread that is in poll; 0 if none is.

    MailboxReceiver(
            AbstractMailbox<E> mailbox,
            EndRegistry<?> senderRegistry,
            Waiter waiter,
            WaitQueue senders,
            WaitQueue receivers) {
        super(waiter, receivers, senders);
        this.mailbox = mailbox;
        this.senderRegistry = senderRegistry;
    }

    @Override
    final RuntimeException stateException() {
        return isPolling()
                ? Occupancy.inUse(poller, "receive from it")
                : new IllegalStateException("this receiver is closed; open another one");
    }

    @Override
    public final E receive() throws InterruptedException {
        return receive(Waiter.NO_TIMEOUT);
    }

    @Override
    public final E receive(Duration timeout) throws InterruptedException {
        return receive(Deadline.nanos(timeout));
    }

    private E receive(long nanos) throws InterruptedException {
        boolean entered = occupancy.enter();
        try {
            E message = tryReceive();
            return message != null ? message : await(nanos);
        } finally {
            occupancy.exit(entered);
        }
    }

    /** Receives, after an unsuccessful attempt; returns null at the timeout or the end. */
    E await(long nanos) throws InterruptedException {
        waiter.start(nanos);
        try {
            boolean inTime = true;
            while (true) {
                boolean last = senderRegistry.allClosed(); // Before the poll, by edge ENDED.
                E message = takeOnce(inTime);
                if (message != null || last || !inTime) {
                    return message;
                }
                checkOpen();
                inTime = waiter.pause();
            }
        } finally {
            if (waiter.stop()) {
                passWakeup(); // The message that caused the wakeup may still be there.
            }
        }
    }

    @Override
    public final void onReadable(Executor executor, Runnable task) {
        Objects.requireNonNull(executor, "executor");
        Objects.requireNonNull(task, "task");
        checkOpen();
        Selectable.whenReady(executor, task, this::awaitReady);
    }

    /** Waits until there is a message, or the stream has ended. */
    private void awaitReady() throws InterruptedException {
        boolean entered = occupancy.enter();
        try {
            Waiter parking = new ParkingWaiter(waitQueue());
            parking.start(Waiter.NO_TIMEOUT);
            try {
                while (!ready() && !hasEnded()) {
                    checkOpen();
                    parking.pause();
                }
            } finally {
                if (parking.stop()) {
                    passWakeup(); // The task may be slow: another receiver can have the message.
                }
            }
        } finally {
            occupancy.exit(entered);
        }
    }

    /**
     * Receives a message if there is one, while waiting. Before the deadline it may miss one whose
     * sender is in the middle of its send, and will wake a receiver.
     */
    E takeOnce(boolean inTime) {
        return take();
    }

    /** Receives a message if there is one, without checking the state. */
    abstract E take();

    @Override
    public final int poll(Consumer<? super E> handler, int limit) {
        Objects.requireNonNull(handler, "handler");
        if (limit < 0) {
            throw new IllegalArgumentException("limit=" + limit + " is negative");
        }
        checkOpen();
        poller = Thread.currentThread().threadId();
        STATE.setOpaque(this, POLLING);
        try {
            return takeEach(handler, limit);
        } finally {
            STATE.compareAndSet(this, POLLING, OPEN); // Unless it was closed.
            poller = 0;
        }
    }

    /**
     * Takes messages and passes them to a handler, while polling. Each take wakes a sender before
     * the handler is called, which may wait for something that a sender does.
     */
    int takeEach(Consumer<? super E> handler, int limit) {
        int count = 0;
        for (E message; count < limit && isPolling() && (message = take()) != null; count++) {
            handler.accept(message);
        }
        return count;
    }

    final boolean isPolling() {
        return (int) STATE.getOpaque(this) == POLLING;
    }

    @Override
    final void checkCloseable() {
        if (poller != 0 && poller == Thread.currentThread().threadId()) {
            throw Occupancy.inUse(poller, "close it");
        }
    }

    @Override
    public final boolean isEndOfStream() {
        if (!isOpen() && !isPolling()) {
            throw stateException();
        }
        return hasEnded();
    }

    /** Tests whether all senders have closed, and nothing is left. */
    abstract boolean hasEnded();

    @Override
    void detach() {
        mailbox.remove(this);
    }
}
