package io.sluice.mailbox;

import io.sluice.wait.Waiter;

/**
 * A receiver of a broadcast. Its position is on cache lines of its own, with the index up to which
 * it knows messages to be published. A gated receiver moves its position after it has read a
 * message. Lock-free, but for the wait for a sender that has claimed the next index and not yet
 * published its message: the message of another sender may be behind it, whose send has returned.
 *
 * <p>The end of the stream is exact, as in {@link QueueReceiver}.
 */
abstract class BroadcastReceiver<E> extends MailboxReceiver<E> {
    private static final int POSITION = BroadcastRing.POSITION;
    private static final int AVAILABLE = POSITION + 1;
    private static final int LOST = POSITION + 2;

    final BroadcastRing<E> ring;
    final long[] words = BroadcastRing.newReceiverWords();
    private final BroadcastMailbox<E> broadcast;

    private BroadcastReceiver(BroadcastMailbox<E> mailbox, Waiter waiter) {
        super(mailbox, mailbox.senders, waiter, mailbox.waitingSenders, mailbox.waitingReceivers);
        this.ring = mailbox.ring;
        this.broadcast = mailbox;
    }

    /** Looks for further messages, and returns whether there is one at the position. */
    final boolean look(long position) {
        long published = ring.published(position);
        while (published == position && ring.isClaimed(position)) {
            Thread.onSpinWait();
            published = ring.published(position);
        }
        words[AVAILABLE] = published;
        return published > position;
    }

    @Override
    public final boolean ready() {
        long position = words[POSITION];
        return position < words[AVAILABLE] || ring.published(position) > position;
    }

    /** Takes a message, and before the deadline waits for no sender, as a {@link QueueReceiver}. */
    @Override
    final E takeOnce(boolean inTime) {
        return !inTime || ready() ? take() : null;
    }

    @Override
    final boolean hasEnded() {
        return senderRegistry.allClosed() && !ready(); // In this order, by edge ENDED.
    }

    @Override
    final void detach() {
        super.detach();
        broadcast.leave(words);
    }

    /** Loses nothing: senders wait for it. */
    static final class Gated<E> extends BroadcastReceiver<E> {
        Gated(BroadcastMailbox<E> mailbox, Waiter waiter) {
            super(mailbox, waiter);
            mailbox.join(words, true);
        }

        @Override
        public E tryReceive() {
            checkOpen();
            return take();
        }

        @Override
        @SuppressWarnings("unchecked") // Senders of this mailbox send E only.
        E take() {
            long position = words[POSITION];
            if (position >= words[AVAILABLE] && !look(position)) {
                return null;
            }
            E message = (E) ring.slots[(int) position & ring.mask];
            BroadcastRing.pass(words, position);
            counterparts.wakeOne();
            return message;
        }
    }

    /** Never holds a sender up, and counts what was overwritten before it was received. */
    static final class Lossy<E> extends BroadcastReceiver<E> {
        Lossy(BroadcastMailbox<E> mailbox, Waiter waiter) {
            super(mailbox, waiter);
            mailbox.join(words, false);
        }

        @Override
        public E tryReceive() {
            checkOpen();
            return take();
        }

        @Override
        @SuppressWarnings("unchecked") // Senders of this mailbox send E only.
        E take() {
            while (true) {
                long position = words[POSITION];
                if (position >= words[AVAILABLE] && !look(position)) {
                    return null;
                }
                Object message =
                        BroadcastRing.SLOT.getOpaque(ring.slots, (int) position & ring.mask);
                if (ring.isIntact(position)) {
                    words[POSITION] = position + 1;
                    return (E) message;
                }
                long oldest = ring.oldest();
                words[LOST] += oldest - position;
                words[POSITION] = oldest;
                words[AVAILABLE] = oldest;
            }
        }

        @Override
        public long lost() {
            return words[LOST];
        }
    }
}
