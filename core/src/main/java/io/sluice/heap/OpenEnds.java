package io.sluice.heap;

import io.sluice.MailboxSpec;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * The open ends of a mailbox: opens and closes them under one lock, and breaks the senders off when
 * the last receiver closes. Any thread; no message passes here.
 *
 * <p>Invariant: once the last receiver has gone, every open sender knows, and every later one from
 * the beginning.
 */
final class OpenEnds<S extends MailboxSender<?>, R> {
    private final Object lock = new Object();
    private final Side<S> senders;
    private final Side<R> receivers;

    OpenEnds(MailboxSpec spec) {
        senders = new Side<>("sender", spec.senders(), "has ended");
        receivers = new Side<>("receiver", spec.receivers(), "is broken");
    }

    S addSender(Supplier<S> maker) {
        synchronized (lock) {
            senders.admit();
            S sender = maker.get();
            if (receivers.gone()) {
                sender.breakOff();
            }
            senders.add(sender);
            return sender;
        }
    }

    R addReceiver(Supplier<R> maker) {
        synchronized (lock) {
            receivers.admit();
            R receiver = maker.get();
            receivers.add(receiver);
            return receiver;
        }
    }

    /** Removes a sender that closes, and says whether it was the last one. */
    boolean removeSender(S sender) {
        synchronized (lock) {
            return senders.remove(sender);
        }
    }

    /** Removes a receiver that closes; if it was the last one, the mailbox is broken now. */
    boolean removeReceiver(R receiver) {
        synchronized (lock) {
            boolean last = receivers.remove(receiver);
            if (last) {
                senders.open().forEach(MailboxSender::breakOff);
            }
            return last;
        }
    }

    /** The senders: a receiver asks whether all have gone. */
    Side<S> senders() {
        return senders;
    }

    /** Whether the last receiver has closed. */
    boolean broken() {
        return receivers.gone();
    }

    /** The state of the mailbox, for people. */
    String describe(String capacity, int size, int sendersAsleep, int receiversAsleep) {
        synchronized (lock) {
            return String.format(
                    Locale.ROOT,
                    "Mailbox[capacity=%s, size=%d, senders=%s (%d asleep), receivers=%s (%d asleep)]",
                    capacity,
                    size,
                    senders,
                    sendersAsleep,
                    receivers,
                    receiversAsleep);
        }
    }
}
