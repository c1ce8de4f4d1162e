package io.sluice.mailbox;

import io.sluice.MailboxSpec;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * The open ends of a mailbox. It registers and removes them under one lock, and marks the senders
 * as broken when the last receiver closes. Any thread may call; messages do not pass through here.
 *
 * <p>Invariant: once the last receiver has closed, every open sender is marked as broken, and every
 * later sender is created broken.
 */
final class Endpoints<S extends MailboxSender<?>, R> {
    private final Object lock = new Object();
    private final EndRegistry<S> senders;
    private final EndRegistry<R> receivers;

    Endpoints(MailboxSpec spec) {
        senders = new EndRegistry<>("sender", spec.senders(), "has ended");
        receivers = new EndRegistry<>("receiver", spec.receivers(), "is broken");
    }

    S addSender(Supplier<S> maker) {
        synchronized (lock) {
            senders.checkCanOpen();
            S sender = maker.get();
            if (receivers.allClosed()) {
                sender.markBroken();
            }
            senders.add(sender);
            return sender;
        }
    }

    R addReceiver(Supplier<R> maker) {
        synchronized (lock) {
            receivers.checkCanOpen();
            R receiver = maker.get();
            receivers.add(receiver);
            return receiver;
        }
    }

    /** Removes a sender that closes; returns whether it was the last one. */
    boolean removeSender(S sender) {
        synchronized (lock) {
            return senders.remove(sender);
        }
    }

    /**
     * Removes a receiver that closes, and breaks the mailbox if it was the last one; returns
     * whether it was.
     */
    boolean removeReceiver(R receiver) {
        synchronized (lock) {
            boolean last = receivers.remove(receiver);
            if (last) {
                senders.openEnds().forEach(MailboxSender::markBroken);
            }
            return last;
        }
    }

    /** Returns the side of the senders, which receivers check for the end of the stream. */
    EndRegistry<S> senders() {
        return senders;
    }

    /** Tests whether the last receiver has closed. */
    boolean broken() {
        return receivers.allClosed();
    }

    /** Returns a description of the mailbox's state, for diagnostics. */
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
