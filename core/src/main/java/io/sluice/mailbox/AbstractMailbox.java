package io.sluice.mailbox;

import io.sluice.Mailbox;
import io.sluice.MailboxSpec;
import io.sluice.Receiver;
import io.sluice.Sender;
import io.sluice.wait.ParkingWaiter;
import io.sluice.wait.WaitQueue;
import io.sluice.wait.Waiter;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Supplier;
import org.agrona.concurrent.IdleStrategy;

/**
 * Base of the mailboxes. It opens and closes the ends under one lock, and marks the senders as
 * broken when the last receiver closes. Any thread may call; messages do not pass through here.
 *
 * <p>Invariant: once the last receiver has closed, every open sender is marked as broken, and every
 * later sender is created broken.
 */
abstract class AbstractMailbox<E> implements Mailbox<E> {
    final EndRegistry<MailboxSender<E>> senders;
    private final EndRegistry<MailboxReceiver<E>> receivers;
    private final Object lock = new Object();

    AbstractMailbox(MailboxSpec spec) {
        senders = new EndRegistry<>("sender", spec.senders(), "has ended");
        receivers = new EndRegistry<>("receiver", spec.receivers(), "is broken");
    }

    @Override
    public final Sender<E> sender() {
        return openSender(ParkingWaiter::new);
    }

    @Override
    public final Sender<E> sender(IdleStrategy idle) {
        return openSender(waitQueue -> Waiter.idle(idle));
    }

    final Sender<E> openSender(Function<WaitQueue, Waiter> waiter) {
        synchronized (lock) {
            senders.checkCanOpen();
            MailboxSender<E> sender = newSender(waiter);
            if (receivers.allClosed()) {
                sender.markBroken();
            }
            return senders.add(sender);
        }
    }

    @Override
    public final Receiver<E> receiver() {
        return openReceiver(ParkingWaiter::new);
    }

    @Override
    public final Receiver<E> receiver(IdleStrategy idle) {
        return openReceiver(waitQueue -> Waiter.idle(idle));
    }

    final Receiver<E> openReceiver(Function<WaitQueue, Waiter> waiter) {
        return addReceiver(() -> newReceiver(waiter));
    }

    final Receiver<E> addReceiver(Supplier<MailboxReceiver<E>> receiver) {
        synchronized (lock) {
            receivers.checkCanOpen();
            return receivers.add(receiver.get());
        }
    }

    /** Runs an action while no end opens or closes. */
    final void whileLocked(Runnable action) {
        synchronized (lock) {
            action.run();
        }
    }

    /** Creates a sender; the function makes its waiter for the queue in which it waits. */
    abstract MailboxSender<E> newSender(Function<WaitQueue, Waiter> waiter);

    abstract MailboxReceiver<E> newReceiver(Function<WaitQueue, Waiter> waiter);

    /** Removes a sender that closes. */
    final void remove(MailboxSender<E> sender) {
        boolean last;
        synchronized (lock) {
            last = senders.remove(sender);
        }
        if (last) {
            wakeReceivers();
        }
        if (receivers.allClosed()) {
            drainUndelivered();
        }
    }

    /** Removes a receiver that closes, and breaks the mailbox if it was the last one. */
    final void remove(MailboxReceiver<E> receiver) {
        boolean last;
        synchronized (lock) {
            last = receivers.remove(receiver);
            if (last) {
                senders.openEnds().forEach(MailboxSender::markBroken);
            }
        }
        if (last) {
            wakeSenders();
            drainUndelivered();
        }
    }

    abstract void wakeSenders();

    abstract void wakeReceivers();

    /**
     * Passes the messages that no receiver will take to the callback. The last receiver calls this
     * when it closes; afterwards each sender does when it detects the break or closes. By then the
     * sender's last message is in the queue, so none is left behind.
     */
    void drainUndelivered() {}

    /** Returns a description of the state, for diagnostics. */
    final String describe(int size, int sendersAsleep, int receiversAsleep) {
        int capacity = capacity();
        synchronized (lock) {
            return String.format(
                    Locale.ROOT,
                    "Mailbox[capacity=%s, size=%d, senders=%s (%d asleep), receivers=%s (%d asleep)]",
                    capacity == MailboxSpec.UNBOUNDED ? "unbounded" : capacity,
                    size,
                    senders,
                    sendersAsleep,
                    receivers,
                    receiversAsleep);
        }
    }
}
