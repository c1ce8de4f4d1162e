package io.sluice.ring;

import io.sluice.stress.ObjectPool;

/** A rendezvous lane with two receivers, without an offer at the start of each round. */
final class RendezvousLane {
    /** The length of a message: it fills the cache line of its word. */
    static final int LENGTH = 48;

    private static final ObjectPool<RendezvousLane> POOL = new ObjectPool<>(RendezvousLane::new);

    final RendezvousLaneSender sender;
    final RendezvousLaneReceiver receiver;
    final Reader one;
    final Reader other;
    private final Writer writer;
    private final Views views;

    private RendezvousLane(int index) {
        views = Views.zeros(index);
        sender = new RendezvousLaneSender(views.sender().control(), views.sender().ring());
        writer = new Writer(sender);
        receiver = receiver();
        one = new Reader(receiver);
        other = new Reader(receiver());
    }

    private RendezvousLaneReceiver receiver() {
        return new RendezvousLaneReceiver(views.receiver().control(), views.receiver().ring());
    }

    static RendezvousLane empty() {
        RendezvousLane lane = POOL.next();
        long base = lane.writer.start();
        lane.one.start(base);
        lane.other.start(base);
        return lane;
    }

    boolean offer(int digit) {
        return writer.send(digit, LENGTH);
    }

    /** Recovers the lane as a receiver that finds the sender dead does. */
    void recover() {
        RendezvousLaneSender.recover(views.receiver().ring());
    }
}
