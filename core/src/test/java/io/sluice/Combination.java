package io.sluice;

import java.util.ArrayList;
import java.util.List;

/**
 * A configuration that the pipe contract is checked for: every valid specification, with each way
 * to wait and in each memory.
 */
record Combination(
        PipeCapacity capacity,
        int senders,
        int receivers,
        boolean sleeps,
        boolean mapped,
        Order order,
        Delivery delivery,
        boolean retained,
        OverflowPolicy overflow) {
    /** The capacity of a pipe. */
    enum PipeCapacity {
        ZERO(PipeSpec.rendezvous(4080).senders(1)),
        /** Each message fills the pipe. */
        ONE(PipeSpec.bounded(4096).senders(1)),
        SMALL(PipeSpec.bounded(4096).senders(1)),
        LARGE(PipeSpec.bounded(1 << 20).senders(1)),
        UNBOUNDED(PipeSpec.unbounded(1 << 17, 4096).senders(1)),
        /** Each receiver gets each message, and limits the senders. */
        BROADCAST(PipeSpec.broadcast(4096).senders(1));

        private final PipeSpec spec;

        PipeCapacity(PipeSpec spec) {
            this.spec = spec;
        }
    }

    /**
     * Returns the combinations for the full contract: each capacity with one and with many senders,
     * and with one and with many receivers, each topology with one of the four pairs of a memory
     * and a way to wait; in a proof, or with {@code -Dsluice.contract=all}, each topology of each
     * capacity, pair, order, delivery and lifetime.
     */
    static List<Combination> all() {
        boolean every = Proof.isProofBuild() || "all".equals(System.getProperty("sluice.contract"));
        return expressible().stream()
                .filter(
                        c ->
                                c.overflow == OverflowPolicy.BLOCK
                                        && (every || c.hasDefaults() && c.isOfPairs()))
                .toList();
    }

    /** Returns every combination that is a valid specification. */
    static List<Combination> expressible() {
        List<Combination> all = new ArrayList<>();
        for (PipeCapacity pipeCapacity : PipeCapacity.values()) {
            for (int bits = 0; bits < 1 << 7; bits++) {
                for (OverflowPolicy overflow : OverflowPolicy.values()) {
                    Combination combination =
                            new Combination(
                                    pipeCapacity,
                                    (bits & 1) == 0 ? 1 : 3,
                                    (bits & 2) == 0 ? 1 : 3,
                                    (bits & 4) == 0,
                                    (bits & 8) == 0,
                                    (bits & 16) == 0 ? Order.SENDER : Order.ARRIVAL,
                                    (bits & 32) == 0
                                            ? Delivery.AT_LEAST_ONCE
                                            : Delivery.AT_MOST_ONCE,
                                    (bits & 64) != 0,
                                    overflow);
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
        return order == Order.SENDER && delivery == Delivery.AT_LEAST_ONCE && !retained;
    }

    private boolean isOfPairs() {
        boolean isAlike = senders > 1 == receivers > 1;
        boolean isEven = capacity.ordinal() % 2 == 0;
        int topology = (senders > 1 ? 1 : 0) + (receivers > 1 ? 2 : 0);
        int pair = (sleeps ? 1 : 0) + (mapped ? 2 : 0);
        return isAlike == isEven && (capacity.ordinal() + topology) % 4 == pair;
    }

    PipeSpec spec() {
        PipeSpec spec =
                capacity.spec
                        .senders(senders)
                        .receivers(receivers)
                        .order(order)
                        .delivery(delivery)
                        .retainWithoutReceivers(retained);
        return overflow == OverflowPolicy.BLOCK ? spec : spec.overflow(overflow);
    }

    /** Tests whether the pipe can buffer a message. */
    boolean holds() {
        return capacity != PipeCapacity.ZERO;
    }

    boolean isBroadcast() {
        return capacity == PipeCapacity.BROADCAST;
    }

    /** Returns how many receivers get each message. */
    int copies() {
        return isBroadcast() ? receivers : 1;
    }

    /** Tests whether messages can be acknowledged later. */
    boolean acknowledgesLater() {
        return holds() && !isBroadcast() && (capacity != PipeCapacity.UNBOUNDED || receivers > 1);
    }

    /** Tests whether a sender and a receiver have to alternate for each message. */
    boolean takesTurns() {
        return capacity == PipeCapacity.ZERO || capacity == PipeCapacity.ONE;
    }
}
