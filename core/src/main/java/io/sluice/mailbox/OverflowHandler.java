package io.sluice.mailbox;

import io.sluice.MailboxSpec;
import java.util.Queue;

/** Handles a message for which the queue had no room. Any thread, lock-free. */
interface OverflowHandler<E> {
    /** Adds or drops a message that the queue refused. */
    void accept(E message);

    /** Returns the handler for the overflow policy; null if the sender must wait for room. */
    static <E> OverflowHandler<E> of(MailboxSpec spec, Queue<E> queue, Undelivered<E> undelivered) {
        return switch (spec.overflow()) {
            case BLOCK -> null;
            case DROP_NEWEST -> undelivered::drop;
            case DROP_OLDEST -> dropOldest(queue, undelivered);
            case FAIL -> throw new IllegalArgumentException("overflow=FAIL of " + spec);
            case CONFLATE -> conflate((ConflatingSlot<E>) queue, undelivered);
        };
    }

    private static <E> OverflowHandler<E> dropOldest(Queue<E> queue, Undelivered<E> undelivered) {
        return message -> {
            do { // Another sender may fill the slot first.
                E oldest = queue.poll();
                if (oldest != null) {
                    undelivered.drop(oldest);
                }
            } while (!queue.offer(message));
        };
    }

    private static <E> OverflowHandler<E> conflate(
            ConflatingSlot<E> slot, Undelivered<E> undelivered) {
        return message -> {
            E replaced = slot.replace(message);
            if (replaced != null) { // Null: it was received in the meantime.
                undelivered.drop(replaced);
            }
        };
    }
}
