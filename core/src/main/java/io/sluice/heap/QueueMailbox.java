package io.sluice.heap;

import io.sluice.Mailbox;
import io.sluice.MailboxSpec;
import io.sluice.Receiver;
import io.sluice.Sender;
import io.sluice.waiting.ParkWaiter;
import io.sluice.waiting.Sleepers;
import io.sluice.waiting.SpinWaiter;
import io.sluice.waiting.Waiter;
import org.agrona.concurrent.IdleStrategy;
import org.jctools.queues.MessagePassingQueue;

/**
 * A mailbox on a bounded queue of JCTools: opens and closes its ends, and says it to the other
 * side.
 *
 * <p>Opening and closing take a lock and may be called by any thread; no message passes here.
 *
 * @param <E> the messages' type
 */
public final class QueueMailbox<E> implements Mailbox<E> {
    private final Object lock = new Object();
    private final MessagePassingQueue<E> queue;
    private final Side<QueueSender<E>> senders;
    private final Side<QueueReceiver<E>> receivers;
    private final Sleepers sleepingSenders = new Sleepers();
    private final Sleepers sleepingReceivers = new Sleepers();

    /**
     * A mailbox without ends.
     *
     * @param spec capacity and topology
     */
    public QueueMailbox(MailboxSpec spec) {
        queue = Queues.create(spec);
        senders = new Side<>("sender", spec.senders(), "has ended");
        receivers = new Side<>("receiver", spec.receivers(), "is broken");
    }

    @Override
    public Sender<E> sender() {
        return openSender(new ParkWaiter(sleepingSenders));
    }

    @Override
    public Sender<E> sender(IdleStrategy idle) {
        return openSender(new SpinWaiter(idle));
    }

    private Sender<E> openSender(Waiter waiter) {
        synchronized (lock) {
            senders.admit();
            QueueSender<E> sender =
                    new QueueSender<>(this, queue, waiter, sleepingSenders, sleepingReceivers);
            if (receivers.gone()) {
                sender.breakOff();
            }
            senders.add(sender);
            return sender;
        }
    }

    @Override
    public Receiver<E> receiver() {
        return openReceiver(new ParkWaiter(sleepingReceivers));
    }

    @Override
    public Receiver<E> receiver(IdleStrategy idle) {
        return openReceiver(new SpinWaiter(idle));
    }

    private Receiver<E> openReceiver(Waiter waiter) {
        synchronized (lock) {
            receivers.admit();
            QueueReceiver<E> receiver =
                    new QueueReceiver<>(
                            this, queue, senders, waiter, sleepingSenders, sleepingReceivers);
            receivers.add(receiver);
            return receiver;
        }
    }

    void remove(QueueSender<E> sender) {
        boolean last;
        synchronized (lock) {
            last = senders.remove(sender);
        }
        if (last) {
            sleepingReceivers.wakeAll();
        }
    }

    void remove(QueueReceiver<E> receiver) {
        boolean last;
        synchronized (lock) {
            last = receivers.remove(receiver);
            if (last) {
                senders.open().forEach(QueueSender::breakOff);
            }
        }
        if (last) {
            sleepingSenders.wakeAll();
            drop();
        }
    }

    /** Lets go of what nobody can receive. Each sender has seen the break, or adds one at most. */
    private void drop() {
        while (queue.relaxedPoll() != null) {}
    }

    @Override
    public int capacity() {
        return queue.capacity();
    }

    @Override
    public int size() {
        return queue.size();
    }

    @Override
    public String toString() {
        synchronized (lock) {
            return "Mailbox[capacity="
                    + queue.capacity()
                    + ", size="
                    + queue.size()
                    + ", senders="
                    + senders
                    + " ("
                    + sleepingSenders.count()
                    + " asleep), receivers="
                    + receivers
                    + " ("
                    + sleepingReceivers.count()
                    + " asleep)]";
        }
    }
}
