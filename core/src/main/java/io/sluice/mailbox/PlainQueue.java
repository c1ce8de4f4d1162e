package io.sluice.mailbox;

import org.jctools.queues.MessagePassingQueue;
import org.jctools.queues.MessagePassingQueueUtil;

/**
 * A {@link MessagePassingQueue} whose relaxed and batch operations default to the plain ones, so
 * that an implementation needs only {@code offer}, {@code poll}, {@code peek} and the sizes.
 */
interface PlainQueue<E> extends MessagePassingQueue<E> {
    @Override
    default boolean relaxedOffer(E message) {
        return offer(message);
    }

    @Override
    default E relaxedPoll() {
        return poll();
    }

    @Override
    default E relaxedPeek() {
        return peek();
    }

    @Override
    default int drain(Consumer<E> consumer) {
        return MessagePassingQueueUtil.drain(this, consumer);
    }

    @Override
    default int drain(Consumer<E> consumer, int limit) {
        return MessagePassingQueueUtil.drain(this, consumer, limit);
    }

    @Override
    default void drain(Consumer<E> consumer, WaitStrategy wait, ExitCondition exit) {
        MessagePassingQueueUtil.drain(this, consumer, wait, exit);
    }

    @Override
    default int fill(Supplier<E> supplier) {
        return capacity() == UNBOUNDED_CAPACITY
                ? MessagePassingQueueUtil.fillUnbounded(this, supplier)
                : MessagePassingQueueUtil.fillBounded(this, supplier);
    }

    @Override
    default int fill(Supplier<E> supplier, int limit) {
        int count = 0;
        while (count < limit && offer(supplier.get())) {
            count++;
        }
        return count;
    }

    @Override
    default void fill(Supplier<E> supplier, WaitStrategy wait, ExitCondition exit) {
        MessagePassingQueueUtil.fill(this, supplier, wait, exit);
    }
}
