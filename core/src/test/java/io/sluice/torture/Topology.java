package io.sluice.torture;

import io.sluice.Delivery;
import io.sluice.PipeSpec;

/** What is tortured. */
record Topology(int senders, int receivers, Delivery delivery, int capacity, boolean kept) {
    PipeSpec spec() {
        return PipeSpec.bounded(capacity)
                .senders(senders)
                .receivers(receivers)
                .delivery(delivery)
                .keptWithoutReceivers(kept);
    }

    boolean redelivers() {
        return delivery == Delivery.AT_LEAST_ONCE;
    }

    @Override
    public String toString() {
        return senders
                + "x"
                + receivers
                + (redelivers() ? " at least once" : " at most once")
                + ", "
                + capacity / 1024
                + " KiB"
                + (kept ? ", kept" : "");
    }
}
