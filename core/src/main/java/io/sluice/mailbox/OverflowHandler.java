package io.sluice.mailbox;

import io.sluice.MailboxSpec;
import org.jctools.queues.MessagePassingQueue;

/** Handles a message for which the queue had no room. Any thread, lock-free. */
interface OverflowHandler<E> {
    /**
     * Handles a message that the queue refused.
     *
     * @param message the refused message
     * @return true if the message was added or dropped, false if the sender must wait for room
     */
    boolean accept(E message);

    /** Tests whether a sender may have to wait for room. */
    default boolean blocks() {
        return false;
    }

    /** Makes the sender wait for room. */
    record Blocking<E>() implements OverflowHandler<E> {
        @Override
        public boolean accept(E message) {
            return false;
        }

        @Override
        public boolean blocks() {
            return true;
        }
    }

    /** Returns the handler for the overflow policy of the specification, for this queue. */
    static <E> OverflowHandler<E> of(
            MailboxSpec spec, MessagePassingQueue<E> queue, Undelivered<E> undelivered) {
        return switch (spec.overflow()) {
            case BLOCK -> new Blocking<>();
            case DROP_NEWEST ->
                    message -> {
                        undelivered.drop(message);
                        return true;
                    };
            case DROP_OLDEST -> dropOldest(queue, undelivered);
            case FAIL -> throw new IllegalArgumentException("overflow=FAIL of " + spec);
            case CONFLATE -> conflate((ConflatingSlot<E>) queue, undelivered);
        };
    }

    private static <E> OverflowHandler<E> dropOldest(
            MessagePassingQueue<E> queue, Undelivered<E> undelivered) {
        return message -> {
            do { // Another sender may fill the slot first.
                E oldest = queue.poll();
                if (oldest != null) {
                    undelivered.drop(oldest);
                }
            } while (!queue.offer(message));
            return true;
        };
    }

    private static <E> OverflowHandler<E> conflate(
            ConflatingSlot<E> slot, Undelivered<E> undelivered) {
        return message -> {
            E replaced = slot.replace(message);
            if (replaced != null) { // Null: it was received in the meantime.
                undelivered.drop(replaced);
            }
            return true;
        };
    }
}
