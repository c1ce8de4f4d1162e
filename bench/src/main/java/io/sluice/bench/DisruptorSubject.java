package io.sluice.bench;

import com.lmax.disruptor.EventPoller;
import com.lmax.disruptor.InsufficientCapacityException;
import com.lmax.disruptor.RingBuffer;

/**
 * The Disruptor with one producer, and a poller, so that it is received on the measured thread as
 * everywhere else.
 */
final class DisruptorSubject implements ObjectSubject {
    private static final class Slot {
        Message message;
    }

    private final RingBuffer<Slot> ring;
    private final EventPoller<Slot> poller;
    private final EventPoller.Handler<Slot> handler;
    private final Tally tally = new Tally();
    private int left;

    DisruptorSubject(int capacity) {
        ring = RingBuffer.createSingleProducer(Slot::new, capacity);
        poller = ring.newPoller();
        ring.addGatingSequences(poller.getSequence());
        handler =
                (slot, sequence, endOfBatch) -> {
                    slot.message.receive(tally);
                    return --left > 0;
                };
    }

    @Override
    public boolean trySend(long sequence) {
        if (!ring.hasAvailableCapacity(1)) {
            return false;
        }
        long next;
        try {
            next = ring.tryNext();
        } catch (InsufficientCapacityException e) {
            return false;
        }
        ring.get(next).message = Message.of(sequence);
        ring.publish(next);
        return true;
    }

    @Override
    public int poll(int limit) {
        left = limit;
        try {
            poller.poll(handler);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        return limit - left;
    }

    @Override
    public Tally tally() {
        return tally;
    }
}
