package io.sluice.bench;

import com.lmax.disruptor.EventPoller;
import com.lmax.disruptor.InsufficientCapacityException;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.Sequence;

/**
 * The Disruptor. A single receiver polls, so that it receives on the measured thread as with the
 * other subjects. Several receivers share the messages as its {@code WorkProcessor} did, which
 * version 4 removed: each takes its next number from a common sequence by a compare-and-set.
 */
final class DisruptorObjects implements ObjectSubject {
    private static final class Slot {
        Message message;
    }

    private final RingBuffer<Slot> ring;
    private final boolean batches;
    private final boolean oneSender;
    private final boolean oneReceiver;
    private final Sequence shared = new Sequence();

    private DisruptorObjects(RingBuffer<Slot> ring, Topology topology, boolean batches) {
        this.batches = batches;
        this.ring = ring;
        oneSender = topology.oneSender();
        oneReceiver = topology.oneReceiver();
    }

    static ObjectSubject of(Topology topology, int capacity) {
        return of(topology, capacity, false);
    }

    /** Returns one whose senders publish several messages at a time. */
    static ObjectSubject inBatches(Topology topology, int capacity) {
        return of(topology, capacity, true);
    }

    /** Returns one with one sender, of which each receiver gets each message. */
    static ObjectSubject multicast(int capacity) {
        return of(new Topology(1, 1), capacity, false); // Each receiver has a poller.
    }

    private static ObjectSubject of(Topology topology, int capacity, boolean batches) {
        return new DisruptorObjects(
                topology.oneSender()
                        ? RingBuffer.createSingleProducer(Slot::new, capacity)
                        : RingBuffer.createMultiProducer(Slot::new, capacity),
                topology,
                batches);
    }

    @Override
    public SubjectSender sender(int number) {
        if (batches) {
            return new DisruptorBatchSender<>(
                    ring, (slot, sequence) -> slot.message = Message.of(number, sequence));
        }
        return sequence -> {
            if (!ring.hasAvailableCapacity(1)) {
                return false; // Cheaper than the exception below.
            }
            long next;
            try {
                next = ring.tryNext();
            } catch (InsufficientCapacityException e) {
                return false;
            }
            ring.get(next).message = Message.of(number, sequence);
            ring.publish(next);
            return true;
        };
    }

    @Override
    public SubjectReceiver receiver(ObjectTally tally) {
        return oneReceiver ? new Poller(tally) : new Worker(tally);
    }

    private final class Poller implements SubjectReceiver {
        private final EventPoller<Slot> poller = ring.newPoller();
        private final EventPoller.Handler<Slot> handler;
        private int left;

        Poller(ObjectTally tally) {
            ring.addGatingSequences(poller.getSequence());
            handler =
                    (slot, sequence, endOfBatch) -> {
                        tally.accept(slot.message);
                        return --left > 0;
                    };
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
    }

    private final class Worker implements SubjectReceiver {
        private final ObjectTally tally;
        private final Sequence done = new Sequence(shared.get());
        private long taken; // The number to receive next, or received last.
        private boolean hasTaken;
        private long available = -1;

        Worker(ObjectTally tally) {
            this.tally = tally;
            ring.addGatingSequences(done);
        }

        @Override
        public int poll(int limit) {
            for (int i = 0; i < limit; i++) {
                if (!hasTaken) {
                    take();
                }
                if (!isPublished()) {
                    return i; // The number stays taken; the next call waits for it.
                }
                hasTaken = false;
                tally.accept(ring.get(taken).message);
            }
            return limit;
        }

        /**
         * Takes a number; its own sequence stays below the number it takes, so that no sender
         * overwrites that slot.
         */
        private void take() {
            do {
                taken = shared.get() + 1;
                done.set(taken - 1);
            } while (!shared.compareAndSet(taken - 1, taken));
            hasTaken = true;
        }

        private boolean isPublished() {
            if (!oneSender) { // The cursor is what senders have claimed.
                return ring.isAvailable(taken);
            }
            if (taken > available) {
                available = ring.getCursor();
            }
            return taken <= available;
        }
    }
}
