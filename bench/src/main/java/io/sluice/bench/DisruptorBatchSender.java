package io.sluice.bench;

import com.lmax.disruptor.InsufficientCapacityException;
import com.lmax.disruptor.RingBuffer;

/** Claims and publishes {@value #BATCH} events of the Disruptor at a time. */
final class DisruptorBatchSender<E> implements SubjectSender {
    /** Fills an event in. */
    interface Translator<E> {
        void fill(E event, long sequence);
    }

    private final RingBuffer<E> ring;
    private final Translator<E> translator;

    DisruptorBatchSender(RingBuffer<E> ring, Translator<E> translator) {
        this.ring = ring;
        this.translator = translator;
    }

    @Override
    public boolean trySend(long sequence) {
        return send(sequence, 1) == 1;
    }

    @Override
    public int trySendSome(long sequence) {
        return send(sequence, BATCH);
    }

    private int send(long sequence, int count) {
        if (!ring.hasAvailableCapacity(count)) {
            return 0; // Cheaper than the exception below.
        }
        long last;
        try {
            last = ring.tryNext(count);
        } catch (InsufficientCapacityException e) {
            return 0;
        }
        long first = last - count + 1;
        for (int i = 0; i < count; i++) {
            translator.fill(ring.get(first + i), sequence + i);
        }
        ring.publish(first, last);
        return count;
    }
}
