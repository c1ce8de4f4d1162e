package io.sluice.lane;

import io.sluice.stress.Pool;

/** A lane with two receivers, empty at the start of each round; its positions keep advancing. */
final class SharedLane {
    /** The length of a message: four fill the ring, so each reuses exactly one earlier place. */
    static final int LENGTH = 32;

    /** The number of messages that fill the lane. */
    static final int FULL = Views.CAPACITY / LENGTH;

    /** The number of a dead receiver; no live receiver has it. */
    static final int DEAD = 7;

    private static final Pool<SharedLane> POOL = new Pool<>(SharedLane::new);

    final Views views;
    final SharedLaneReceiver receiver;
    final Reader one;
    final Reader other;
    private final Writer writer;
    private long sent;
    private long oldest;

    private SharedLane(int index) {
        views = Views.zeros(index);
        Views.View at = views.sender();
        writer = new Writer(new SharedLaneSender(at.control(), at.claims(), at.ring()));
        receiver = receiver(0);
        one = new Reader(receiver);
        other = new Reader(receiver(1));
    }

    private SharedLaneReceiver receiver(int owner) {
        Views.View at = views.receiver();
        return new SharedLaneReceiver(at.control(), at.claims(), at.ring(), owner);
    }

    static SharedLane empty() {
        SharedLane lane = POOL.next();
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
    void dieWithFirst() {
        long offset = oldest * ClaimWordDescriptor.STRIDE;
        long ready = ClaimWordDescriptor.ready(oldest, 0);
        if (!views.receiver()
                .claims()
                .compareAndSetLong(offset, ready, ClaimWordDescriptor.taken(ready, DEAD))) {
            throw new IllegalStateException("message " + oldest + " is not ready");
        }
    }

    /** Recovers the dead receiver's messages; returns how many it had taken. */
    int recover(boolean redeliver) {
        Views.View at = views.sender();
        return SharedLaneRecovery.recover(at.control(), at.claims(), DEAD, redeliver);
    }

    /** Returns a new receiver, which starts at the hint. */
    Reader late() {
        Reader late = new Reader(receiver(2));
        late.expectAs(one);
        return late;
    }
}
