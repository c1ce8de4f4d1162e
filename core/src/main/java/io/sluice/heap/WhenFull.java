package io.sluice.heap;

import io.sluice.MailboxSpec;
import org.jctools.queues.MessagePassingQueue;

/** What a sender does with a message for which its queue had no room. Any thread, lock-free. */
interface WhenFull<E> {
    /**
     * Finds another way.
     *
     * @param message what the queue refused
     * @return whether it is done with: it is in, or dropped
     */
    boolean accept(E message);

    /** Whether a sender may have to wait. */
    default boolean waits() {
        return false;
    }

    /** Nothing: the sender waits for room. */
    record Waits<E>() implements WhenFull<E> {
        @Override
        public boolean accept(E message) {
            return false;
        }

        @Override
        public boolean waits() {
            return true;
        }
    }

    /** As specified, for this queue. */
    static <E> WhenFull<E> of(
            MailboxSpec spec, MessagePassingQueue<E> queue, Undelivered<E> undelivered) {
        return switch (spec.overflow()) {
            case WAIT -> new Waits<>();
            case DROP_NEWEST ->
                    message -> {
                        undelivered.drop(message);
                        return true;
                    };
            case DROP_OLDEST -> dropOldest(queue, undelivered);
            case KEEP_LATEST -> keepLatest((LatestSlot<E>) queue, undelivered);
        };
    }

    private static <E> WhenFull<E> dropOldest(
            MessagePassingQueue<E> queue, Undelivered<E> undelivered) {
        return message -> {
            do { // Another sender may be faster to fill the place.
                E oldest = queue.poll();
                if (oldest != null) {
                    undelivered.drop(oldest);
                }
            } while (!queue.offer(message));
            return true;
        };
    }

    private static <E> WhenFull<E> keepLatest(LatestSlot<E> slot, Undelivered<E> undelivered) {
        return message -> {
            E replaced = slot.replace(message);
            if (replaced != null) { // Null: received meanwhile.
                undelivered.drop(replaced);
            }
            return true;
        };
    }
}
