package io.sluice.torture;

import io.sluice.Delivery;
import io.sluice.PipeSpec;
import io.sluice.linux.Mapping;

/**
 * The pipe under test.
 *
 * @param rings the maximum number of rings of a lane: one, or several if it is segmented
 */
record CrashTopology(
        int senders,
        int receivers,
        Delivery delivery,
        int capacity,
        int rings,
        boolean retained,
        boolean broadcast) {
    /** Stands for the capacity of a pipe that has none. */
    private static final int NO_CAPACITY = 0;

    CrashTopology(
            int senders,
            int receivers,
            Delivery delivery,
            int capacity,
            int rings,
            boolean retained) {
        this(senders, receivers, delivery, capacity, rings, retained, false);
    }

    /** A pipe of which every receiver gets every message. */
    static CrashTopology broadcast(int senders, int receivers, int capacity) {
        return new CrashTopology(
                senders, receivers, Delivery.AT_MOST_ONCE, capacity, 1, true, true);
    }

    /** A pipe without a buffer: what a dead receiver had received is lost with it. */
    static CrashTopology rendezvous(int senders, int receivers, boolean kept) {
        return new CrashTopology(senders, receivers, Delivery.AT_MOST_ONCE, NO_CAPACITY, 1, kept);
    }

    boolean isRendezvous() {
        return capacity == NO_CAPACITY;
    }

    private PipeSpec baseSpec() {
        if (isRendezvous()) {
            return PipeSpec.rendezvous(4000).senders(1);
        }
        if (broadcast) {
            return PipeSpec.broadcast(capacity);
        }
        // Control words and message slots take a page each.
        long quota = rings * (capacity + (receivers > 1 ? 2 : 1) * (long) Mapping.pageSize());
        return rings == 1
                ? PipeSpec.bounded(capacity).senders(1)
                : PipeSpec.unbounded(quota, capacity).senders(1);
    }

    PipeSpec spec() {
        return baseSpec()
                .senders(senders)
                .receivers(receivers)
                .delivery(delivery)
                .retainWithoutReceivers(retained);
    }

    /** Tests whether receivers can acknowledge messages later, and what they had comes again. */
    boolean acknowledgesLater() {
        return redelivers() && (rings == 1 || receivers > 1);
    }

    boolean redelivers() {
        return delivery == Delivery.AT_LEAST_ONCE;
    }

    @Override
    public String toString() {
        return senders
                + "x"
                + receivers
                + (broadcast ? " broadcast" : "")
                + (isRendezvous()
                        ? " rendezvous"
                        : (redelivers() ? " at least once, " : " at most once, ")
                                + (rings == 1 ? "" : rings + " times ")
                                + capacity / 1024
                                + " KiB")
                + (retained ? ", kept" : "");
    }
}
