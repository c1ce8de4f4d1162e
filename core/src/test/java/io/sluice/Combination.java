package io.sluice;

import java.util.ArrayList;
import java.util.List;

/**
 * What the contract of pipes is checked for: whatever a specification accepts, with each way to
 * wait and in each memory. Where the capacities differ, it says how.
 */
record Combination(
        Capacity capacity,
        int senders,
        int receivers,
        boolean sleeps,
        boolean mapped,
        Order order,
        Delivery delivery,
        boolean kept,
        AtQuota atQuota) {
    /** How much a pipe holds. */
    enum Capacity {
        ZERO(PipeSpec.rendezvous(4080)),
        /** The messages are as long as it holds. */
        ONE(PipeSpec.bounded(4096)),
        SMALL(PipeSpec.bounded(4096)),
        LARGE(PipeSpec.bounded(1 << 20)),
        UNBOUNDED(PipeSpec.unbounded(1 << 17, 4096));

        private final PipeSpec spec;

        Capacity(PipeSpec spec) {
            this.spec = spec;
        }
    }

    /**
     * Those of which everything is checked: each capacity, topology, memory and way to wait; in a
     * proof, or with {@code -Dsluice.contract=all}, with every order, delivery and life, too.
     */
    static List<Combination> all() {
        boolean every = Proof.asked() || "all".equals(System.getProperty("sluice.contract"));
        return expressible().stream()
                .filter(c -> c.atQuota == AtQuota.WAIT && (every || c.hasDefaults()))
                .toList();
    }

    /** Whatever a specification accepts. */
    static List<Combination> expressible() {
        List<Combination> all = new ArrayList<>();
        for (Capacity capacity : Capacity.values()) {
            for (int bits = 0; bits < 1 << 7; bits++) {
                for (AtQuota atQuota : AtQuota.values()) {
                    Combination combination =
                            new Combination(
                                    capacity,
                                    (bits & 1) == 0 ? 1 : 3,
                                    (bits & 2) == 0 ? 1 : 3,
                                    (bits & 4) == 0,
                                    (bits & 8) == 0,
                                    (bits & 16) == 0 ? Order.SENDER : Order.ARRIVAL,
                                    (bits & 32) == 0
                                            ? Delivery.AT_LEAST_ONCE
                                            : Delivery.AT_MOST_ONCE,
                                    (bits & 64) != 0,
                                    atQuota);
                    if (combination.isAccepted()) {
                        all.add(combination);
                    }
                }
            }
        }
        return all;
    }

    private boolean isAccepted() {
        try {
            spec();
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private boolean hasDefaults() {
        return order == Order.SENDER && delivery == Delivery.AT_LEAST_ONCE && !kept;
    }

    PipeSpec spec() {
        PipeSpec spec =
                capacity.spec
                        .senders(senders)
                        .receivers(receivers)
                        .order(order)
                        .delivery(delivery)
                        .keptWithoutReceivers(kept);
        return atQuota == AtQuota.WAIT ? spec : spec.atQuota(atQuota);
    }

    /** Whether messages wait where no receiver does. */
    boolean holds() {
        return capacity != Capacity.ZERO;
    }

    /** Whether a sender and a receiver have to take turns for each message. */
    boolean takesTurns() {
        return capacity == Capacity.ZERO || capacity == Capacity.ONE;
    }
}
