package io.sluice.lane;

import io.sluice.stress.Pool;

/** A lane with two receivers, empty at the start of each round; its ends go round and round it. */
final class SharedLane {
    /** The length of a message: four go round the ring, and each then lies where one did before. */
    static final int LENGTH = 32;

    /** How many messages fill it. */
    static final int FULL = Views.CAPACITY / LENGTH;

    /** A receiver that is dead: nobody has its number. */
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

    /**
     * The first message of this round becomes one that the dead receiver has taken. For a single
     * thread.
     */
    void dieWithFirst() {
        long offset = oldest * ClaimWordDescriptor.STRIDE;
        long ready = ClaimWordDescriptor.ready(oldest, 0);
        if (!views.receiver()
                .claims()
                .compareAndSetLong(offset, ready, ClaimWordDescriptor.taken(ready, DEAD))) {
            throw new IllegalStateException("message " + oldest + " is not ready");
        }
    }

    /** What whoever finds the dead receiver does; returns how many messages it had. */
    int recover(boolean redeliver) {
        Views.View at = views.sender();
        return SharedLaneRecovery.recover(at.control(), at.claims(), DEAD, redeliver);
    }

    /** A receiver that comes only now, and begins where the hint says. */
    Reader late() {
        Reader late = new Reader(receiver(2));
        late.expectAs(one);
        return late;
    }
}
