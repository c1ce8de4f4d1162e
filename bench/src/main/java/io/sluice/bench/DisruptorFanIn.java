package io.sluice.bench;

import static io.sluice.bench.FanInTally.word;

import com.lmax.disruptor.EventPoller;
import com.lmax.disruptor.InsufficientCapacityException;
import com.lmax.disruptor.RingBuffer;

/**
 * The Disruptor with several producers. Its events are preallocated objects of four fields: no
 * bytes to encode, as in its typical use.
 */
final class DisruptorFanIn implements FanInSubject {
    private static final class Event {
        long first;
        long second;
        long third;
        long fourth;
    }

    private final RingBuffer<Event> ring =
            RingBuffer.createMultiProducer(Event::new, ByteSubjects.CAPACITY / SIZE);
    private final EventPoller<Event> poller = ring.newPoller();
    private final FanInTally tally = new FanInTally();
    private final EventPoller.Handler<Event> handler;
    private final boolean batches;
    private int left;

    DisruptorFanIn(boolean batches) {
        this.batches = batches;
        ring.addGatingSequences(poller.getSequence());
        handler =
                (event, sequence, endOfBatch) -> {
                    long rest = event.second + event.third + event.fourth;
                    tally.accept(event.first, event.first + rest);
                    return --left > 0;
                };
    }

    @Override
    public SubjectSender sender(int number) {
        if (batches) {
            return new DisruptorBatchSender<>(
                    ring, (event, sequence) -> fill(event, word(number, sequence)));
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
            fill(ring.get(next), word(number, sequence));
            ring.publish(next);
            return true;
        };
    }

    private static void fill(Event event, long word) {
        event.first = word;
        event.second = 0;
        event.third = 0;
        event.fourth = 0;
    }

    @Override
    public int poll(int limit) {
        left = limit;
        try {
            poller.poll(handler);
        } catch (Exception e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
        return limit - left;
    }

    @Override
    public FanInTally tally() {
        return tally;
    }

    @Override
    public void close() {
        // The garbage collector frees it.
    }
}
