package io.sluice.ring;

import io.sluice.stress.ObjectPool;

/** A lane with two receivers, empty at the start of each round; its positions keep advancing. */
final class SpmcLane {
    /** The length of a message: four fill the ring, so each reuses exactly one earlier place. */
    static final int LENGTH = 32;

    /** The number of messages that fill the lane. */
    static final int FULL = Views.CAPACITY / LENGTH;

    /** The number of a dead receiver; no live receiver has it. */
    static final int CRASHED_OWNER = 7;

    private static final ObjectPool<SpmcLane> POOL = new ObjectPool<>(SpmcLane::new);

    final Views views;
    final SpmcRingReceiver receiver;
    final Reader one;
    final Reader other;
    private final Writer writer;
    private long sent;
    private long oldest;

    private SpmcLane(int index) {
        views = Views.zeros(index);
        Views.View at = views.sender();
        writer = new Writer(new SpmcRingSender(at.control(), at.slotStates(), at.ring()));
        receiver = receiver(0);
        one = new Reader(receiver);
        other = new Reader(receiver(1));
    }

    private SpmcRingReceiver receiver(int owner) {
        Views.View at = views.receiver();
        return new SpmcRingReceiver(at.control(), at.slotStates(), at.ring(), owner);
    }

    static SpmcLane empty() {
        SpmcLane lane = POOL.next();
        long base = lane.writer.start();
        lane.recover(false);
        lane.one.start(base);
        lane.other.start(base);
        lane.oldest = lane.sent + 1;
        return lane;
    }

    boolean send(int digit) {
        boolean done = writer.send(digit, LENGTH);
        sent += done ? 1 : 0;
        return done;
    }

    /** Marks the first message of this round as taken by the dead receiver. For a single thread. */
    void crashWithFirst() {
        long offset = oldest * SlotStateDescriptor.STRIDE;
        long ready = SlotStateDescriptor.ready(oldest, 0);
        if (!views.receiver()
                .slotStates()
                .compareAndSetLong(
                        offset, ready, SlotStateDescriptor.taken(ready, CRASHED_OWNER))) {
            throw new IllegalStateException("message " + oldest + " is not ready");
        }
    }

    /** Recovers the dead receiver's messages; returns how many it had taken. */
    int recover(boolean redeliver) {
        Views.View at = views.sender();
        return SpmcRingRecovery.recover(at.control(), at.slotStates(), CRASHED_OWNER, redeliver);
    }

    /** Returns a new receiver, which starts at the hint. */
    Reader late() {
        Reader late = new Reader(receiver(2));
        late.expectAs(one);
        return late;
    }
}
